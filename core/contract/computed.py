"""Checks of the figures: after any change they are what a rebuild gives, and the parts add up to the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from core.contract.check import Bench, Lived
from core.contract.rows import PEOPLE, everything, example_of, insert, people, row_of
from core.figures.indicators import Indicator
from core.figures.loop import settle
from core.figures.rebuild import check_figures
from core.host.registry import Registered
from core.kernel import clock
from core.kernel.changes import changed
from core.kernel.db import Transaction
from core.kernel.scope import Scope
from core.kernel.tables import name_of
from core.people.drafts import PersonEdit
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import edit_person
from core.sdk.contributions import TableUse

__all__ = ["COMPUTED"]

DAYS = (100, 70, 40, 1)
"""How long ago the rows are that come; the second one is changed."""
LATER = 25
"""Days by which a row is moved, so that it comes into another month now and then, and another age."""


async def as_rebuilt(bench: Bench) -> list[str]:
    """Rows come, change and go, in the plug-ins' own tables and in the platform's; each change marked as declared."""
    found: list[str] = []
    await settle(bench.platform.database, bench.platform.catalogue)
    persons = await people(bench, PEOPLE[:5])
    found += await _compared(bench, "people were registered and came")
    for entry in bench.plugins:
        for use in entry.tables:
            if sources := _sources(bench, name_of(use.table)):
                found += await _written(bench, entry, use, sources, persons)
    await _moved(bench, persons)
    return found + await _compared(bench, "people left, and were corrected")


def _sources(bench: Bench, table: str) -> set[str]:
    """The columns by which the indicators say that a change of the table counts."""
    return {
        source.date
        for indicator in bench.platform.catalogue.indicators
        for source in indicator.reads
        if source.table == table
    }


async def _written(
    bench: Bench, entry: Registered, use: TableUse, dated: set[str], persons: Sequence[UUID]
) -> list[str]:
    table, name = use.table, name_of(use.table)
    rows = [row_of(bench, use, person, days) for days, person in zip(DAYS, persons, strict=False)]
    async with bench.superuser() as superuser:
        for row in rows:
            await insert(bench, superuser, entry, use, row)
        await _mark(bench, name, dated, rows)
        found = await _compared(bench, f"rows of {name} were added")
        moved = _other_values(bench, use, rows[1])
        async with superuser.transaction(everything(bench.town.t01.id), login="migrator") as tx:
            await tx.execute("SET LOCAL session_replication_role = replica")
            await table.update(moved).where(table.id == rows[1]["id"])
        await _mark(bench, name, dated, [rows[1], moved])
        found += await _compared(bench, f"a row of {name} was changed")
        async with superuser.transaction(everything(bench.town.t01.id), login="migrator") as tx:
            await tx.execute("SET LOCAL session_replication_role = replica")
            await table.delete().where(table.id.is_in([rows[0]["id"], rows[1]["id"]]))
        await _mark(bench, name, dated, [rows[0], {**rows[1], **moved}])
        return found + await _compared(bench, f"rows of {name} were deleted")


def _other_values(bench: Bench, use: TableUse, row: dict[str, Any]) -> dict[str, Any]:
    """Every day a month away, every truth turned round, every number one more."""
    fixed = example_of(bench, name_of(use.table), DAYS[1])
    return {
        name: _other(value)
        for name, value in row.items()
        if name not in {"id", "tenant_id", *fixed} and _other(value) != value
    }


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, date) and not hasattr(value, "hour"):
        return value + timedelta(days=LATER)
    return value + 1 if isinstance(value, int) else value


async def _mark(bench: Bench, name: str, dated: set[str], rows: Sequence[dict[str, Any]]) -> None:
    async with bench.platform.database.transaction(everything(bench.town.t01.id)) as tx:
        for row in rows:
            for column in dated:
                if isinstance(row.get(column), date):
                    changed(tx, name, row[column])
                elif not column:
                    changed(tx, name, date(2025, 1, 1), onwards=True)


async def _moved(bench: Bench, persons: Sequence[UUID]) -> None:
    async with bench.platform.database.transaction(everything(bench.town.t01.id)) as tx:
        await record_movement(tx, persons[0], MovementKind.DEPART, clock.today() - timedelta(days=35))
        await record_movement(tx, persons[1], MovementKind.TEMP_LEAVE, clock.today() - timedelta(days=5))
        edit = PersonEdit(sex="2", birth_date=date(1972, 2, 29), origin="51")
        await edit_person(tx, bench.platform.server.keyring, persons[2], 1, edit)


async def _compared(bench: Bench, what: str) -> list[str]:
    await settle(bench.platform.database, bench.platform.catalogue)
    wrong: dict[str, int] = {}
    for difference in await check_figures(bench.platform.database, bench.platform.catalogue):
        if _owner(bench, difference.indicator) in bench.held:
            wrong[difference.indicator] = wrong.get(difference.indicator, 0) + 1
    return [
        f"{_owner(bench, code)}: {code} has {count} cells otherwise than a rebuild after {what}; its select depends"
        " on more than the dates that `reads` names, or on a state that is not declared by `is_state`."
        for code, count in wrong.items()
    ]


def _owner(bench: Bench, code: str) -> str:
    found = bench.platform.catalogue.get(code)
    return found.group if found else "?"


async def parts_add_up(bench: Bench) -> list[str]:
    """On people of every kind: also those whose sex, age or origin is not known stand in one part each."""
    persons = await people(bench)
    async with bench.superuser() as superuser:
        for entry in bench.plugins:
            for use in entry.tables:
                if dated := _sources(bench, name_of(use.table)):
                    rows = [row_of(bench, use, person, 20 + n) for n, person in enumerate(persons)]
                    for row in rows:
                        await insert(bench, superuser, entry, use, row)
                    await _mark(bench, name_of(use.table), dated, rows)
    async with bench.platform.database.transaction(everything(bench.town.t01.id)) as tx:
        for person in persons[::3]:
            await record_movement(tx, person, MovementKind.DEPART, clock.today() - timedelta(days=3))
    await settle(bench.platform.database, bench.platform.catalogue)
    found: list[str] = []
    for indicator in (one for one in bench.platform.catalogue.indicators if one.group in bench.held):
        async with bench.platform.database.transaction(Scope.nobody(), login="figures") as tx:
            found += [f"{indicator.group}: {fault}" for fault in await _parts(tx, indicator)]
    return found


async def _parts(tx: Transaction, indicator: Indicator) -> list[str]:
    rows = await tx.fetch(
        "SELECT tenant_id, period, cut, num, divisor, den FROM figures.figure WHERE indicator = $1",
        indicator.code,
    )
    cells = {(row["tenant_id"], row["period"], row["cut"]): _value(row) for row in rows}
    totals = {place[:2]: value for place, value in cells.items() if place[2] == ""}
    partitions = [cut.name for cut in indicator.cuts if cut.partition]
    known = {place: value for place, value in totals.items() if value is not None}
    if partitions and not indicator.is_reported and not any(value[0] > 1 for value in known.values()):
        unproven = (
            f"{indicator.code} counts nobody whom the suite makes, so its parts prove nothing; give examples"
        )
        return [f"{unproven} of rows that it counts in the fixture contract_examples."]
    return [
        f"{indicator.code} of {place[1]} is {value[0]}, and its parts by {name} add up to {parts[0]}; a case has"
        " no part or two, or the cut is no partition: write partition=False."
        for name in partitions
        for place, value in known.items()
        if (
            parts := _sum(
                v
                for (*where, cut), v in cells.items()
                if tuple(where) == place and cut.startswith(f"{name}=")
            )
        )
        != value
    ]


def _value(row: Any) -> tuple[Fraction, Fraction] | None:
    if row["num"] is None:
        return None
    return Fraction(Decimal(row["num"])) / row["divisor"], Fraction(Decimal(row["den"] or 0))


def _sum(values: Iterator[tuple[Fraction, Fraction] | None]) -> tuple[Fraction, Fraction]:
    known = [value for value in values if value is not None]
    return sum((num for num, _ in known), Fraction(0)), sum((den for _, den in known), Fraction(0))


COMPUTED = (
    Lived("its figures are what a rebuild gives", as_rebuilt),
    Lived("the parts of its figures add up", parts_add_up),
)
