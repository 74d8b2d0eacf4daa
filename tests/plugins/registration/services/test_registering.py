"""Registering at the counter: what one act writes, and what is asked before it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.sdk import BadInput
from core.sdk.people import AlreadyKnown, PersonDraft
from core.testing import Town
from plugins.registration.services.confirming import seen_of
from plugins.registration.services.records import Residence, record_of
from plugins.registration.services.registering import Registration, look_for, register
from tests.plugins.registration.conftest import Counter, Work, registration, resident, wang

DAY = date(2026, 11, 2)


async def test_one_act_writes_person_record_arrival_consent_and_confirmation(counter: Counter) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
    async with counter() as ctx:
        shown = await ctx.people.get(person)
        assert (shown.name, shown.presence) == ("王小明", "present")
        assert (await record_of(person)).village == "东村"
        assert [move.kind for move in await ctx.people.movements(person)] == ["ARRIVE"]
        assert [seen.day for seen in await seen_of(person)] == [DAY]
        consents = {state.purpose.code for state in await ctx.people.consents(person) if state.is_given}
        assert consents == {"RECORD"}


async def test_an_alias_one_contact_and_a_village_are_enough(counter: Counter) -> None:
    draft = PersonDraft(alias="阿珍", contact="宿舍三楼，找班长")
    async with counter() as ctx:
        person = await register(
            ctx, Registration(draft=draft, residence=Residence(village="东村"), day=ctx.today)
        )
        assert (await ctx.people.get(person)).name == "阿珍"


async def test_everything_at_fault_is_told_before_anything_is_written(counter: Counter) -> None:
    async with counter() as ctx:
        wrong = Registration(draft=wang(), residence=Residence(), day=ctx.today + timedelta(days=1))
        with pytest.raises(BadInput) as refused:
            await register(ctx, wrong)
        assert set(refused.value.fields) == {"village", "day"}
        assert not (await ctx.people.search("王")).people


async def test_nobody_arrives_before_she_was_born(counter: Counter) -> None:
    async with counter() as ctx:
        with pytest.raises(BadInput) as refused:
            await register(ctx, registration(day=date(1989, 12, 31)))
    assert set(refused.value.fields) == {"day"}


async def test_a_known_number_leads_to_the_existing_person(counter: Counter) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
    async with counter() as ctx:
        assert (await look_for(ctx, wang(name="別名"))).here == person
        with pytest.raises(AlreadyKnown) as refused:
            await register(ctx, registration())
    assert refused.value.person_id == person


async def test_elsewhere_is_said_and_no_more(counter: Counter, town: Town) -> None:
    async with counter(town.t02) as ctx:
        await register(ctx, registration())
    async with counter() as ctx:
        known = await look_for(ctx, wang())
        assert known.is_elsewhere
        assert known.here is None
        assert known.near == ()
        assert await register(ctx, registration())


async def test_namesakes_are_shown_and_may_be_registered_anyway(counter: Counter) -> None:
    async with counter() as ctx:
        first = await register(ctx, registration())
    async with counter() as ctx:
        draft = wang(document=None, phone="13900139000")
        known = await look_for(ctx, draft)
        assert [match.person.id for match in known.near] == [first]
        second = await register(ctx, Registration(draft=draft, residence=Residence(village="西村"), day=DAY))
        assert second != first


async def test_the_same_phone_is_near_too(counter: Counter) -> None:
    async with counter() as ctx:
        first = await register(ctx, registration())
        known = await look_for(ctx, wang(name="李四", document=resident(8)))
        assert [(match.person.id, match.has_same_phone) for match in known.near] == [(first, True)]


async def test_other_plugins_are_told_by_an_event(counter: Counter, worked: Work) -> None:
    async with counter() as ctx:
        await register(ctx, registration())
    assert await worked() >= 1
