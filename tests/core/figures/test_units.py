"""What a town's page of a plug-in may see of the units: exact where no people are counted, guarded elsewhere."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from core.figures.indicators import Catalogue
from core.figures.loop import settle
from core.figures.periods import parse_period
from core.figures.units import figures_of_units
from core.kernel.scope import Scope
from tests.core.figures.indicators import ARRIVALS
from tests.core.figures.town import Town

MAY = parse_period("2026-05")
GOODS = replace(ARRIVALS, privacy="O")


async def test_numbers_of_things_are_exact_and_small_numbers_of_people_hidden(
    town: Town, catalogue: Catalogue
) -> None:
    await town.newcomer(town.a, date(2026, 5, 1))
    await town.newcomer(town.a, date(2026, 5, 2), origin="52")
    await settle(town.database, catalogue)
    async with town.database.transaction(Scope.town(town.xinghe)) as tx:
        things = await figures_of_units(tx, MAY, [GOODS])
        people = await figures_of_units(tx, MAY, [ARRIVALS])
    assert [(unit.code, unit.number("TST-02"), unit.parts("TST-02", "origin")) for unit in things] == [
        ("T01", 2, {"43": 1, "52": 1}),
        ("T02", 0, {}),
    ]
    assert [(unit.number("TST-02"), unit.parts("TST-02", "origin")) for unit in people] == [(None, {})] * 2
    assert [unit.totals["TST-02"].text for unit in people] == ["<5", "0"]


async def test_another_town_has_no_units_here(town: Town, catalogue: Catalogue) -> None:
    await settle(town.database, catalogue)
    async with town.database.transaction(Scope.town(town.yunqiao)) as tx:
        assert [unit.code for unit in await figures_of_units(tx, MAY, [GOODS])] == ["T01"]
        assert await figures_of_units(tx, MAY, []) == []
