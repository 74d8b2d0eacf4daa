from __future__ import annotations

from datetime import date
from fractions import Fraction

from core.figures.indicators import Catalogue
from core.figures.loop import settle
from core.figures.read import Figure, Figures, compared, figures_of, is_stale, series
from core.kernel.scope import Scope
from tests.core.figures.town import Town


def age(band: str) -> Figure:
    return Figure(indicator="TST-01", period="2026", cut=f"age={band}", value=Fraction(1))


async def test_a_page_reads_a_period_with_its_cuts(town: Town, catalogue: Catalogue) -> None:
    await town.newcomer(town.a, date(2026, 5, 1), sex="2")
    await town.newcomer(town.a, date(2026, 5, 2), sex="1", origin="52")
    await settle(town.database, catalogue)
    async with town.database.transaction(Scope.of_tenant(town.a)) as tx:
        figures = await figures_of(tx, town.a, "2026-05")
        some = await figures_of(tx, town.a, "2026-05", ["TST-01"])
    total = figures.get("TST-01")
    assert total is not None
    assert (total.value, total.den, total.share) == (2, None, None)
    assert {value: cell.value for value, cell in figures.cut("TST-02", "origin").items()} == {
        "43": 1,
        "52": 1,
    }
    assert figures.get("TST-02", "origin=45") is None
    share = figures.get("TST-04")
    assert share is not None
    assert share.share == Fraction(1, 2)
    assert len(some) == 3 < len(figures)


async def test_a_share_of_nothing_is_not_applicable(town: Town, catalogue: Catalogue) -> None:
    await settle(town.database, catalogue)
    async with town.database.transaction(Scope.of_tenant(town.a)) as tx:
        figures = await figures_of(tx, town.a, "2026-05")
    share, reported = figures.get("TST-04"), figures.get("TST-05")
    assert share is not None
    assert reported is not None
    assert (share.value, share.den, share.share) == (0, 0, None)
    assert (reported.value, reported.share) == (None, None)


async def test_a_series_keeps_the_order_asked_for_and_leaves_out_what_is_not_there(
    town: Town, catalogue: Catalogue
) -> None:
    await town.newcomer(town.a, date(2026, 3, 1))
    await settle(town.database, catalogue)
    async with town.database.transaction(Scope.of_tenant(town.a)) as tx:
        found = await series(tx, town.a, "TST-01", ["2026-01", "2026-04", "2026-02", "2026-03"])
    assert [(period, figure.value) for period, figure in found.items()] == [
        ("2026-04", 1), ("2026-02", 0), ("2026-03", 1),
    ]  # fmt: skip


async def test_the_town_compares_its_tenants(town: Town, catalogue: Catalogue) -> None:
    await town.newcomer(town.b, date(2026, 3, 1))
    await settle(town.database, catalogue)
    places = [town.a, town.b, town.c]
    async with town.database.transaction(Scope.town(town.xinghe)) as tx:
        found = await compared(tx, places, "2026-05", ["TST-01", "TST-02"], [""])
    present = [found[place].get("TST-01") for place in places]
    assert [figure and figure.value for figure in present] == [0, 1, None], (
        "the other town's tenant stays hidden"
    )


async def test_a_page_can_say_that_figures_are_on_their_way(town: Town, catalogue: Catalogue) -> None:
    await settle(town.database, catalogue)
    scope = Scope.of_tenant(town.a)
    async with town.database.transaction(scope) as tx:
        assert not await is_stale(tx, town.a)
    await town.newcomer(town.a, date(2026, 5, 1))
    async with town.database.transaction(scope) as tx:
        assert await is_stale(tx, town.a)


def test_ages_stand_in_their_order() -> None:
    bands = ["65+", "3-5", "18-24", "NS", "0-2", "12-15"]
    listed = Figures([age(band) for band in bands]).cut("TST-01", "age")
    assert list(listed) == ["0-2", "3-5", "12-15", "18-24", "65+", "NS"]
