"""What is kept of a report, who reaches it, and when it is due."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from core.figures.periods import parse_period
from core.kernel.errors import Conflict, NotFound
from core.kernel.scope import Scope
from core.people.drafts import Document, PersonDraft
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.reports import cells as reported
from core.reports.report import OutOfDate, Submission, due_day
from core.sdk.reports import Act, IllegalAct, completeness
from core.tenancy.regions import open_region
from core.tenancy.town_settings import TownSettings, keep_town_settings
from core.testing import TOWN
from tests.core.reports.conftest import FORM, MARCH, Office, Send, Unit, hand

DAYS_OFF = tuple(date(2025, 10, day) for day in range(1, 9))


@pytest.mark.parametrize(
    ("number", "off", "worked", "due"),
    [
        (3, DAYS_OFF, (date(2025, 10, 11),), date(2025, 10, 11)),
        (5, DAYS_OFF, (date(2025, 10, 11),), date(2025, 10, 14)),
        (5, (), (), date(2025, 10, 7)),
        (3, (), (date(2025, 10, 4),), date(2025, 10, 3)),
    ],
)
def test_a_report_is_due_on_a_working_day_of_the_towns_calendar(number, off, worked, due):
    settings = TownSettings(due_working_day=number, holidays=off, worked_weekend_days=worked)
    assert due_day(parse_period("2025-09"), settings) == due


def test_the_report_of_december_is_due_in_the_next_year():
    settings = TownSettings(
        holidays=(date(2026, 1, 1), date(2026, 1, 2)), worked_weekend_days=(date(2026, 1, 4),)
    )
    assert due_day(parse_period("2025-12"), settings) == date(2026, 1, 8)


async def test_a_later_calendar_moves_no_report_that_is_begun(platform, town, unit: Unit):
    async with unit() as desk:
        begun = await desk.open(FORM, 1, MARCH)
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await keep_town_settings(tx, TownSettings(due_working_day=1))
    async with unit() as desk:
        assert (await desk.open(FORM, 2, MARCH)) == begun
        assert begun.due_on == date(2025, 4, 7)
        assert await desk.due_on(MARCH) == date(2025, 4, 1)


async def test_who_submits_waits_for_an_act_that_found_the_month_open(unit: Unit, send: Send):
    day, found, done = date(2025, 3, 9), asyncio.Event(), []

    async def act() -> None:
        async with unit() as clerk:
            assert not await clerk.is_closed(day)
            found.set()
            await asyncio.sleep(0.5)
        done.append("the act")

    async def submit() -> None:
        await found.wait()
        await send()
        done.append("the report")

    await asyncio.gather(act(), submit())
    assert done == ["the act", "the report"]
    async with unit() as clerk:
        assert await clerk.is_closed(day)
        assert not await clerk.is_closed(date(2025, 4, 1))


async def arrive(platform, town, number: int, day: date) -> None:
    """Somebody who comes to t01 on that day."""
    draft = PersonDraft(
        name="王小明",
        document=Document(id_type="03", number=f"ZZ{number:05d}"),
        sex="2",
        phone="13800138000",
        registered_on=day,
        is_floating=True,
    )
    async with platform.database.transaction(Scope.of_tenant(town.t01.id, ["registry"])) as tx:
        person = await register_person(tx, platform.keyring, draft)
        await record_movement(tx, person, MovementKind.ARRIVE, day)


async def test_every_submission_keeps_its_cells_whatever_the_books_say_later(
    platform, town, unit: Unit, office: Office, send: Send, settled
):
    await arrive(platform, town, 1, date(2025, 3, 4))
    first = await send()
    async with office() as desk:
        returned = await desk.decide(first, Act.RETURN, 1, "Count again.", ("EMP-01", "sex=1"))
    await arrive(platform, town, 2, date(2025, 3, 5))
    second = await send(men=70)
    assert (second.submissions, returned.received_on) == (2, second.received_on)
    await arrive(platform, town, 3, date(2025, 3, 6))
    await settled()
    async with office() as desk:
        await desk.decide(second, Act.APPROVE, 2)
        await desk.decide(second, Act.LOCK, 2)
    async with unit() as desk:
        tx = desk._tx
        told = [
            {
                (cell.figure.indicator, cell.figure.cut): cell.figure.value
                for cell in await reported.submitted_cells(tx, town.t01.id, first.id, number)
            }
            for number in (1, 2)
        ]
        changes = await reported.changed_between(tx, town.t01.id, first.id, 1, 2)
        since = {
            (cell.indicator, cell.cut): (cell.before, cell.after) for cell in await desk.changed_since(second)
        }
        # A second finish of a load finds its cells there and leaves them alone.
        assert await desk.complete(second, ("POP-01", "POP-02", "POP-03")) == 0
    assert [cells["POP-01", ""] for cells in told] == [1, 2]
    assert [cells["EMP-01", ""] for cells in told] == [100, 110]
    assert {("EMP-01", "sex=1"), ("EMP-01", ""), ("POP-01", ""), ("POP-01", "sex=2")} <= {
        (cell.indicator, cell.cut) for cell in changes
    }
    assert ("EMP-01", "sex=2") not in {(cell.indicator, cell.cut) for cell in changes}
    before, after = since["POP-01", ""]
    assert before is not None
    assert after is not None
    assert (before.value, after.value) == (2, 3)
    assert not {"EMP-01", "COM-02"} & {indicator for indicator, _cut in since}


async def test_a_report_waits_until_the_figures_are_worked_off(platform, town, unit: Unit, send: Send):
    report = await send()
    await arrive(platform, town, 1, date(2025, 3, 4))
    async with unit() as desk:
        again = await desk.submit(report, 1, None)  # type: ignore[arg-type]
        assert again == report
        other = await desk.open(FORM, 1, parse_period("2025-04"))
        with pytest.raises(Conflict, match="worked into the figures"):
            await desk.submit(other, other.version, None)  # type: ignore[arg-type]


async def test_prepared_cells_stay_until_they_are_taken_back(unit: Unit):
    async with unit() as desk:
        report = await desk.open(FORM, 1, MARCH)
        held = await desk.turn(report, Act.PREPARE, report.version)
        with pytest.raises(Conflict, match="prepared"):
            await desk.touch(report, held.version)
        back = await desk.turn(report, Act.TAKE_BACK, held.version)
        await desk.touch(report, back.version)
        with pytest.raises(OutOfDate):
            await desk.turn(report, Act.PREPARE, back.version)


async def test_the_town_acts_in_its_own_region_alone_and_changes_no_cell(
    platform, town, office: Office, send: Send
):
    report = await send()
    elsewhere = await open_region(platform.database, code="000001102", name_zh="别镇", name_en="Other")
    async with office(elsewhere.id) as desk:
        assert await desk.waiting(FORM) == []
        assert await desk.steps(report) == []
        with pytest.raises(NotFound):
            await desk.find(FORM, MARCH, "T01")
        with pytest.raises(NotFound):
            await desk.decide(report, Act.APPROVE, 1)
    async with office() as desk:
        assert [unit.code for unit in await desk.waiting(FORM)] == ["T01"]
        tx = desk._tx
        for statement in (
            "UPDATE reports.cell SET num = 1",
            "DELETE FROM reports.cell",
            "UPDATE reports.step SET reason = ''",
        ):
            with pytest.raises(Exception, match=r"permission denied|append"):
                async with tx.savepoint():
                    await tx.execute(statement)
        with pytest.raises(Exception, match="row-level security"):
            async with tx.savepoint():
                await tx.execute(
                    "INSERT INTO reports.cell (tenant_id, region_id, report_id, submission, indicator, cut, source)"
                    " VALUES ($1, $2, $3, 1, 'POP-09', '', 'hand')",
                    report.tenant_id,
                    report.region_id,
                    report.id,
                )
        assert (await desk.decide(report, Act.APPROVE, 1)).state == "approved"
        with pytest.raises(ValueError, match="town's"):
            await desk.decide(report, Act.SUBMIT, 1)
    assert town.region.code == TOWN


async def test_a_unit_reaches_no_report_of_another(town, unit: Unit, send: Send):
    report = await send()
    async with unit(town.t02) as desk:
        assert await desk.find(FORM, MARCH.name) is None
        assert await desk.submitted(report) == []
        for act in (desk.touch(report, 2), desk.turn(report, Act.TAKE_BACK, 2), desk.submit(report, 2, None)):  # type: ignore[arg-type]
            with pytest.raises(NotFound):
                await act
    async with unit() as desk:
        assert await desk.find(FORM, MARCH.name) == report
        with pytest.raises(IllegalAct):
            await desk.turn(report, Act.TAKE_BACK, report.version)


async def test_what_a_unit_owes_and_has_sent_is_counted(town, unit: Unit, office: Office, send: Send):
    report = await send()
    async with office() as desk:
        units = await desk.expected(FORM, MARCH)
        whole = completeness(units)
        assert (whole.expected, whole.received, whole.approved) == (2, 1, 0)
        assert [unit.code for unit in whole.missing] == ["T02"]
        await desk.decide(report, Act.RETURN, 1, "Why?")
    # Back on somebody's desk in the unit, it is still being corrected.
    async with unit() as desk:
        held = await desk.find(FORM, MARCH.name)
        assert held is not None
        await desk.turn(held, Act.PREPARE, held.version)
    async with office() as desk:
        whole = completeness(await desk.expected(FORM, MARCH))
        assert (whole.received, [unit.code for unit in whole.returned]) == (1, ["T01"])
        assert await desk.expected(FORM, parse_period("2024-12")) == []
        months = [MARCH.previous.previous.previous, MARCH.previous, MARCH]
        calendar = await desk.calendar(FORM, months)
        assert calendar == {month.name: await desk.expected(FORM, month) for month in months}
        assert [len(units) for units in calendar.values()] == [0, 2, 2]


async def test_a_file_overwrites_nothing_that_was_submitted(unit: Unit, send: Send):
    report = await send()
    async with unit() as desk:
        assert not await desk.receive(report, Submission(hand=hand(men=1), computed=()), date(2025, 4, 1))
        april = await desk.open(FORM, 1, parse_period("2025-04"))
        assert await desk.complete(april, ("POP-01",)) == 0
        assert await desk.receive(april, Submission(hand=hand(men=1), computed=()), date(2025, 5, 9))
        held = await desk.find(FORM, "2025-04")
        assert held is not None
        assert (held.received_on, held.is_on_time) == (date(2025, 5, 9), False)
        assert await desk.find(FORM, MARCH.name) == report
