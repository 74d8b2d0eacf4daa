from __future__ import annotations

from datetime import date

from msgspec.structs import astuple, replace

from core.figures.export import COLUMNS, ExportRow, exported
from core.figures.indicators import Catalogue
from core.figures.loop import settle
from core.kernel.scope import Scope
from tests.core.figures.indicators import ARRIVALS, GROUP, REPORTED, SHARE, WEIGHTS
from tests.core.figures.town import Town


async def rows(
    town: Town, catalogue: Catalogue, year: int | None = None, everything: bool = False
) -> list[ExportRow]:
    async with town.database.transaction(Scope.nobody(), login="figures") as tx:
        return [row async for row in exported(tx, catalogue, year=year, everything=everything)]


async def test_rows_are_exact_numbers_town_before_tenants(town: Town) -> None:
    catalogue = Catalogue.of({GROUP: [ARRIVALS, WEIGHTS, SHARE, REPORTED]})
    await town.newcomer(town.a, date(2026, 3, 1))
    await settle(town.database, catalogue)
    found = [row for row in await rows(town, catalogue) if row.period == "2026-Q1"]
    assert ExportRow.__struct_fields__ == COLUMNS
    assert list(dict.fromkeys(row.level for row in found)) == ["county", "town", "tenant"]
    assert [astuple(row)[3:] for row in found if row.level == "tenant"][:5] == [
        ("TST-02", "", "1", ""),
        ("TST-02", "origin=43", "1", ""),
        ("TST-03", "", "1/120", ""),
        ("TST-04", "", "1", "1"),
        ("TST-05", "", "1", ""),
    ]
    other = [row for row in found if row.unit == "T02"]
    assert [(row.indicator, row.num, row.den) for row in other] == [
        ("TST-02", "0", ""), ("TST-03", "0", ""), ("TST-04", "0", "0"), ("TST-05", "", ""),
    ]  # fmt: skip


async def test_indicators_outside_the_format_and_other_years_are_left_out_unless_asked_for(
    town: Town,
) -> None:
    own = replace(ARRIVALS, code="TST-09", is_exchanged=False)
    catalogue = Catalogue.of({GROUP: [ARRIVALS, own]})
    await settle(town.database, catalogue)
    assert {row.indicator for row in await rows(town, catalogue)} == {"TST-02"}
    assert {row.indicator for row in await rows(town, catalogue, everything=True)} == {"TST-02", "TST-09"}
    assert await rows(town, catalogue, year=2025) == []
    assert await rows(town, catalogue, year=2026) == await rows(town, catalogue)


async def test_money_has_its_decimals(town: Town) -> None:
    catalogue = Catalogue.of({GROUP: [replace(WEIGHTS, decimals=2)]})
    for _ in range(90):
        await town.newcomer(town.a, date(2026, 3, 1))
    await settle(town.database, catalogue)
    found = [row for row in await rows(town, catalogue) if row.unit == "T01" and row.period == "2026-03"]
    assert sorted(row.num for row in found) == ["0.00", "0.75"]


async def test_months_that_no_file_covers_are_left_out_until_something_happens_in_them(
    town: Town, catalogue: Catalogue
) -> None:
    async def periods(everything: bool = False) -> set[str]:
        return {row.period for row in await rows(town, catalogue, 2026, everything) if row.unit == "T01"}

    for tenant in (town.a, town.b, town.c):
        await town.cover(tenant, date(2026, 3, 31))
    await town.newcomer(town.a, date(2026, 3, 1))
    await settle(town.database, catalogue)
    assert await periods() == {"2026-02", "2026-03", "2026-Q1", "2026"}
    assert "2026-04" in await periods(everything=True)
    for tenant in (town.a, town.c):
        await town.newcomer(tenant, date(2026, 5, 2))
    await settle(town.database, catalogue)
    assert {"2026-04", "2026-05", "2026-Q2"} <= await periods()
