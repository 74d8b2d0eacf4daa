"""The short way into the API: it is taken, and what is remembered opens nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID

import pytest

from core.app import Platform
from core.host import api
from core.identity.accounts import account_by_login
from core.identity.memberships import grant_role, revoke_role
from core.identity.tokens import list_tokens, revoke_all
from core.kernel.clock import freeze, now
from core.kernel.db import Transaction
from core.kernel.scope import Scope
from core.tenancy.activations import switch_off, switch_on
from core.testing import Program, Town

LAMPS = "/api/v1/t/t01/lantern/lamps"
RED = {"colour": "red"}

Connect = Callable[..., Awaitable[Program]]
InTenant = Callable[..., AbstractAsyncContextManager[Transaction]]


async def known(program: Connect) -> Program:
    """Let in twice: first by the long way, where the use of the token is noted, then by the short one."""
    desk = await program("station_staff")
    for _time in range(2):
        assert (await desk.get(LAMPS)).status_code == 200
    return desk


@pytest.fixture
async def account(platform: Platform, town: Town) -> UUID:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        found = await account_by_login(tx, "station_staff")
    assert found is not None
    return found.id


async def test_who_was_let_in_before_is_let_in_by_one_statement(
    program: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    signed_in = api.signed_in

    async def noted(*arguments: object, **named: object) -> api.Caller:
        asked.append("")
        return await signed_in(*arguments, **named)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(api, "signed_in", noted)
    desk = await known(program)
    assert len(asked) == 1
    asked.clear()
    assert (await desk.get(LAMPS)).status_code == 200
    assert (await desk.send("POST", LAMPS, RED)).status_code == 201
    assert asked == []


async def test_what_is_taken_away_is_gone_at_the_next_request(
    platform: Platform, program: Connect, in_tenant: InTenant, account: UUID
) -> None:
    async def revoke(tx: Transaction) -> None:
        assert await revoke_all(tx, account)

    async def close(tx: Transaction) -> None:
        await tx.execute("UPDATE identity.account SET is_active = false WHERE id = $1", account)

    async def leave(tx: Transaction) -> None:
        assert await revoke_role(tx, account, "station_staff")

    async def see_less(tx: Transaction) -> None:
        await leave(tx)
        assert await grant_role(tx, account, "medical_staff")

    async def dim(tx: Transaction) -> None:
        assert await switch_off(tx, "lantern")

    async def restore(tx: Transaction) -> None:
        await tx.execute("UPDATE identity.account SET is_active = true WHERE id = $1", account)
        await grant_role(tx, account, "station_staff")
        await revoke_role(tx, account, "medical_staff")
        await switch_on(tx, "lantern")

    wrong: list[str] = []
    for taken, reading, writing in (
        (revoke, 401, 401),
        (close, 401, 401),
        (leave, 404, 404),
        (see_less, 200, 403),
        (dim, 404, 404),
    ):
        desk = await known(program)
        assert (await desk.send("POST", LAMPS, RED)).status_code == 201
        async with in_tenant() as tx:
            await taken(tx)
        found = (
            (await desk.send("POST", LAMPS, RED)).status_code,
            (await desk.send("POST", LAMPS, {"colour": 5})).status_code,
            (await desk.get(LAMPS)).status_code,
        )
        if found != (writing, writing, reading):
            wrong.append(f"{taken.__name__}: {found}")
        async with in_tenant() as tx:
            await restore(tx)
    assert wrong == []


async def test_a_token_that_has_expired_is_nobodys(program: Connect) -> None:
    desk = await known(program)
    with freeze(now() + timedelta(days=366)):
        assert (await desk.get(LAMPS)).status_code == 401


async def test_a_token_opens_its_scopes_alone_on_the_short_way(program: Connect) -> None:
    reader = await program("station_staff", "*.read")
    for _time in range(3):
        assert (await reader.get(LAMPS)).status_code == 200
        assert (await reader.send("POST", LAMPS, RED)).status_code == 403


async def test_the_use_of_a_token_is_noted_every_hour(
    platform: Platform, program: Connect, account: UUID
) -> None:
    desk = await known(program)
    with freeze(now() + timedelta(hours=2)):
        assert (await desk.get(LAMPS)).status_code == 200
        async with platform.database.transaction(Scope.nobody()) as tx:
            used = [token.used_at for token in await list_tokens(tx, account)]
        assert max(at for at in used if at) > now() - timedelta(minutes=5)


async def test_another_units_address_is_not_opened_by_what_is_known_of_the_first(program: Connect) -> None:
    desk = await known(program)
    for _time in range(2):
        assert (await desk.get(LAMPS.replace("/t01/", "/t02/"))).status_code == 404
        assert (await desk.get(LAMPS)).status_code == 200
