"""An act whose commit fails, or whose request is given up: asked for again under its key, it is entered once."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from core.kernel.errors import Unavailable
from core.sdk.ctx import TenantCtx
from core.testing import Server
from plugins.supplies.services.ledger import post
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.services.recipients import lock_client, vouchers_of
from plugins.supplies.services.vouchers import Posted
from plugins.supplies.tables import Client, Entry, Recipient, Stock, Voucher
from tests.plugins.supplies.conftest import Store, act, line, person_at, receive

MOST = 12
"""What she may have of it."""


async def issue(ctx: TenantCtx, key: str | None = None) -> Posted:
    return await post(ctx, act(ctx, "ISSUE", key=key), [line(3)])


async def left(store: Store) -> int:
    async with store() as ctx:
        assert await faults_of_stock(ctx) == []
        assert await Voucher.count() == await Entry.count()
        row = await Stock.select(Stock.balance).first()
        assert row is not None
        return row["balance"]


async def test_an_act_whose_commit_fails_is_entered_when_it_is_asked_for_again(
    store: Store, database_server: Server
) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
    with pytest.raises(Unavailable):
        async with store() as ctx:
            await issue(ctx, "form-1")
            backend = await ctx.transaction.fetchval("SELECT pg_backend_pid()")
            await database_server.run(f"SELECT pg_terminate_backend({backend})")
    assert await left(store) == 10
    async with store() as ctx:
        assert (await issue(ctx, "form-1")).is_new
    async with store() as ctx:
        assert not (await issue(ctx, "form-1")).is_new
    assert await left(store) == 7


async def test_an_act_that_is_given_up_at_any_moment_is_entered_whole_or_not_at_all(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 1000)
    entered = 0
    for moment in range(25):
        key = f"form-{moment}"

        async def ask(key: str = key) -> None:
            async with store() as ctx:
                await issue(ctx, key)

        task = asyncio.create_task(ask())
        await asyncio.sleep(moment / 1000)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        async with store() as ctx:
            entered += not (await issue(ctx, key)).is_new
    assert await left(store) == 1000 - 25 * 3
    assert entered < 25


async def test_of_two_who_ask_for_her_last_entitlement_gets_it_one(store: Store) -> None:
    """At two points, of two lots: nothing but her row makes them wait."""
    async with store() as ctx:
        person = await person_at(ctx)
        await receive(ctx, 50)
        await receive(ctx, 50, "B", point="B1")

    async def ask(point: str, lot: str) -> bool:
        async with store() as ctx:
            await lock_client(person)
            rows = await Entry.select(Entry.quantity).where(
                Entry.voucher_id.is_in([*await vouchers_of(person, ctx.today), ctx.tenant.id])
            )
            if sum(row["quantity"] for row in rows) + 5 > MOST:
                return False
            await post(ctx, act(ctx, "ISSUE", point=point, person=person), [line(5, lot)])
            return True

    got = await asyncio.gather(*(ask(*place) for place in (("S1", "A"), ("B1", "B")) * 4))
    assert sum(got) == 2
    async with store() as ctx:
        assert await Recipient.count() == 2
        assert await Client.count() == 1
