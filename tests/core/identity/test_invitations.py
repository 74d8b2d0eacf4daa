"""One-time links: opened once, in time, by nobody but her, and never a way into another place."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.identity.accounts import account_by_id, add_account
from core.identity.credentials import close_account
from core.identity.invitations import grouped, guest_of, issue, open_until, redeem, withdraw
from core.identity.memberships import grant_role, revoke_role
from core.identity.retention import purge
from core.identity.sessions import recognise
from core.identity.sign_in import sign_in
from core.identity.town_roles import grant_town_role
from core.identity.workplaces import works_at
from core.kernel import audit, clock
from core.kernel.db import Database
from core.kernel.errors import BadInput, Conflict, NotFound, TooManyTries
from core.kernel.scope import Scope

NEW = "violet harbour seven stones"
HERE = "192.0.2.7"


async def made(database: Database, scope: Scope, account: Any, *, elsewhere: bool = False) -> str:
    async with database.transaction(scope) as tx:
        return (await issue(tx, account.id, elsewhere)).code


async def granted(database: Database, tenant: Any, account: Any, role: str) -> None:
    async with database.transaction(Scope.of_tenant(tenant.id)) as tx:
        await grant_role(tx, account.id, role)


@pytest.fixture
async def newcomer(database: Database, world: Any) -> Any:
    """Somebody of `ours` who has no password yet."""
    async with database.transaction(Scope.town(world.town.id)) as tx:
        account = await add_account(tx, "t01.new", "林小雨")
    await granted(database, world.ours, account, "station_staff")
    return account


@pytest.mark.requirement("R09", "R19")
async def test_she_chooses_a_password_once_and_is_signed_in(
    database: Database, world: Any, newcomer: Any
) -> None:
    ours = Scope.of_tenant(world.ours.id)
    code = await made(database, ours, newcomer)
    async with database.transaction(Scope.nobody()) as tx:
        assert set(await open_until(tx, [newcomer.id])) == {newcomer.id}
        stored = await tx.fetchval("SELECT token_hash FROM identity.invitation")
        assert code.encode() not in stored
    guest = await guest_of(database, f" {grouped(code).lower()} ")
    assert guest is not None
    assert (guest.login, guest.purpose) == ("t01.new", "first")
    with pytest.raises(BadInput):
        await redeem(database, code, "t01.new-t01.new", HERE)
    first, second = await asyncio.gather(*(redeem(database, code, NEW, HERE) for _ in range(2)))
    assert (first is None) != (second is None)
    async with database.transaction(Scope.nobody()) as tx:
        known = await recognise(tx, first or second or "")
        assert known is not None
        assert known.account.id == newcomer.id
        assert await open_until(tx, [newcomer.id]) == {}
    assert await sign_in(database, "t01.new", NEW, HERE)
    assert await redeem(database, code, NEW, HERE) is None
    async with database.transaction(ours) as tx:
        kept = await audit.lines(tx)
    assert [line.action for line in kept[:3]] == [
        "identity.invitation.use",
        "identity.password.set",
        "identity.invitation.issue",
    ]
    assert kept[0].actor == newcomer.id
    assert code not in str(kept)


@pytest.mark.requirement("R19")
async def test_a_link_ends_by_its_time_by_a_newer_one_and_when_it_is_withdrawn(
    database: Database, world: Any, newcomer: Any
) -> None:
    ours, start = Scope.of_tenant(world.ours.id), clock.now()
    old = await made(database, ours, newcomer)
    code = await made(database, ours, newcomer)
    assert await guest_of(database, old) is None
    with clock.freeze(start + timedelta(hours=71)):
        assert await guest_of(database, code) is not None
    with clock.freeze(start + timedelta(hours=73)):
        assert await redeem(database, code, NEW, HERE) is None
        async with database.transaction(Scope.nobody()) as tx:
            assert await purge(tx) > 0
    assert await guest_of(database, code) is None
    code = await made(database, ours, newcomer)
    async with database.transaction(ours) as tx:
        assert await withdraw(tx, newcomer.id)
        assert not await withdraw(tx, newcomer.id)
    assert await guest_of(database, code) is None
    forgotten = await made(database, ours, newcomer)
    assert await redeem(database, forgotten, NEW, HERE)
    code = await made(database, ours, newcomer)
    with clock.freeze(clock.now() + timedelta(minutes=31)):
        assert await guest_of(database, code) is None


async def test_a_forgotten_password_signs_nobody_out_before_the_link_is_used(
    database: Database, world: Any
) -> None:
    await granted(database, world.ours, world.clerk, "station_staff")
    session = await sign_in(database, world.clerk.login, world.password, HERE)
    assert session
    code = await made(database, Scope.of_tenant(world.ours.id), world.clerk)
    async with database.transaction(Scope.nobody()) as tx:
        assert await recognise(tx, session) is not None
    assert await redeem(database, code, NEW, HERE)
    async with database.transaction(Scope.nobody()) as tx:
        assert await recognise(tx, session) is None
    assert await sign_in(database, world.clerk.login, world.password, HERE) is None


async def test_a_unit_has_no_key_to_what_she_does_elsewhere(database: Database, world: Any) -> None:
    ours, clerk = Scope.of_tenant(world.ours.id), world.clerk
    with pytest.raises(NotFound):
        await made(database, ours, clerk)
    await granted(database, world.ours, clerk, "station_staff")
    code = await made(database, ours, clerk)
    await granted(database, world.theirs, clerk, "medical_staff")
    assert await guest_of(database, code) is None, "a link kept back opens nothing that she got since"
    assert await redeem(database, code, NEW, HERE) is None
    with pytest.raises(Conflict):
        await made(database, ours, clerk, elsewhere=True)
    assert await guest_of(database, await made(database, Scope.town(world.town.id), clerk)) is not None
    with pytest.raises(NotFound):
        await made(database, Scope.town(world.other_town.id), clerk)


@pytest.mark.parametrize("is_sent", [True, False])
async def test_whom_the_town_appointed_works_for_the_town_too(
    database: Database, world: Any, is_sent: bool
) -> None:
    await granted(database, world.ours, world.clerk, "station_staff")
    async with database.transaction(Scope.person_of(world.clerk.id)) as tx:
        assert await works_at(tx, world.clerk.id) == {world.ours.id}
    if is_sent:
        await granted(database, world.ours, world.clerk, "rights_consultant")
    else:
        async with database.transaction(Scope.town(world.town.id)) as tx:
            await grant_town_role(tx, world.clerk.id, "rights_consultant")
    async with database.transaction(Scope.person_of(world.clerk.id)) as tx:
        assert await works_at(tx, world.clerk.id) == {world.ours.id, world.town.id}


async def test_who_has_left_or_is_closed_is_let_in_by_no_link(
    database: Database, world: Any, newcomer: Any
) -> None:
    ours, town = Scope.of_tenant(world.ours.id), Scope.town(world.town.id)
    code = await made(database, ours, newcomer)
    async with database.transaction(ours) as tx:
        await revoke_role(tx, newcomer.id, "station_staff")
    assert await guest_of(database, code) is None
    code = await made(database, town, newcomer)
    async with database.transaction(town) as tx:
        await close_account(tx, newcomer.id)
    assert await redeem(database, code, NEW, HERE) is None
    with pytest.raises(Conflict):
        await made(database, town, newcomer)
    async with database.transaction(town) as tx:
        assert not (await account_by_id(tx, newcomer.id)).has_password


@pytest.mark.requirement("R19")
async def test_guessing_is_slowed_down_and_a_good_link_opens_from_elsewhere(
    database: Database, world: Any, newcomer: Any
) -> None:
    code = await made(database, Scope.of_tenant(world.ours.id), newcomer)
    for number in range(5):
        assert await redeem(database, f"WR0NG{number}", NEW, HERE) is None
    with pytest.raises(TooManyTries):
        await redeem(database, code, NEW, HERE)
    assert await redeem(database, code, NEW, "198.51.100.9")
