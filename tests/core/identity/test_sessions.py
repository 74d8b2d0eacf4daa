from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.identity import sessions
from core.identity.accounts import Account
from core.identity.credentials import close_account, reopen_account, set_password
from core.identity.retention import purge
from core.identity.sign_in import sign_in
from core.identity.town_roles import grant_town_role, revoke_town_role
from core.kernel import clock
from core.kernel.db import Database
from core.kernel.scope import Scope
from tests.requirements import IS_FULL

ADDRESS = "192.0.2.7"


async def entered(database: Database, world: Any) -> str:
    token = await sign_in(database, "t01.desk", world.password, ADDRESS)
    assert token is not None
    return token


async def who(database: Database, token: str) -> Account | None:
    async with database.transaction(Scope.nobody()) as tx:
        return await sessions.account_of(tx, token)


async def end(database: Database, token: str) -> None:
    async with database.transaction(Scope.nobody()) as tx:
        await sessions.end(tx, token)


async def test_a_session_is_found_by_its_token_until_it_is_ended(database: Database, world: Any) -> None:
    token, other = await entered(database, world), await entered(database, world)
    assert token != other
    found = await who(database, token)
    assert found is not None
    assert (found.id, found.login, found.language, found.has_password) == (
        world.clerk.id,
        "t01.desk",
        "zh",
        True,
    )
    await end(database, token)
    assert await who(database, token) is None
    assert await who(database, other) is not None


@pytest.mark.requirement("R08")
async def test_a_planted_token_is_nobodys_before_and_after_signing_in(database: Database, world: Any) -> None:
    planted = "A" * 43
    assert await who(database, planted) is None
    token = await sign_in(database, "t01.desk", world.password, ADDRESS, previous=planted)
    assert token is not None
    assert token != planted
    assert await who(database, planted) is None
    assert await who(database, token) is not None
    for strange in ("", "\x00", "\udc80", "x" * 100_000):
        assert await who(database, strange) is None


@pytest.mark.requirement("R08")
async def test_signing_in_again_ends_the_session_that_the_browser_had(database: Database, world: Any) -> None:
    first = await entered(database, world)
    assert await sign_in(database, "t01.desk", "wrong password", ADDRESS, previous=first) is None
    assert await who(database, first) is not None
    second = await sign_in(database, "t01.desk", world.password, ADDRESS, previous=first)
    assert second is not None
    assert await who(database, first) is None
    assert await who(database, second) is not None


@pytest.mark.requirement("R09")
async def test_only_the_hash_of_a_token_is_stored(database: Database, world: Any) -> None:
    token = await entered(database, world)
    assert len(token) >= 43
    async with database.transaction(Scope.nobody()) as tx:
        rows = await tx.fetch("SELECT t::text AS text, token_hash FROM identity.session t")
    assert [row["token_hash"] for row in rows] == [hashlib.sha256(token.encode()).digest()]
    assert not any(token in row["text"] for row in rows)


@pytest.mark.requirement("R10")
async def test_a_session_ends_after_half_an_hour_of_rest(database: Database, world: Any) -> None:
    start = datetime.now(UTC)
    token = await entered(database, world)
    for minutes in (20, 40, 60):
        with clock.freeze(start + timedelta(minutes=minutes)):
            assert await who(database, token) is not None
    with clock.freeze(start + timedelta(minutes=89)):
        assert await who(database, token) is not None
    with clock.freeze(start + timedelta(minutes=120)):
        assert await who(database, token) is None


@pytest.mark.requirement("R10")
async def test_a_session_ends_after_half_a_day_of_work(database: Database, world: Any) -> None:
    start = datetime.now(UTC)
    token = await entered(database, world)
    for minutes in range(20, 720, 20):
        with clock.freeze(start + timedelta(minutes=minutes)):
            assert await who(database, token) is not None
    with clock.freeze(start + timedelta(minutes=721)):
        assert await who(database, token) is None


@pytest.mark.requirement("R10")
async def test_somebody_of_the_town_has_the_shorter_limits(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        await grant_town_role(tx, world.clerk.id, "town_admin")
    start = datetime.now(UTC)
    token = await entered(database, world)
    with clock.freeze(start + timedelta(minutes=14)):
        assert await who(database, token) is not None
    with clock.freeze(start + timedelta(minutes=30)):
        assert await who(database, token) is None
    token = await entered(database, world)
    for minutes in range(10, 480, 10):
        with clock.freeze(start + timedelta(minutes=minutes)):
            assert await who(database, token) is not None
    with clock.freeze(start + timedelta(minutes=481)):
        assert await who(database, token) is None


async def test_being_seen_is_written_once_a_minute(database: Database, world: Any) -> None:
    start = datetime.now(UTC)
    token = await entered(database, world)

    async def version() -> tuple[Any, Any]:
        await who(database, token)
        async with database.transaction(Scope.nobody()) as tx:
            row = await tx.fetchrow("SELECT xmin::text AS version, seen_at FROM identity.session")
        assert row is not None
        return row["version"], row["seen_at"]

    first = await version()
    assert await version() == first
    with clock.freeze(start + timedelta(seconds=50)):
        assert await version() == first
    with clock.freeze(start + timedelta(seconds=70)):
        later = await version()
        assert later != first
        assert await version() == later


@pytest.mark.requirement("R11")
async def test_an_ended_session_is_not_revived_by_a_request_in_flight(database: Database, world: Any) -> None:
    start = datetime.now(UTC)
    revived = 0
    for _ in range(200 if IS_FULL else 40):
        async with database.transaction(Scope.nobody()) as tx:
            token = await sessions.start(tx, world.clerk.id, is_of_town=False)
        with clock.freeze(start + timedelta(minutes=5)):
            await asyncio.gather(*(who(database, token) for _ in range(3)), end(database, token))
            revived += await who(database, token) is not None
    assert revived == 0
    async with database.transaction(Scope.nobody()) as tx:
        assert await tx.fetchval("SELECT count(*) FROM identity.session") == 0


@pytest.mark.requirement("R11")
async def test_a_request_that_waits_for_the_end_does_not_undo_it(database: Database, world: Any) -> None:
    token = await entered(database, world)
    with clock.freeze(datetime.now(UTC) + timedelta(minutes=5)):
        async with database.transaction(Scope.nobody()) as tx:
            await sessions.end(tx, token)
            waiting = asyncio.get_running_loop().create_task(_outside(database, token))
            await asyncio.sleep(0.05)
        await waiting
        assert await who(database, token) is None


async def _outside(database: Database, token: str) -> Account | None:
    from core.kernel import db

    db._current.set(None)  # the task inherits the context of the transaction that it must not share
    return await who(database, token)


@pytest.mark.requirement("R11")
async def test_a_new_password_ends_every_session_but_hers(database: Database, world: Any) -> None:
    mine, stolen = await entered(database, world), await entered(database, world)
    async with database.transaction(Scope.of_tenant(world.ours.id, actor=world.clerk.id)) as tx:
        await set_password(tx, world.clerk.id, "another lantern by the sea", but=mine)
    assert await who(database, stolen) is None
    assert await who(database, mine) is not None
    assert await sign_in(database, "t01.desk", world.password, ADDRESS) is None
    assert await sign_in(database, "t01.desk", "another lantern by the sea", ADDRESS)


@pytest.mark.requirement("R11", "R12")
async def test_a_closed_account_is_out_at_once(database: Database, world: Any) -> None:
    token = await entered(database, world)
    async with database.transaction(Scope.town(world.town.id)) as tx:
        await close_account(tx, world.clerk.id, reason="left")
    assert await who(database, token) is None
    assert await sign_in(database, "t01.desk", world.password, ADDRESS) is None
    async with database.transaction(Scope.town(world.town.id)) as tx:
        await reopen_account(tx, world.clerk.id)
    assert await who(database, token) is None
    assert await sign_in(database, "t01.desk", world.password, ADDRESS)


@pytest.mark.requirement("R07", "R08")
async def test_a_changed_town_role_asks_for_a_new_session(database: Database, world: Any) -> None:
    token = await entered(database, world)
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert await grant_town_role(tx, world.clerk.id, "town_admin")
    assert await who(database, token) is None
    token = await entered(database, world)
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert not await grant_town_role(tx, world.clerk.id, "town_admin")
    assert await who(database, token) is not None
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert await revoke_town_role(tx, world.clerk.id, "town_admin")
    assert await who(database, token) is None


@pytest.mark.requirement("R24")
async def test_a_form_token_belongs_to_one_session(database: Database, world: Any) -> None:
    first, second = await entered(database, world), await entered(database, world)
    assert sessions.csrf_token(first) == sessions.csrf_token(first)
    assert sessions.csrf_token(first) != sessions.csrf_token(second)
    assert first not in sessions.csrf_token(first)
    assert sessions.csrf_token(first) != hashlib.sha256(first.encode()).hexdigest()


@pytest.mark.requirement("R43")
async def test_what_is_dead_is_thrown_away(database: Database, world: Any) -> None:
    start = datetime.now(UTC)
    token = await entered(database, world)
    assert await sign_in(database, "t01.desk", "wrong password", ADDRESS) is None

    async def purged(after: timedelta) -> int:
        with clock.freeze(start + after):
            async with database.transaction(Scope.nobody()) as tx:
                return await purge(tx)

    assert await purged(timedelta(minutes=20)) == 0
    assert await who(database, token) is not None
    assert await purged(timedelta(hours=2)) >= 3
    assert await who(database, token) is None
    assert await purged(timedelta(days=182)) == 0
    assert await purged(timedelta(days=184)) == 2


@pytest.mark.parametrize("setting", ["app.tenant", "app.region"])
async def test_sessions_need_no_tenant(database: Database, world: Any, setting: str) -> None:
    token = await entered(database, world)
    scope = Scope.town(world.town.id) if setting == "app.region" else Scope.of_tenant(world.ours.id)
    async with database.transaction(scope) as tx:
        assert await sessions.account_of(tx, token) is not None
