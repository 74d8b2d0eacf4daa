"""Movements, confirmations and help with permits at the counter, and the figures' marks that follow."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from core.sdk import BadInput, Conflict, NotFound
from core.sdk.people import IllegalMovement, MovementKind
from core.testing import Town
from plugins.registration.services import confirming
from plugins.registration.services.confirming import Help, months_after, permit_state
from plugins.registration.services.moving import move, moves_for
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, registration

ARRIVED = date(2026, 10, 1)


@pytest.fixture
async def person(counter: Counter) -> UUID:
    async with counter() as ctx:
        return await register(ctx, registration(day=ARRIVED))


async def test_episodes_reconcile_with_the_movements(counter: Counter, person: UUID) -> None:
    days = [date(2026, 10, 5), date(2026, 10, 9), date(2026, 10, 12), date(2026, 10, 20)]
    kinds = [MovementKind.TEMP_LEAVE, MovementKind.RETURN, MovementKind.DEPART, MovementKind.ARRIVE]
    for kind, day in zip(kinds, days, strict=True):
        async with counter() as ctx:
            await move(ctx, person, kind, day)
    async with counter() as ctx:
        episodes = [(one.started_on, one.ended_on) for one in await ctx.people.episodes(person)]
        assert episodes == [(ARRIVED, date(2026, 10, 12)), (date(2026, 10, 20), None)]
        lines = await ctx.people.stock(date(2026, 10, 1), date(2026, 10, 31))
        assert [line.difference for line in lines] == [0, 0]
        assert (lines[0].opening, lines[0].closing) == (0, 1)


async def test_what_does_not_fit_is_refused(counter: Counter, person: UUID) -> None:
    async with counter() as ctx:
        with pytest.raises(IllegalMovement):
            await move(ctx, person, MovementKind.RETURN, date(2026, 10, 5))
        with pytest.raises(Conflict):
            await move(ctx, person, MovementKind.CHANGE_EMPLOYER_OUT, date(2026, 10, 5))


async def test_opting_out_withdraws_every_consent(counter: Counter, person: UUID) -> None:
    async with counter() as ctx:
        await move(ctx, person, MovementKind.OPT_OUT, date(2026, 10, 5))
    async with counter() as ctx:
        assert not any(state.is_given for state in await ctx.people.consents(person))
        assert (await ctx.people.get(person)).state == "opted_out"


@pytest.mark.parametrize("presence", ["absent", "present", "away"])
def test_only_what_fits_is_offered(presence: str) -> None:
    offered = set(moves_for(presence))
    assert (MovementKind.ARRIVE in offered) is (presence == "absent")
    assert (MovementKind.RETURN in offered) is (presence == "away")
    assert (MovementKind.OPT_OUT in offered) is (presence != "absent")


async def test_a_confirmation_of_the_day_is_one(counter: Counter, person: UUID) -> None:
    async with counter() as ctx:
        await confirming.confirm(ctx, person, ctx.today, contact_verified=False)
        await confirming.confirm(ctx, person, ctx.today, contact_verified=True)
        await confirming.confirm(ctx, person, ctx.today, contact_verified=False)
        seen = await confirming.seen_of(person)
    assert [(one.day == ARRIVED, one.contact_verified) for one in seen] == [(False, True), (True, False)]


async def test_who_has_left_is_not_confirmed(counter: Counter, person: UUID) -> None:
    async with counter() as ctx:
        await move(ctx, person, MovementKind.DEPART, ctx.today)
        with pytest.raises(Conflict):
            await confirming.confirm(ctx, person, ctx.today, contact_verified=True)


async def test_help_with_a_permit_is_counted_once_a_day(counter: Counter, person: UUID) -> None:
    async with counter() as ctx:
        for kind in ("APPLY", "APPLY", "ENDORSE"):
            await confirming.help_with_permit(ctx, person, kind, ctx.today)
        with pytest.raises(BadInput):
            await confirming.help_with_permit(ctx, person, "BUY", ctx.today)
        with pytest.raises(BadInput):
            await confirming.help_with_permit(ctx, person, "APPLY", ctx.today + timedelta(days=1))
        assert sorted(one.kind for one in await confirming.helps_of(person)) == ["APPLY", "ENDORSE"]


async def test_the_figures_follow(counter: Counter, person: UUID) -> None:
    async with counter() as ctx:
        rows = await ctx.transaction.fetch("SELECT source, first_day, is_onward FROM figures.stale")
    marks = {(row["source"], row["is_onward"]) for row in rows}
    assert {("registration.confirmation", True), ("people.residence", True)} <= marks


async def test_the_other_unit_cannot_reach_her(counter: Counter, town: Town, person: UUID) -> None:
    async with counter(town.t02) as ctx:
        with pytest.raises(NotFound):
            await confirming.confirm(ctx, person, ctx.today, contact_verified=True)
        with pytest.raises(NotFound):
            await confirming.help_with_permit(ctx, person, "APPLY", ctx.today)
        with pytest.raises(NotFound):
            await move(ctx, person, MovementKind.DEPART, ctx.today)
        assert await confirming.seen_of(person) == []
    async with counter() as ctx:
        await confirming.confirm(ctx, person, ctx.today, contact_verified=True)
        assert len(await confirming.seen_of(person)) == 2


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_months_end_with_their_last_day(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_a_permit_is_due_for_endorsement_each_full_year() -> None:
    applied = [Help(day=date(2024, 5, 10), kind="APPLY")]
    state = permit_state(date(2023, 9, 1), applied, date(2026, 4, 20), 6)
    assert state.eligible_on == date(2024, 3, 1)
    assert (state.endorse_from, state.endorse_by) == (date(2026, 4, 10), date(2026, 5, 10))


def test_nothing_is_due_without_presence_and_permit() -> None:
    state = permit_state(None, [], date(2026, 4, 20), 6)
    assert (state.eligible_on, state.endorse_from, state.endorse_by) == (None, None, None)
