"""Handing out: the lots that are proposed, limits under a lock, what is passed over with a reason, what comes back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.ids import new_id
from core.sdk.ctx import TenantCtx
from core.sdk.people import MovementKind
from core.testing import Town
from plugins.supplies.services.book import voucher_of
from plugins.supplies.services.desk import Change, Given, Pick, arrange, desk_at, who
from plugins.supplies.services.issuing import Said, hand_out
from plugins.supplies.services.moments import moments_of
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.services.returning import give_back
from plugins.supplies.services.reversing import take_back
from plugins.supplies.services.stocking import overrides_of_month
from plugins.supplies.services.vouchers import Posted
from plugins.supplies.tables import Client, Stock, Voucher
from tests.plugins.supplies.conftest import Store, person_at, receive

pytestmark = pytest.mark.usefixtures("catalogue")


async def proposed(ctx: TenantCtx, quantity: int, person: UUID | None = None, sku: str = "CON-M") -> Given:
    desk = await desk_at(ctx, "S1", await who(ctx, person))
    (given,) = await arrange(ctx, desk, [], Change(sku=sku, quantity=quantity))
    return given


def picks(given: Given) -> list[Pick]:
    return [Pick(part.lot.id, part.quantity) for part in given.parts]


async def give(ctx: TenantCtx, quantity: int, person: UUID | None = None, override: str = "") -> Posted:
    given = await proposed(ctx, quantity, person)
    return await hand_out(ctx, "S1", person, picks(given), Said(override=override))


async def left(ctx: TenantCtx, person: UUID) -> int | None:
    return (await desk_at(ctx, "S1", await who(ctx, person))).offers["CON-M"].left


@pytest.fixture
async def filled(store: Store) -> Store:
    """30 that expire in a month, 500 that do not for years."""
    async with store() as ctx:
        await receive(ctx, 500, "B")
        await receive(ctx, 30, "A", expiry=ctx.today + timedelta(days=30))
    return store


async def test_the_earliest_lot_is_proposed_and_what_is_shown_is_entered(filled: Store) -> None:
    async with filled() as ctx:
        given = await proposed(ctx, 40)
        assert [(part.lot.lot, part.quantity) for part in given.parts] == [("A", 30), ("B", 10)]
        posted = await hand_out(ctx, "S1", None, picks(given), Said())
    async with filled() as ctx:
        told = await voucher_of(posted.voucher)
        assert (told.kind, told.is_anonymous, told.person, told.override) == ("ISSUE", True, None, "")
        assert [(line.lot, line.quantity) for line in told.lines] == [("A", 30), ("B", 10)]
        assert await faults_of_stock(ctx) == []


async def test_several_products_are_one_voucher(filled: Store) -> None:
    async with filled() as ctx:
        await receive(ctx, 20, "E", sku="EC-LNG")
        person = await person_at(ctx)
        desk = await desk_at(ctx, "S1", await who(ctx, person))
        given = await arrange(ctx, desk, [], Change(sku="CON-M", quantity=5))
        chosen = [pick for one in given for pick in picks(one)]
        given = await arrange(ctx, desk, chosen, Change(sku="EC-LNG", quantity=1))
        chosen = [pick for one in given for pick in picks(one)]
        assert [one.offer.product.sku for one in given] == ["CON-M", "EC-LNG"]
        with pytest.raises(BadInput) as refused:
            await hand_out(ctx, "S1", person, chosen, Said())
        assert refused.value.fields.keys() == {"is_advised"}
        posted = await hand_out(ctx, "S1", person, chosen, Said(is_advised=True))
        assert len((await voucher_of(posted.voucher)).lines) == 2
        fewer = await arrange(ctx, desk, chosen, Change(without="CON-M"))
        assert [one.offer.product.sku for one in fewer] == ["EC-LNG"]


async def test_an_earlier_lot_is_passed_over_with_a_reason_alone(filled: Store) -> None:
    async with filled() as ctx:
        desk = await desk_at(ctx, "S1", None)
        late = next(lot for lot in desk.shelf["CON-M"] if lot.lot == "B")
        first = await arrange(ctx, desk, [], Change(sku="CON-M", quantity=5))
        (given,) = await arrange(ctx, desk, picks(first[0]), Change(instead=late.id))
        assert [(part.lot.lot, part.quantity) for part in given.parts] == [("B", 5)]
        assert [lot.lot for lot in given.skipped] == ["A"]
        with pytest.raises(BadInput) as refused:
            await hand_out(ctx, "S1", None, picks(given), Said())
        assert refused.value.fields.keys() == {"override"}
        posted = await hand_out(ctx, "S1", None, picks(given), Said(override="EARLIER_DAMAGED"))
        assert (await voucher_of(posted.voucher)).override == "EARLIER_DAMAGED"
        assert await overrides_of_month(ctx) == 1


async def test_lots_that_may_not_be_handed_out_are_refused_whatever_the_reason(filled: Store) -> None:
    async with filled() as ctx:
        stock = await Stock.select(Stock.id).where(Stock.lot == "A").first()
        assert stock is not None
        await Stock.update({"held_since": ctx.today}).where(Stock.lot == "A")
        with pytest.raises(Conflict):
            await hand_out(ctx, "S1", None, [Pick(stock["id"], 1)], Said(override="EARLIER_DAMAGED"))
        given = await proposed(ctx, 1)
        assert (given.parts[0].lot.lot, given.skipped) == ("B", ())


async def test_a_pack_that_does_not_last_is_not_proposed(store: Store) -> None:
    async with store() as ctx:
        person = await person_at(ctx)
        await receive(ctx, 20, "SHORT", sku="COC-LNG21", expiry=ctx.today + timedelta(days=83))
        await receive(ctx, 20, "LONG", sku="COC-LNG21", expiry=ctx.today + timedelta(days=84))
        assert (await proposed(ctx, 3, person, "COC-LNG21")).parts[0].lot.lot == "LONG"
        assert (await proposed(ctx, 2, person, "COC-LNG21")).parts[0].lot.lot == "SHORT"


async def test_a_limit_is_exactly_reached_and_passed_with_a_reason_alone(filled: Store) -> None:
    async with filled() as ctx:
        person = await person_at(ctx)
        await give(ctx, 100, person)
        assert await left(ctx, person) == 20
        with pytest.raises(BadInput):
            await give(ctx, 21, person)
        another = await person_at(ctx, "李小红")
        with pytest.raises(BadInput):
            await give(ctx, 121, another)
        assert await Client.count().where(Client.person_id == another) == 0
        await give(ctx, 20, person)
        assert await left(ctx, person) == 0
        posted = await give(ctx, 1, person, override="ASKED_FOR_MORE")
        assert (await voucher_of(posted.voucher)).override == "ASKED_FOR_MORE"
        assert (await give(ctx, 200)).is_new


async def test_the_limit_of_one_unit_knows_nothing_of_another(filled: Store, town: Town) -> None:
    async with filled() as ctx:
        await give(ctx, 120, await person_at(ctx))
    async with filled(town.t02) as ctx:
        await receive(ctx, 200)
        person = await person_at(ctx)
        assert await left(ctx, person) == 120


async def test_unopened_goods_come_back_into_their_lot_and_off_her_limit(filled: Store) -> None:
    async with filled() as ctx:
        person = await person_at(ctx)
        issued = await give(ctx, 40, person)
        early, late = (await voucher_of(issued.voucher)).lines
        with pytest.raises(BadInput):
            await give_back(ctx, issued.voucher, late.id, 11, None)
        await give_back(ctx, issued.voucher, late.id, 4, None)
        await give_back(ctx, issued.voucher, early.id, 30, None)
        with pytest.raises(BadInput):
            await give_back(ctx, issued.voucher, late.id, 7, None)
        assert await left(ctx, person) == 114
        titles = [moment.title for moment in await moments_of(ctx, person)]
        assert len(titles) == 3
        assert await faults_of_stock(ctx) == []


async def test_an_issue_is_taken_back_once_and_counts_nowhere(filled: Store) -> None:
    async with filled() as ctx:
        person = await person_at(ctx)
        issued = await give(ctx, 40, person)
        line = (await voucher_of(issued.voucher)).lines[0]
        back = await give_back(ctx, issued.voucher, line.id, 5, None)
        with pytest.raises(Conflict, match="came back already"):
            await take_back(ctx, issued.voucher, "NOT_TAKEN")
        await take_back(ctx, back.voucher, "WRONG_GOODS")
        reversal = await take_back(ctx, issued.voucher, "NOT_TAKEN")
        with pytest.raises(Conflict):
            await take_back(ctx, issued.voucher, "NOT_TAKEN")
        with pytest.raises(Conflict):
            await give_back(ctx, issued.voucher, line.id, 1, None)
        assert await left(ctx, person) == 120
        told = await voucher_of(issued.voucher)
        assert told.reversed_by == reversal.voucher
        assert await overrides_of_month(ctx) == 0
        assert await faults_of_stock(ctx) == []


async def test_the_same_form_hands_out_once(filled: Store) -> None:
    async with filled() as ctx:
        given, key = await proposed(ctx, 530), str(new_id())
        first = await hand_out(ctx, "S1", None, picks(given), Said(key=key))
        again = await hand_out(ctx, "S1", None, picks(given), Said(key=key))
        assert (again.voucher, again.is_new) == (first.voucher, False)
        assert await Voucher.count().where(Voucher.kind == "ISSUE") == 1


async def test_nobody_is_named_who_left_or_is_not_here(filled: Store, town: Town) -> None:
    async with filled() as ctx:
        person = await person_at(ctx)
        await ctx.people.move(person, MovementKind.ARRIVE, ctx.today)
        await ctx.people.move(person, MovementKind.OPT_OUT, ctx.today)
        with pytest.raises(Conflict, match="left the register"):
            await give(ctx, 1, person)
    async with filled(town.t02) as ctx:
        stranger = await person_at(ctx)
    async with filled() as ctx:
        with pytest.raises(NotFound):
            await give(ctx, 1, stranger)


async def test_a_lot_of_another_point_or_unit_gives_nothing(filled: Store, town: Town) -> None:
    async with filled() as ctx:
        await receive(ctx, 5, "C", point="B1")
        elsewhere = await Stock.select(Stock.id).where(Stock.point == "B1").first()
    async with filled(town.t02) as ctx:
        await receive(ctx, 5, "C", expiry=date(2030, 1, 1))
        foreign = await Stock.select(Stock.id).first()
    async with filled() as ctx:
        for row, fault in ((elsewhere, Conflict), (foreign, BadInput)):
            assert row is not None
            with pytest.raises(fault):
                await hand_out(ctx, "S1", None, [Pick(row["id"], 1)], Said())
        assert await Voucher.count().where(Voucher.kind == "ISSUE") == 0
