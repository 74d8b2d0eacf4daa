"""What is proposed where a product cannot be had: the substitutes that are here and may go to whom stands there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from core.kernel.errors import BadInput
from core.sdk.ctx import TenantCtx
from plugins.supplies.services.desk import Change, Desk, Pick, arrange, desk_at, who
from plugins.supplies.services.issuing import Said, hand_out
from plugins.supplies.tables import Stock
from tests.plugins.supplies.conftest import Store, person_at, receive

pytestmark = pytest.mark.usefixtures("substitutes")


async def at_the_desk(ctx: TenantCtx, person: UUID | None = None) -> Desk:
    return await desk_at(ctx, "S1", await who(ctx, person))


def told(desk: Desk) -> dict[str, list[tuple[str, int]]]:
    return {sku: [(each.product.sku, each.most) for each in found] for sku, found in desk.replaced.items()}


async def test_what_is_not_here_is_replaced_by_what_is(store: Store) -> None:
    async with store() as ctx:
        assert told(await at_the_desk(ctx)) == {}
        await receive(ctx, 40, "F", sku="CON-F")
        assert told(await at_the_desk(ctx)) == {"CON-M": [("CON-F", 40)]}
        await receive(ctx, 9, "M")
        assert told(await at_the_desk(ctx)) == {}
        with pytest.raises(BadInput) as refused:
            await arrange(ctx, await at_the_desk(ctx), [], Change(sku="COC-LNG21", quantity=1))
        assert refused.value.params == {}


@pytest.mark.parametrize("fault", ["held", "expired"])
async def test_lots_that_may_not_go_out_do_not_count(store: Store, fault: str) -> None:
    async with store() as ctx:
        await receive(ctx, 40, "F", sku="CON-F")
        await receive(ctx, 9, "M", expiry=ctx.today + timedelta(days=1))
        changed = {"held_since": ctx.today} if fault == "held" else {"expiry": ctx.today - timedelta(days=1)}
        await Stock.update(changed).where(Stock.lot == "M")
        assert told(await at_the_desk(ctx)) == {"CON-M": [("CON-F", 40)]}
        await Stock.update(changed).where(Stock.lot == "F")
        assert told(await at_the_desk(ctx)) == {}


async def test_an_allowance_that_is_used_up_is_replaced_and_the_refusal_names_it(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 500, "M")
        await receive(ctx, 40, "F", sku="CON-F")
        person = await person_at(ctx)
        (given,) = await arrange(ctx, await at_the_desk(ctx, person), [], Change(sku="CON-M", quantity=120))
        assert given.instead == ()
        await hand_out(ctx, "S1", person, [Pick(part.lot.id, part.quantity) for part in given.parts], Said())
        desk = await at_the_desk(ctx, person)
        assert told(desk) == {"CON-M": [("CON-F", 40)]}
        (given,) = await arrange(ctx, desk, [], Change(sku="CON-M", quantity=1))
        assert [one.product.sku for one in given.instead] == ["CON-F"]
        with pytest.raises(BadInput) as refused:
            await hand_out(ctx, "S1", person, [Pick(given.parts[0].lot.id, 1)], Said())
        assert "女用避孕套" in refused.value.sentence(ctx.tell) or "Female condom" in refused.value.sentence(
            ctx.tell
        )


async def test_what_would_expire_in_use_is_replaced_as_far_as_the_other_lasts(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 20, "P", sku="COC-LNG21", expiry=ctx.today + timedelta(days=27))
        await receive(ctx, 30, "Q", sku="COC-LNG28")
        person = await person_at(ctx)
        # A first pill is begun by medical staff, whichever of the two: nothing is proposed that may not be had.
        assert told(await at_the_desk(ctx, person)) == {}
        desk = await at_the_desk(ctx, person)
        assert (desk.offers["COC-LNG21"].at_once, desk.offers["COC-LNG28"].most) == (0, 0)
