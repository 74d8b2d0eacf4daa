"""The registration's figures, on the published sample year and on small cases beside it."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from core.figures.export import exported
from core.figures.indicators import Catalogue, Indicator, indicator_faults
from core.figures.loop import settle
from core.figures.rebuild import check_figures, rebuild
from core.kernel import clock
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.roles import LOGINS
from core.kernel.scope import Scope
from core.testing import Server
from plugins.registration.indicators import FRESH_DAYS, INDICATORS
from tests.plugins.registration.sample import SAMPLE, Tenant, load_sample

CATALOGUE = Catalogue.of({"registration": INDICATORS})
MAY = date(2025, 5, 31)

Cells = dict[tuple[str, str, str, str, str], tuple[str, str]]
"""From level, unit, period, indicator and cut to numerator and denominator, as text."""


class Sample:
    """The sample year, loaded once."""

    def __init__(self, database: Database, tenants: dict[str, Tenant]) -> None:
        self.database = database
        self.tenants = tenants

    async def cells(self, everything: bool = False) -> Cells:
        async with self.database.transaction(Scope.nobody(), login="figures") as tx:
            rows = [row async for row in exported(tx, CATALOGUE, year=2025, everything=everything)]
        return {(r.level, r.unit, r.period, r.indicator, r.cut): (r.num, r.den) for r in rows}

    async def run(self, code: str, sql: str, *arguments: object) -> None:
        tenant = self.tenants[code].id
        async with self.database.transaction(Scope.of_tenant(tenant, ["registry"])) as tx:
            await tx.execute(sql, tenant, *arguments)

    def present(self, code: str, count: int) -> list[UUID]:
        """Floating people of a tenant who are there all year."""
        tenant = self.tenants[code]
        moved = {person for person, _kind, _day in tenant.movements}
        stayed = [
            tenant.people[key]
            for key, day in tenant.present.items()
            if day == tenant.start and tenant.entries[key].is_floating and tenant.people[key] not in moved
        ]
        return stayed[:count]


@pytest.fixture(scope="module", autouse=True)
def stopped_clock() -> Iterator[None]:
    with clock.freeze(datetime(2026, 3, 1, tzinfo=UTC)):
        yield


@pytest.fixture(scope="module")
async def sample(
    database_server: Server, template_database: str, stopped_clock: None
) -> AsyncIterator[Sample]:
    name = f"sample_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    database = await Database.connect({login: database_server.address(name, login) for login in LOGINS})
    yield Sample(database, await load_sample(database))
    await database.close()
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


def expected() -> Cells:
    rows = csv.DictReader((SAMPLE / "expected" / "figures.csv").read_text(encoding="utf-8").splitlines())
    return {
        (row["level"], row["unit"], row["period"], row["indicator"], row["cut"]): (row["num"], row["den"])
        for row in rows
        if row["indicator"].startswith("POP")
    }


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.code)
def test_every_indicator_keeps_the_rules(indicator: Indicator) -> None:
    assert list(indicator_faults(indicator)) == []


async def test_the_sample_year_is_met_exactly_at_all_levels_periods_and_cuts(sample: Sample) -> None:
    assert await rebuild(sample.database, CATALOGUE) > 0
    found = await sample.cells()
    assert len(found) == len(expected()) == 7511
    assert found == expected()
    assert list(found) == list(expected()), "in the order of the format as well"


async def test_a_second_rebuild_changes_nothing_and_the_check_finds_nothing(sample: Sample) -> None:
    assert await rebuild(sample.database, CATALOGUE) == 0
    assert await check_figures(sample.database, CATALOGUE) == []


async def test_the_recompute_by_marks_gives_the_same_cells(sample: Sample) -> None:
    async with sample.database.transaction(Scope.nobody(), login="figures") as tx:
        await tx.execute("DELETE FROM figures.figure")
    await settle(sample.database, CATALOGUE)
    assert await sample.cells() == expected()
    assert await rebuild(sample.database, CATALOGUE) == 0


async def test_the_parts_of_each_cut_add_up_to_the_total(sample: Sample) -> None:
    cells = await sample.cells(everything=True)
    cuts = {(i.code, cut.name) for i in INDICATORS for cut in i.cuts if cut.partition}
    parts: dict[tuple[str, str, str, str, str], int] = {}
    for (level, unit, period, code, cut), (num, _den) in cells.items():
        name = cut.partition("=")[0]
        if cut and code != "POP-09":
            assert (code, name) in cuts
            key = (level, unit, period, code, name)
            parts[key] = parts.get(key, 0) + int(num)
    totals = {key[:4]: int(num) for key, (num, _den) in cells.items() if key[4] == ""}
    assert parts == {key: totals[key[:4]] for key in parts}


async def test_the_sides_of_the_pyramid_are_those_of_the_population(sample: Sample) -> None:
    cells = await sample.cells(everything=True)
    sides: dict[tuple[str, str, str, str, str], int] = {}
    for (level, unit, period, code, cut), (num, _den) in cells.items():
        if code == "POP-09" and cut:
            sex = {"men": "sex=1", "women": "sex=2"}[cut.partition("=")[0]]
            key = (level, unit, period, "POP-01", sex)
            sides[key] = sides.get(key, 0) + int(num)
    assert sides == {key: int(num) for key, (num, _) in cells.items() if key[3:] in {k[3:] for k in sides}}
    assert len(sides) == 200


async def test_freshness_and_verified_contacts_are_shares_of_those_present(sample: Sample) -> None:
    first, second, third = sample.present("T01", 3)
    day = "INSERT INTO registration.confirmation (tenant_id, id, person_id, day, contact_verified) "
    confirm = day + "VALUES ($1, $2, $3, $4, $5)"
    too_old = date.fromordinal(MAY.toordinal() - FRESH_DAYS)
    just = date.fromordinal(MAY.toordinal() - FRESH_DAYS + 1)
    await sample.run("T01", confirm, new_id(), first, too_old, True)
    await sample.run("T01", confirm, new_id(), second, just, False)
    await sample.run("T01", confirm, new_id(), second, MAY, False)
    await sample.run("T01", confirm, new_id(), third, date(2025, 6, 1), True)
    await sample.run("T02", confirm, new_id(), sample.present("T02", 1)[0], MAY, True)
    await rebuild(sample.database, CATALOGUE)
    cells = await sample.cells(everything=True)
    present = {unit: cells["tenant", unit, "2025-05", "POP-01", ""][0] for unit in sample.tenants}
    assert cells["tenant", "T01", "2025-05", "POP-06", ""] == ("1", present["T01"])
    assert cells["tenant", "T01", "2025-05", "POP-07", ""] == ("1", present["T01"])
    assert cells["tenant", "T01", "2025-06", "POP-07", ""][0] == "2"
    assert cells["tenant", "T02", "2025-05", "POP-06", ""] == ("1", present["T02"])
    together = str(sum(int(number) for number in present.values()))
    assert cells["town", "000001101", "2025-05", "POP-06", ""] == ("2", together)


async def test_help_with_residence_permits_is_counted_by_origin(sample: Sample) -> None:
    (person,) = sample.present("T01", 1)
    origin = next(
        entry.origin for key, entry in sample.tenants["T01"].entries.items()
        if sample.tenants["T01"].people[key] == person
    )  # fmt: skip
    sql = "INSERT INTO registration.permit_help (tenant_id, id, person_id, day, kind) VALUES ($1, $2, $3, $4, $5)"
    for month, kind in ((3, "APPLY"), (4, "ENDORSE"), (4, "APPLY")):
        await sample.run("T01", sql, new_id(), person, date(2025, month, 9), kind)
    await rebuild(sample.database, CATALOGUE)
    cells = await sample.cells(everything=True)
    found = {
        key[2]: num for key, (num, _den) in cells.items() if key[1] == "T01" and key[3:] == ("POP-08", "")
    }
    assert (found["2025-03"], found["2025-04"], found["2025-Q2"], found["2025"]) == ("1", "2", "2", "3")
    assert cells["town", "000001101", "2025", "POP-08", f"origin={origin}"] == ("3", "")
    assert cells["tenant", "T02", "2025", "POP-08", ""] == ("0", "")
