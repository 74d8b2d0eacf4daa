from __future__ import annotations

from datetime import date

from core.figures.marks import EVERYTHING, Mark, compact, stale_periods
from core.figures.places import Place
from core.kernel.changes import changed
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from tests.core.figures.indicators import ARRIVALS, PRESENT
from tests.core.figures.town import Town

MAY = date(2026, 5, 1)


def place() -> Place:
    tenant = new_id()
    return Place(id=tenant, region_id=new_id(), code="T01", starts=date(2026, 2, 10), ends=date(2026, 5, 31))


def touched(indicator: object, *marks: Mark) -> set[str]:
    assert indicator in (ARRIVALS, PRESENT)
    found = ARRIVALS if indicator == ARRIVALS else PRESENT
    return {period.name for period in stale_periods(found, marks, place())}


def test_marks_of_one_month_are_one_and_an_onward_one_swallows_the_later() -> None:
    marks = compact(
        [
            Mark("people.movement", date(2026, 5, 3)),
            Mark("people.movement", date(2026, 5, 20)),
            Mark("people.residence", date(2026, 5, 3), True),
            Mark("people.residence", date(2026, 3, 9), True),
            Mark("people.residence", date(2026, 4, 9)),
            Mark("people.residence", date(2026, 2, 9)),
        ]
    )
    assert marks == [
        Mark("people.movement", MAY),
        Mark("people.residence", date(2026, 2, 1)),
        Mark("people.residence", date(2026, 3, 1), True),
    ]


def test_an_event_touches_its_month_quarter_and_year() -> None:
    assert touched(ARRIVALS, Mark("people.movement", date(2026, 3, 1))) == {"2026-03", "2026-Q1", "2026"}


def test_a_state_touches_every_later_period_until_the_month_that_has_begun() -> None:
    since_march = {"2026-03", "2026-Q1", "2026-04", "2026-05", "2026-Q2", "2026"}
    assert touched(PRESENT, Mark("people.residence", date(2026, 3, 1))) == since_march
    assert touched(ARRIVALS, Mark("people.person", date(2020, 1, 1), True)) == since_march | {"2026-02"}


def test_days_outside_the_books_touch_nothing() -> None:
    assert touched(ARRIVALS, Mark("people.movement", date(2026, 1, 1))) == set()
    assert touched(ARRIVALS, Mark("people.movement", date(2026, 6, 1))) == set()


def test_a_table_that_the_indicator_does_not_read_touches_nothing_and_tenancy_everything() -> None:
    assert touched(ARRIVALS, Mark("people.residence", MAY)) == set()
    assert touched(ARRIVALS, Mark(EVERYTHING, MAY)) == touched(ARRIVALS, Mark("tenancy.tenant", MAY)) != set()


async def test_a_transaction_writes_one_compact_set_of_marks(town: Town) -> None:
    async with town.database.transaction(Scope.of_tenant(town.a)) as tx:
        for day in (3, 4, 5):
            changed(tx, "people.movement", date(2026, 5, day))
        changed(tx, "people.residence", date(2026, 5, 4), onwards=True)
        changed(tx, "people.residence", date(2026, 5, 3), onwards=True)
    assert await town.marks(town.a) == [("people.movement", MAY, False), ("people.residence", MAY, True)]
    assert await town.marks(town.b) == []


async def test_a_change_that_no_figure_reads_marks_nothing(town: Town) -> None:
    async with town.database.transaction(Scope.of_tenant(town.a)) as tx:
        changed(tx, "people.consent", MAY)
    assert await town.marks(town.a) == []


async def test_a_transaction_that_fails_marks_nothing(town: Town) -> None:
    class Failed(Exception):
        pass

    try:
        async with town.database.transaction(Scope.of_tenant(town.a)) as tx:
            changed(tx, "people.movement", MAY)
            raise Failed
    except Failed:
        pass
    assert await town.marks(town.a) == []
