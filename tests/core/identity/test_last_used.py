"""What somebody last chose: hers alone, in one tenant, and gone with her."""

from __future__ import annotations

from typing import Any

import pytest

from core.identity.accounts import add_account
from core.identity.last_used import keep_last_used, last_used
from core.identity.memberships import grant_role
from core.identity.staff import dismiss
from core.kernel.db import Database
from core.kernel.scope import Scope

FORM = "registration.register"


async def kept(database: Database, tenant: Any, account: Any, form: str = FORM) -> dict[str, str]:
    async with database.transaction(Scope.of_tenant(tenant.id)) as tx:
        return await last_used(tx, account.id, form)


async def keep(database: Database, tenant: Any, account: Any, **choices: str) -> None:
    async with database.transaction(Scope.of_tenant(tenant.id)) as tx:
        await keep_last_used(tx, account.id, FORM, choices)


@pytest.mark.requirement("R01")
async def test_choices_are_of_one_account_in_one_tenant(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        other = await add_account(tx, "t01.second", "彭文辉")
    await keep(database, world.ours, world.clerk, village="东村", purpose="")
    await keep(database, world.ours, world.clerk, village="西村")
    assert await kept(database, world.ours, world.clerk) == {"village": "西村"}
    assert await kept(database, world.theirs, world.clerk) == {}
    assert await kept(database, world.ours, other) == {}
    assert await kept(database, world.ours, world.clerk, "registration.move") == {}
    async with database.transaction(Scope.of_tenant(world.theirs.id)) as tx:
        assert await tx.fetchval("SELECT count(*) FROM identity.last_used") == 0


async def test_without_a_choice_nothing_is_kept(database: Database, world: Any) -> None:
    await keep(database, world.ours, world.clerk, village="东村")
    await keep(database, world.ours, world.clerk, village="")
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert await tx.fetchval("SELECT count(*) FROM identity.last_used") == 0


@pytest.mark.parametrize(
    "choices", [{"village": "东" * 201}, {f"field{number}": "x" for number in range(21)}]
)
async def test_choices_are_few_and_short(database: Database, world: Any, choices: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="few and short"):
        await keep(database, world.ours, world.clerk, **choices)


async def test_who_leaves_leaves_no_choices_behind(database: Database, world: Any) -> None:
    for tenant in (world.ours, world.theirs):
        await keep(database, tenant, world.clerk, village="东村")
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        await grant_role(tx, world.clerk.id, "station_staff")
        await dismiss(tx, world.clerk.id, "", works_elsewhere=True)
    assert await kept(database, world.ours, world.clerk) == {}
    assert await kept(database, world.theirs, world.clerk) == {"village": "东村"}
