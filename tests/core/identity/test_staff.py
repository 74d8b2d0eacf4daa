"""Taking on and leaving, where two act at once and where a link would outlive what it was made for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.identity.accounts import add_account
from core.identity.credentials import set_password
from core.identity.invitations import guest_of, issue
from core.identity.memberships import grant_role, list_members
from core.identity.roles import MANAGER_ROLE
from core.identity.staff import account_for, dismiss, take_on
from core.kernel.db import Database
from core.kernel.errors import BadInput, Conflict
from core.kernel.scope import Scope


@pytest.mark.requirement("R35")
async def test_two_managers_cannot_both_go_at_once(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        other = await add_account(tx, "t01.second", "彭文辉")
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        for account in (world.clerk, other):
            await grant_role(tx, account.id, MANAGER_ROLE)

    async def go(account: Any) -> None:
        async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
            await dismiss(tx, account.id, "", works_elsewhere=False)

    ends = await asyncio.gather(go(world.clerk), go(other), return_exceptions=True)
    assert [type(end) for end in ends if end is not None] == [Conflict]
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert len(await list_members(tx)) == 1


async def test_a_user_name_is_hers_only_with_her_name(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert (await take_on(tx, "T01.Desk", "彭文辉", "station_staff")).id == world.clerk.id
        for name in ("彭文", ""):
            with pytest.raises(BadInput):
                await account_for(tx, "t01.desk", name)


async def test_a_password_that_is_set_otherwise_ends_the_open_link(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        code = (await issue(tx, world.clerk.id, works_elsewhere=False)).code
    assert await guest_of(database, code) is not None
    async with database.transaction(Scope.town(world.town.id, world.clerk.id)) as tx:
        await set_password(tx, world.clerk.id, "amber quilt northern tea")
    assert await guest_of(database, code) is None
