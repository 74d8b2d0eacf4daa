"""An offer to move between two units: both halves, their ends, and what crosses with and without consent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from core.app import Platform
from core.kernel.clock import freeze, now
from core.kernel.ids import new_id
from core.sdk import BadInput, Conflict
from core.sdk.people import MovementKind
from core.testing import Town
from plugins.registration.services import offers
from plugins.registration.services.moving import move
from plugins.registration.services.offers import Acceptance
from plugins.registration.services.records import Residence, record_of
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, Work, registration, resident

OFFERED = date(2026, 11, 10)
CAME = date(2026, 11, 12)
BEFORE = Residence(village="北村", workshop="一车间")


@pytest.fixture
async def person(counter: Counter) -> UUID:
    """王小明 in t01; she has not agreed that her record goes with her."""
    async with counter() as ctx:
        return await register(ctx, registration())


@pytest.fixture
async def agreed(counter: Counter, person: UUID) -> UUID:
    async with counter() as ctx:
        await ctx.people.give_consent(person, "TRANSFER")
    return person


async def offered(counter: Counter, worked: Work, person: UUID) -> UUID:
    async with counter() as ctx:
        offer = await offers.offer_move(ctx, person, "T02", OFFERED)
    await worked()
    return offer


def coming(**changes: Any) -> Acceptance:
    told: dict[str, Any] = {"day": CAME, "residence": Residence(village="南村"), **changes}
    return Acceptance(**told)


async def halves(counter: Counter, town: Town, offer: UUID) -> tuple[str, str]:
    states: list[str] = []
    for tenant in (town.t01, town.t02):
        async with counter(tenant):
            states.append((await offers.find_offer(offer)).state)
    return states[0], states[1]


async def moves(counter: Counter, town: Town, tenant: object, person: UUID) -> list[tuple[str, date]]:
    async with counter(tenant) as ctx:
        return [(str(one.kind), one.day) for one in await ctx.people.movements(person)]


async def test_an_accepted_offer_moves_her_on_one_day(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    offer = await offered(counter, worked, agreed)
    async with counter(town.t02) as ctx:
        (waiting,) = await offers.waiting_offers()
        carried = await offers.carried_of(ctx, waiting.id)
        assert carried is not None
        assert (carried.name, waiting.other_code) == ("王小明", "T01")
        there = await offers.accept(ctx, offer, coming())
    await worked()
    assert await halves(counter, town, offer) == ("accepted", "accepted")
    assert (await moves(counter, town, town.t01, agreed))[-1] == ("CHANGE_EMPLOYER_OUT", CAME)
    assert await moves(counter, town, town.t02, there) == [("CHANGE_EMPLOYER_IN", CAME)]


async def test_who_was_there_before_has_her_record_completed_as_a_new_version(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    """Whoever read the older one, a page or an import that is to be undone, is told that it has changed."""
    async with counter(town.t02) as ctx:
        there = await register(ctx, structs.replace(registration(), residence=BEFORE))
        await move(ctx, there, MovementKind.DEPART, OFFERED - timedelta(days=1), "")
        assert (await record_of(there)).version == 1
    offer = await offered(counter, worked, agreed)
    async with counter(town.t02) as ctx:
        assert await offers.accept(ctx, offer, coming()) == there
        kept = await record_of(there)
    assert (kept.version, kept.village, kept.workshop) == (2, "南村", "一车间")


async def test_delivering_again_changes_nothing(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    offer = await offered(counter, worked, agreed)
    async with counter(town.t02) as ctx:
        there = await offers.accept(ctx, offer, coming())
    await worked()
    for tenant, job, to in ((town.t01, offers.OFFER, "T02"), (town.t02, offers.ANSWER, "T01")):
        async with counter(tenant) as ctx:
            await ctx.hand_over(job, {"id": str(offer)}, to=to)
    await worked()
    assert await halves(counter, town, offer) == ("accepted", "accepted")
    assert len(await moves(counter, town, town.t01, agreed)) == 2
    assert len(await moves(counter, town, town.t02, there)) == 1


async def test_without_consent_only_a_match_of_the_document_crosses(
    counter: Counter, worked: Work, town: Town, person: UUID
) -> None:
    offer = await offered(counter, worked, person)
    async with counter(town.t02) as ctx:
        assert await offers.carried_of(ctx, offer) is None
        wrong = coming(document=resident(8), name="王小明", phone="13800138000")
        with pytest.raises(BadInput) as refused:
            await offers.accept(ctx, offer, wrong)
        assert set(refused.value.fields) == {"number"}
        right = coming(document=resident(7), name="王小明", phone="13800138000")
        assert await offers.accept(ctx, offer, right)
    await worked()
    assert await halves(counter, town, offer) == ("accepted", "accepted")


@pytest.mark.requirement("R41")
async def test_nothing_personal_stands_in_a_job(
    counter: Counter, worked: Work, platform: Platform, town: Town, agreed: UUID
) -> None:
    await offered(counter, worked, agreed)
    for tenant in (town.t01, town.t02):
        async with counter(tenant) as ctx:
            payloads = await ctx.transaction.fetch("SELECT payload::text AS payload FROM kernel.job")
            said = " ".join(row["payload"] for row in payloads)
            assert "王小明" not in said
            assert resident(7).number not in said


@pytest.mark.requirement("R39", "R43")
async def test_what_was_handed_on_is_sealed_and_deleted_with_the_answer(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    offer = await offered(counter, worked, agreed)
    async with counter(town.t02) as ctx:
        sealed = await ctx.transaction.fetchval("SELECT carried_sealed FROM registration.transfer")
        assert "王小明".encode() not in sealed
        await offers.decline(ctx, offer)
        assert await offers.carried_of(ctx, offer) is None
    await worked()
    assert await halves(counter, town, offer) == ("declined", "declined")
    async with counter() as ctx:
        assert await ctx.people.presence(agreed) == "present"


async def test_a_withdrawn_offer_is_withdrawn_on_both_sides(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    offer = await offered(counter, worked, agreed)
    async with counter() as ctx:
        await offers.withdraw(ctx, offer)
    await worked()
    assert await halves(counter, town, offer) == ("withdrawn", "withdrawn")
    async with counter(town.t02) as ctx:
        with pytest.raises(Conflict):
            await offers.accept(ctx, offer, coming())


async def test_an_acceptance_wins_over_a_later_withdrawal(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    offer = await offered(counter, worked, agreed)
    async with counter(town.t02) as ctx:
        await offers.accept(ctx, offer, coming())
    async with counter() as ctx:
        await offers.withdraw(ctx, offer)
    await worked()
    assert await halves(counter, town, offer) == ("accepted", "accepted")


@pytest.mark.requirement("R43")
@pytest.mark.parametrize("is_delivered", [True, False])
async def test_a_withdrawn_consent_takes_back_what_was_or_would_be_handed_on(
    counter: Counter, worked: Work, town: Town, agreed: UUID, is_delivered: bool
) -> None:
    async with counter() as ctx:
        offer = await offers.offer_move(ctx, agreed, "T02", OFFERED)
    if is_delivered:
        await worked()
    async with counter() as ctx:
        await ctx.people.give_consent(agreed, "CONTACT")
        assert not await offers.withdraw_consent(ctx, agreed, "CONTACT")
        assert (await offers.find_offer(offer)).state == "waiting"
        assert await offers.withdraw_consent(ctx, agreed, "TRANSFER")
        assert not await offers.withdraw_consent(ctx, agreed, "TRANSFER")
    await worked()
    assert await halves(counter, town, offer) == ("withdrawn", "withdrawn")
    async with counter(town.t02) as ctx:
        assert await offers.carried_of(ctx, offer) is None
        with pytest.raises(Conflict):
            await offers.accept(ctx, offer, coming())
    async with counter() as ctx:
        assert await ctx.people.presence(agreed) == "present"


async def test_an_offer_that_nobody_answers_expires(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    offer = await offered(counter, worked, agreed)
    with freeze(now() + timedelta(days=31)):
        async with counter(town.t02) as ctx:
            assert await offers.expire_offers(ctx, 30) == 1
    await worked()
    assert await halves(counter, town, offer) == ("expired", "expired")


async def test_while_an_offer_waits_she_does_not_leave_otherwise(
    counter: Counter, worked: Work, agreed: UUID
) -> None:
    await offered(counter, worked, agreed)
    async with counter() as ctx:
        with pytest.raises(Conflict):
            await move(ctx, agreed, MovementKind.DEPART, CAME)
        with pytest.raises(Conflict):
            await offers.offer_move(ctx, agreed, "T02", OFFERED)


async def test_who_is_present_there_already_is_told_so(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    async with counter(town.t02) as ctx:
        await register(ctx, registration())
    offer = await offered(counter, worked, agreed)
    async with counter(town.t02) as ctx:
        with pytest.raises(Conflict):
            await offers.accept(ctx, offer, coming())
    assert await halves(counter, town, offer) == ("waiting", "waiting")


@pytest.mark.parametrize("unit", ["T01", "T09", "", "华星"])
async def test_only_another_unit_by_its_code_or_full_name_is_found(
    counter: Counter, person: UUID, unit: str
) -> None:
    async with counter() as ctx:
        with pytest.raises(BadInput) as refused:
            await offers.offer_move(ctx, person, unit, OFFERED)
    assert set(refused.value.fields) == {"unit"}


async def test_the_day_lies_between_offer_and_today(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    offer = await offered(counter, worked, agreed)
    async with counter(town.t02) as ctx:
        with pytest.raises(BadInput) as refused:
            await offers.accept(ctx, offer, coming(day=OFFERED - timedelta(days=1), residence=Residence()))
    assert set(refused.value.fields) == {"day", "village"}


async def test_a_refused_acceptance_has_written_nothing(
    counter: Counter, worked: Work, town: Town, agreed: UUID
) -> None:
    """The page shows the form again, so what was done before the refusal would stay."""
    offer = await offered(counter, worked, agreed)
    async with counter(town.t02) as ctx:
        with pytest.raises(BadInput) as refused:
            await offers.accept(ctx, offer, coming(residence=Residence(village="南村", firm_id=new_id())))
        assert set(refused.value.fields) == {"firm_id"}
        assert await ctx.transaction.fetchval("SELECT count(*) FROM people.person") == 0


async def test_who_cannot_be_recognised_is_not_offered(counter: Counter) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration(document=None))
        with pytest.raises(Conflict):
            await offers.offer_move(ctx, person, "T02", OFFERED)
