from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from msgspec.structs import replace

from core.figures.indicators import Catalogue
from core.figures.loop import settle
from core.figures.rebuild import rebuild
from core.figures.refresh import refresh, take_in_hand
from core.figures.sweep import sweep
from core.kernel import clock
from core.kernel.changes import changed
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from tests.core.figures.indicators import ARRIVALS, GROUP, PRESENT
from tests.core.figures.town import Town

FIRST_OF_MAY = date(2026, 5, 1)


async def test_a_new_tenant_has_its_totals_from_the_month_its_books_begin(
    town: Town, catalogue: Catalogue
) -> None:
    await settle(town.database, catalogue)
    months = ["2026", "2026-02", "2026-03", "2026-04", "2026-05", "2026-Q1", "2026-Q2"]
    assert await town.cells(town.a, "TST-02") == dict.fromkeys(months, Fraction(0))
    assert await town.cells(town.xinghe, "TST-02") == dict.fromkeys(["2026-01", *months], Fraction(0)), (
        "a town has every month of the year"
    )
    assert await town.cells(town.a, "TST-05") == dict.fromkeys(months, None), "unknown is not 0"
    assert await town.cells(town.a, "TST-02", "origin=43") == {}, "a cut that is 0 is not stored"


async def test_a_change_follows_in_the_tenant_the_town_and_the_county_alone(
    town: Town, catalogue: Catalogue
) -> None:
    await town.newcomer(town.b, date(2026, 4, 30))
    await settle(town.database, catalogue)
    before = await town.cells(town.b, "TST-01"), await town.cells(town.yunqiao, "TST-01")
    await town.newcomer(town.a, date(2026, 3, 31), origin="52")
    assert await refresh(town.database, catalogue) == 3
    assert await town.cells(town.a, "TST-02", "origin=52") == {"2026": 1, "2026-03": 1, "2026-Q1": 1}
    assert (await town.cells(town.a, "TST-01"))["2026-02"] == 0
    for period in ("2026-03", "2026-04", "2026-05", "2026-Q1", "2026-Q2", "2026"):
        assert (await town.cells(town.a, "TST-01"))[period] == 1
    for region in (town.xinghe, town.county):
        assert await town.cells(region, "TST-02") == {
            "2026": 2, "2026-01": 0, "2026-02": 0, "2026-03": 1, "2026-04": 1, "2026-05": 0, "2026-Q1": 1, "2026-Q2": 1,
        }  # fmt: skip
    assert (await town.cells(town.b, "TST-01"), await town.cells(town.yunqiao, "TST-01")) == before
    assert await rebuild(town.database, catalogue) == 0


async def test_a_person_in_two_tenants_is_one_in_the_town(town: Town, catalogue: Catalogue) -> None:
    for tenant in (town.a, town.b, town.c):
        await town.newcomer(tenant, FIRST_OF_MAY, pseudonym="5e1f")
        await town.newcomer(tenant, FIRST_OF_MAY)  # without a document: once in each tenant
    await settle(town.database, catalogue)
    assert (await town.cells(town.a, "TST-01"))["2026-05"] == 2
    assert (await town.cells(town.xinghe, "TST-01"))["2026-05"] == 3
    assert (await town.cells(town.county, "TST-01"))["2026-05"] == 4
    assert (await town.cells(town.county, "TST-06"))["2026-Q2"] == 4
    assert (await town.cells(town.county, "TST-07"))["2026-Q2"] == 1, "the same day in every tenant"
    assert await rebuild(town.database, catalogue) == 0


async def test_fractions_with_different_divisors_add_up_exactly(town: Town, catalogue: Catalogue) -> None:
    person = await town.newcomer(town.a, date(2026, 3, 2))
    await town.arrive(town.a, person, date(2026, 4, 2), "TEMP_LEAVE")
    await town.newcomer(town.b, date(2026, 4, 3))
    await settle(town.database, catalogue)
    weights = await town.cells(town.a, "TST-03")
    assert weights["2026-03"] == Fraction(1, 120)
    assert weights["2026-04"] == Fraction(1, 15)
    assert weights["2026"] == Fraction(9, 120)
    assert (await town.cells(town.xinghe, "TST-03"))["2026"] == Fraction(10, 120)
    assert await rebuild(town.database, catalogue) == 0


async def test_the_last_report_counts_and_is_then_summed_over_tenants(
    town: Town, catalogue: Catalogue
) -> None:
    await town.newcomer(town.a, date(2026, 2, 11))
    await town.newcomer(town.a, date(2026, 2, 12))
    await town.newcomer(town.a, date(2026, 2, 12))
    await town.newcomer(town.b, date(2026, 3, 1))
    await settle(town.database, catalogue)
    assert (await town.cells(town.a, "TST-05"))["2026-Q1"] == 2
    assert (await town.cells(town.xinghe, "TST-05"))["2026-Q1"] == 3
    assert (await town.cells(town.xinghe, "TST-05"))["2026-04"] is None


async def test_switching_the_plugin_off_takes_the_tenant_out_and_on_again_brings_it_back(
    town: Town, catalogue: Catalogue
) -> None:
    await town.newcomer(town.a, FIRST_OF_MAY)
    await town.newcomer(town.b, FIRST_OF_MAY)
    await settle(town.database, catalogue)
    await town.switch(town.a, town.xinghe, is_on=False)
    await settle(town.database, catalogue)
    assert await town.cells(town.a, "TST-01") == {}
    assert (await town.cells(town.xinghe, "TST-01"))["2026-05"] == 1
    await town.switch(town.a, town.xinghe, is_on=True)
    await settle(town.database, catalogue)
    assert (await town.cells(town.xinghe, "TST-01"))["2026-05"] == 2
    assert await rebuild(town.database, catalogue) == 0


async def test_a_new_month_begins_for_everybody(town: Town, catalogue: Catalogue) -> None:
    await town.newcomer(town.a, FIRST_OF_MAY)
    await settle(town.database, catalogue)
    assert await sweep(town.database, catalogue, is_thorough=True) == 0
    with clock.freeze(datetime(2026, 6, 30, 17, tzinfo=UTC)):  # 1 July in the town
        assert await sweep(town.database, catalogue) == 6, "three tenants, three regions"
        await settle(town.database, catalogue)
        for place in (town.a, town.xinghe):
            present = await town.cells(place, "TST-01")
            assert (present["2026-06"], present["2026-07"], present["2026-Q3"]) == (1, 1, 1)
        assert await rebuild(town.database, catalogue) == 0


async def test_a_tenant_that_opens_in_a_month_to_come_has_no_cells_and_counts_nowhere(
    town: Town, catalogue: Catalogue
) -> None:
    later = new_id()
    await town.open_tenant(later, "T09", town.xinghe, date(2026, 6, 1))
    for tenant in (town.a, later):
        await town.newcomer(tenant, date(2026, 6, 1), pseudonym="5e1f")
    await settle(town.database, catalogue)
    assert await town.cells(later, "TST-01") == {}
    assert (await town.cells(town.xinghe, "TST-01"))["2026"] == 1
    assert await sweep(town.database, catalogue, is_thorough=True) == 0
    assert await rebuild(town.database, catalogue) == 0


@pytest.mark.parametrize("day", [date(2026, 4, 3), date(2027, 1, 1), date(2025, 7, 1)])
async def test_books_that_begin_on_another_day_have_the_cells_of_that_day(
    town: Town, catalogue: Catalogue, day: date
) -> None:
    for tenant in (town.a, town.b):
        await town.newcomer(tenant, date(2026, 3, 2), pseudonym="5e1f")
    await settle(town.database, catalogue)
    await town.begin(town.a, day)
    await settle(town.database, catalogue)
    months = [period for period in await town.cells(town.a, "TST-01") if period[5:].isdigit()]
    first = min(months, default="")
    assert first == (f"{day:%Y-%m}" if day.year < 2027 else "")
    assert await rebuild(town.database, catalogue) == 0


async def test_files_that_cover_months_to_come_have_their_figures(town: Town, catalogue: Catalogue) -> None:
    for tenant in (town.a, town.b):
        await town.cover(tenant, date(2026, 12, 31))
    await town.newcomer(town.a, date(2026, 9, 1))
    await settle(town.database, catalogue)
    for place in (town.a, town.xinghe):
        present = await town.cells(place, "TST-01")
        assert (present["2026-08"], present["2026-09"], present["2026-12"], present["2026"]) == (0, 1, 1, 1)
    assert await rebuild(town.database, catalogue) == 0


async def test_a_new_indicator_is_filled_in_from_the_beginning(town: Town, catalogue: Catalogue) -> None:
    await town.newcomer(town.a, date(2026, 3, 1))
    await settle(town.database, Catalogue.of({GROUP: [ARRIVALS]}))
    await settle(town.database, catalogue)
    assert (await town.cells(town.a, "TST-01"))["2026-03"] == 1
    assert await rebuild(town.database, catalogue) == 0


async def test_two_workers_at_once_leave_what_a_rebuild_would(town: Town, catalogue: Catalogue) -> None:
    await settle(town.database, catalogue)

    async def write() -> None:
        for day in range(1, 16):
            await town.newcomer(town.a if day % 2 else town.b, date(2026, 5, day), pseudonym=f"{day % 5}")

    async def work() -> None:
        while not written.done() or await refresh(town.database, catalogue):
            await asyncio.sleep(0)
            await refresh(town.database, catalogue)

    written = asyncio.ensure_future(write())
    await asyncio.gather(written, work(), work())
    await settle(town.database, catalogue)
    assert await rebuild(town.database, catalogue) == 0
    assert (await town.cells(town.xinghe, "TST-01"))["2026-05"] == 5


async def test_what_another_worker_has_in_hand_is_left_to_it_and_not_lost(
    town: Town, catalogue: Catalogue
) -> None:
    await settle(town.database, catalogue)
    await town.newcomer(town.a, FIRST_OF_MAY)
    taken, let_go = asyncio.Event(), asyncio.Event()

    async def other_worker() -> None:
        async with town.database.transaction(Scope.nobody(), login="figures") as tx:
            assert await take_in_hand(tx, [town.xinghe]) == [town.xinghe]
            taken.set()
            await let_go.wait()

    other = asyncio.ensure_future(other_worker())
    await taken.wait()
    assert await refresh(town.database, catalogue) == 2, "the tenant and the county"
    assert (await town.cells(town.xinghe, "TST-01"))["2026-05"] == 0
    let_go.set()
    await other
    assert await refresh(town.database, catalogue) == 1
    assert (await town.cells(town.xinghe, "TST-01"))["2026-05"] == 1


async def test_a_broken_select_leaves_the_others_alone(town: Town) -> None:
    broken = replace(ARRIVALS, code="TST-00", select=ARRIVALS.select.replace("1 AS num", "1/0 AS num"))
    catalogue = Catalogue.of({GROUP: [broken, PRESENT]})
    await town.newcomer(town.a, FIRST_OF_MAY)
    await settle(town.database, catalogue)
    assert (await town.cells(town.xinghe, "TST-01"))["2026-05"] == 1
    assert await town.cells(town.a, "TST-00") == {}


async def test_data_that_break_a_select_cost_their_own_unit_alone(town: Town) -> None:
    broken = replace(
        ARRIVALS,
        code="TST-00",
        select=ARRIVALS.select.replace("1 AS num", "1/(m.day - date '2026-05-02') AS num"),
    )
    assert "2026-05-02" in broken.select
    catalogue = Catalogue.of({GROUP: [broken, PRESENT]})
    await town.newcomer(town.a, date(2026, 5, 1))
    await town.newcomer(town.b, date(2026, 5, 3))
    await settle(town.database, catalogue)
    assert (await town.cells(town.a, "TST-00"))["2026-05"] == -1
    await town.newcomer(town.a, date(2026, 5, 2))
    await town.newcomer(town.b, date(2026, 5, 3))
    await settle(town.database, catalogue)
    assert (await town.cells(town.b, "TST-00"))["2026-05"] == 2
    assert (await town.cells(town.a, "TST-00"))["2026-05"] == -1, "its own stay as they were"
    assert (await town.cells(town.a, "TST-01"))["2026-05"] == 2


async def test_marks_of_a_place_that_is_no_more_are_dropped(town: Town, catalogue: Catalogue) -> None:
    await settle(town.database, catalogue)
    async with town.database.transaction(Scope.town(town.xinghe)) as tx:
        changed(tx, "people.movement", FIRST_OF_MAY)
    assert await town.marks(town.xinghe) != []
    await settle(town.database, catalogue)
    assert await town.marks(town.xinghe) == []
