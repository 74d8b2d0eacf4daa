"""`townbridge load` of small folders: who is written, what the town publishes, what is broken as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from core.app import Platform
from core.kernel.scope import COMPARTMENTS, Scope
from core.people.erasure import forget_person, leave_register
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.town.exchange import LoadReport, load_folder
from tests.oracle.plain import Plain
from tests.oracle.shelves import CATALOGUE, COLUMNS
from tests.oracle.spelling import resident, write_table

CONDOM = (
    "CON-M",
    "套",
    "Condom",
    "MALE_CONDOM",
    "只",
    "piece",
    "1/120",
    "120",
    "60",
    "SUP-01",
    "1",
    "1",
    "none",
)
TOWN = "000009903"


def person(number: int) -> tuple[str, str]:
    return "01", resident("000000", "19900501", 2 * number)


def folder(
    path: Path, lines: Sequence[Sequence[str]], catalogue: Sequence[str] = CONDOM, year: int = 2024
) -> Plain:
    """A1 registers people, A2 hands out supplies alone; both have both people on their rosters."""
    plain = Plain(path, year, TOWN, services={"A1": "registration;supplies", "A2": "supplies"})
    for tenant in ("A1", "A2"):
        plain.roster(tenant, p1="2020-01-01", p2="2020-01-01")
    files = path / "supplies"
    files.mkdir()
    write_table(files / "catalogue.csv", [CATALOGUE, catalogue])
    points = [("A1", "S", "站", "STATION"), ("A2", "S", "站", "STATION"), ("A2", "B", "箱", "BOX")]
    write_table(files / "points.csv", [("tenant", "point", "name_zh", "kind"), *points])
    recalls = [("CON-M", "L9", "2024-06-01", "SEAL"), ("CON-M", "L9", "2024-05-01", "SEAL")]
    write_table(files / "recalls.csv", [("sku", "lot", "recalled_on", "reason"), *recalls])
    write_table(files / "stock.csv", [COLUMNS, *lines])
    return plain


def line(
    number: int, day: str, where: str, kind: str, quantity: int, who: int = 0, reference: str = ""
) -> list[str]:
    tenant, point = where.split("-")
    id_type, id_no = person(who) if who else ("", "")
    return [
        f"ST-{number}", day, tenant, point, "CON-M", "L1", "202712", kind, str(quantity), "", id_type, id_no, reference,
    ]  # fmt: skip


LINES = (
    line(1, "2024-01-01", "A1-S", "RECEIPT", 50), line(2, "2024-01-02", "A1-S", "ISSUE", 5, who=1),
    line(3, "2024-01-03", "A1-S", "TRANSFER_OUT", 10, reference="TR-1"),
    line(4, "2024-01-05", "A2-B", "TRANSFER_IN", 10, reference="TR-1"), line(5, "2024-02-01", "A2-B", "ISSUE", 1),
    line(6, "2024-02-02", "A2-B", "ISSUE", 2, who=2),
)  # fmt: skip


async def loaded(platform: Platform, plain: Plain) -> LoadReport:
    return await load_folder(platform.server, plain.path, lambda _what, _done, _total: None)


async def tenants(platform: Platform) -> dict[str, UUID]:
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, TOWN)
        assert region is not None
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        return {tenant.code: tenant.id for tenant in await list_tenants(tx)}


async def asked(platform: Platform, tenant: str, sql: str) -> list[tuple[object, ...]]:
    scope = Scope.of_tenant((await tenants(platform))[tenant], ["registry", "supplies"])
    async with platform.database.transaction(scope) as tx:
        return [tuple(row) for row in await tx.fetch(sql)]


async def test_where_nobody_is_registered_only_those_who_were_served_are_written(
    platform: Platform, tmp_path: Path
) -> None:
    report = await loaded(platform, folder(tmp_path / "a", LINES))
    assert (report.notes, report.broken) == ([], [])
    count = "SELECT count(*) FROM people.person"
    assert (await asked(platform, "A1", count), await asked(platform, "A2", count)) == ([(2,)], [(1,)])
    linked = """SELECT v.kind, v.point, p.sex FROM supplies.recipient r JOIN supplies.voucher v ON v.id = r.voucher_id
        JOIN people.person p ON p.id = r.person_id"""
    assert await asked(platform, "A2", linked) == [("ISSUE", "B", "2")]
    assert await asked(platform, "A2", "SELECT is_anonymous FROM supplies.voucher WHERE is_anonymous") == [
        (True,)
    ]


@pytest.mark.parametrize(
    ("exported_on", "kept_to"),
    [("2024-06-15", date(2024, 6, 15)), ("2023-12-15", date(2024, 1, 1)), ("2025-02-01", date(2024, 12, 31))],
)
async def test_days_after_the_export_are_not_counted_though_the_months_of_the_folder_cover_them(
    platform: Platform, tmp_path: Path, exported_on: str, kept_to: date
) -> None:
    written = folder(tmp_path / "a", [line(1, "2024-01-01", "A1-S", "RECEIPT", 50)])
    town = written.path / "town.toml"
    town.write_text(
        town.read_text(encoding="utf-8").replace("exported_on = 2025-02-01", f"exported_on = {exported_on}"),
        encoding="utf-8",
    )
    await loaded(platform, written)
    assert await asked(platform, "A1", "SELECT kept_to FROM supplies.book") == [(kept_to,)]


async def test_both_halves_of_a_transfer_know_each_other(platform: Platform, tmp_path: Path) -> None:
    await loaded(platform, folder(tmp_path / "a", LINES))
    halves = "SELECT other, transfer_id FROM supplies.voucher WHERE transfer_id IS NOT NULL"
    ((out, sent),) = await asked(platform, "A1", halves)
    ((into, arrived),) = await asked(platform, "A2", halves)
    assert (out, into, sent) == ("A2", "A1", arrived)


async def test_the_town_publishes_the_catalogue_once_and_the_earliest_recall(
    platform: Platform, tmp_path: Path
) -> None:
    plain = folder(tmp_path / "a", LINES)
    for _ in range(2):
        await loaded(platform, plain)
    versions = "SELECT version, valid_from::text FROM supplies.catalogue"
    assert await asked(platform, "A1", versions) == [(1, "2024-01-01")]
    recalls = "SELECT sku, lot, recalled_on::text FROM supplies.recall"
    assert await asked(platform, "A1", recalls) == [("CON-M", "L9", "2024-05-01")]
    assert await asked(platform, "A1", "SELECT point, balance FROM supplies.stock") == [("S", 35)]


async def test_lines_that_are_new_are_added_and_known_ones_never_changed(
    platform: Platform, tmp_path: Path
) -> None:
    await loaded(platform, folder(tmp_path / "a", LINES))
    more = [*LINES, line(7, "2024-03-01", "A1-S", "ISSUE", 3, who=2)]
    more[0] = line(1, "2024-01-01", "A1-S", "RECEIPT", 60)
    assert (await loaded(platform, folder(tmp_path / "b", more))).broken == []
    assert await asked(platform, "A1", "SELECT balance FROM supplies.stock") == [(32,)]


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (6, "1/0", "line 2, is not what the exchange format says"),
        (6, "0.5", "cyp"), (7, "many", "cap_per_person_year 'many'"), (9, "SUP-09", "figure"),
        (10, "yes", "anonymous_allowed 'yes'"), (12, "doctor", "gate"),
    ],
)  # fmt: skip
async def test_a_catalogue_that_is_none_breaks_supplies_and_nothing_else(
    platform: Platform, tmp_path: Path, place: int, value: str, told: str
) -> None:
    catalogue: list[str] = list(CONDOM)
    catalogue[place] = value
    report = await loaded(platform, folder(tmp_path / "a", LINES, catalogue))
    (broken,) = report.broken
    assert broken.file == "supplies/catalogue.csv"
    assert told in broken.broken
    assert await asked(platform, "A1", "SELECT count(*) FROM supplies.entry") == [(0,)]
    assert await asked(platform, "A1", "SELECT count(*) FROM people.person") == [(2,)]


async def test_a_cap_of_nothing_keeps_what_is_handed_out_by_name_and_no_more(
    platform: Platform, tmp_path: Path
) -> None:
    catalogue: list[str] = list(CONDOM)
    catalogue[7] = "0"
    report = await loaded(platform, folder(tmp_path / "a", LINES, catalogue))
    assert report.broken == []
    refused = [(note.row, note.reason) for note in report.notes if note.severity == "reject"]
    assert refused == [(3, "CAP_EXCEEDED"), (7, "CAP_EXCEEDED")]
    assert await asked(platform, "A2", "SELECT balance FROM supplies.stock WHERE point = 'B'") == [(9,)]


async def test_who_was_erased_stays_known_to_the_folder_and_is_named_nowhere(
    platform: Platform, tmp_path: Path
) -> None:
    plain = folder(tmp_path / "a", LINES)
    first = await loaded(platform, plain)
    scope = Scope.of_tenant((await tenants(platform))["A1"], COMPARTMENTS)
    async with platform.database.transaction(scope) as tx:
        her = await tx.fetchval("SELECT person_id FROM supplies.recipient")
        await leave_register(tx, her, date(2025, 1, 1))
        await forget_person(tx, platform.keyring, her)
    again = await loaded(platform, plain)
    assert (again.notes, again.broken) == (first.notes, [])
    more = folder(tmp_path / "b", [*LINES, line(7, "2024-03-01", "A1-S", "ISSUE", 3, who=1)])
    report = await loaded(platform, more)
    assert (report.notes, report.broken) == ([], [])
    told = "SELECT count(*), count(r.id), count(*) FILTER (WHERE v.is_anonymous) FROM supplies.voucher v"
    told += " LEFT JOIN supplies.recipient r ON r.voucher_id = v.id WHERE v.kind = 'ISSUE'"
    assert await asked(platform, "A1", told) == [(2, 1, 0)]


async def test_a_folder_without_a_ledger_leaves_the_stock_as_it_is(
    platform: Platform, tmp_path: Path
) -> None:
    await loaded(platform, folder(tmp_path / "a", LINES))
    later = folder(tmp_path / "b", (), year=2025)
    (later.path / "supplies" / "stock.csv").unlink()
    assert (await loaded(platform, later)).broken == []
    assert await asked(platform, "A1", "SELECT balance FROM supplies.stock") == [(35,)]
    assert await asked(platform, "A1", "SELECT starts_on::text FROM supplies.book") == [("2024-01-01",)]
