from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.identity import tokens
from core.identity.accounts import (
    account_by_id,
    account_by_login,
    add_account,
    list_accounts,
    set_language,
)
from core.identity.credentials import close_account, set_password
from core.kernel import audit, clock
from core.kernel.db import Database
from core.kernel.errors import BadInput, Forbidden, NotFound
from core.kernel.ids import new_id
from core.kernel.scope import Scope


@pytest.mark.requirement("R20")
async def test_a_new_deployment_has_no_account(database: Database) -> None:
    async with database.transaction(Scope.nobody()) as tx:
        for table in ("account", "session", "api_token", "town_role", "membership"):
            assert await tx.fetchval(f"SELECT count(*) FROM identity.{table}") == 0


async def test_an_account_has_no_password_until_one_is_set(database: Database, world: Any) -> None:
    scope = Scope.town(world.town.id)
    async with database.transaction(scope) as tx:
        added = await add_account(tx, " T02.Desk ", "叶玉兰", "en")
        assert (added.login, added.name, added.language, added.has_password) == (
            "t02.desk",
            "叶玉兰",
            "en",
            False,
        )
        assert await account_by_login(tx, "T02.DESK") == added
        await set_password(tx, added.id, "lantern orchard seven rivers")
        assert (await account_by_id(tx, added.id)).has_password
    async with database.transaction(scope) as tx:
        lines = await audit.lines(tx, object_id=added.id)
    assert [line.action for line in lines] == ["identity.password.set", "identity.account.add"]
    assert "叶玉兰" not in str([line.detail for line in lines])


async def test_adding_an_account_again_notes_nothing(database: Database, world: Any) -> None:
    scope = Scope.of_tenant(world.ours.id)
    async with database.transaction(scope) as tx:
        first = await add_account(tx, "t01.clinic", "叶文辉")
    async with database.transaction(scope) as tx:
        assert await add_account(tx, "t01.clinic", "叶文辉") == first
        assert await add_account(tx, "t01.clinic", "") == first
        assert (await add_account(tx, "t01.clinic", "叶文晖")).id == first.id
    async with database.transaction(scope) as tx:
        actions = [line.action for line in await audit.lines(tx)]
    assert actions == ["identity.account.rename", "identity.account.add"]


async def test_two_towns_may_give_the_same_login(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.other_town.id)) as tx:
        other = await add_account(tx, "t01.desk", "彭文辉")
        assert other.login == "t01.desk@000001102"
        assert await add_account(tx, "t01.desk", "彭文辉") == other
        assert await list_accounts(tx) == [other]
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert [account.id for account in await list_accounts(tx)] == [world.clerk.id]


@pytest.mark.parametrize("login", ["", "x", "has blank", "<b>", "-dash", "名字", "a" * 101])
async def test_a_login_that_cannot_be_typed_is_refused(database: Database, world: Any, login: str) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        with pytest.raises(BadInput):
            await add_account(tx, login, "彭文辉")


async def test_an_association_cannot_set_anothers_password(database: Database, world: Any) -> None:
    with pytest.raises(Forbidden):
        async with database.transaction(Scope.of_tenant(world.ours.id, actor=new_id())) as tx:
            await set_password(tx, world.clerk.id, "another lantern by the sea")
    with pytest.raises(Forbidden):
        async with database.transaction(Scope.of_tenant(world.ours.id, actor=world.clerk.id)) as tx:
            await close_account(tx, world.clerk.id)
    async with database.transaction(Scope.of_tenant(world.ours.id, actor=world.clerk.id)) as tx:
        await set_password(tx, world.clerk.id, "another lantern by the sea")


async def test_a_town_cannot_touch_another_towns_account(database: Database, world: Any) -> None:
    for act in (set_password, close_account):
        with pytest.raises(NotFound):
            async with database.transaction(Scope.town(world.other_town.id)) as tx:
                await act(tx, world.clerk.id, "another lantern by the sea")
        async with database.transaction(Scope.town(world.town.id)) as tx:
            await act(tx, world.clerk.id, "another lantern by the sea")


@pytest.mark.requirement("R13")
async def test_a_password_with_the_name_of_the_town_is_refused(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        for known in ("my xinghe password", "t01.desk and more", "password1", "short"):
            with pytest.raises(BadInput):
                await set_password(tx, world.clerk.id, known)


async def test_a_language_is_chosen(database: Database, world: Any) -> None:
    async with database.transaction(Scope.nobody()) as tx:
        await set_language(tx, world.clerk.id, "en")
        assert (await account_by_id(tx, world.clerk.id)).language == "en"
        with pytest.raises(BadInput):
            await set_language(tx, world.clerk.id, "fr")


@pytest.mark.requirement("R09")
async def test_a_token_is_its_accounts_until_it_is_revoked(database: Database, world: Any) -> None:
    scope = Scope.town(world.town.id)
    async with database.transaction(scope) as tx:
        other = await add_account(tx, "t02.desk", "彭文辉")
        token = await tokens.issue_token(tx, world.clerk.id, "export to the county", days=30)
        second = await tokens.issue_token(tx, other.id, "export to the county", days=30)
    assert token.startswith("tb_")
    assert len(token) >= 46
    async with database.transaction(Scope.nobody()) as tx:
        found = await tokens.account_of(tx, token)
        assert found is not None
        assert found.id == world.clerk.id
        for strange in ("", "tb_", token[3:], token[:-1], "Bearer " + token, "\udc80"):
            assert await tokens.account_of(tx, strange) is None
        stored = await tx.fetchval("SELECT string_agg(t::text, '') FROM identity.api_token t")
        assert token not in stored
    async with database.transaction(scope) as tx:
        (listed,) = await tokens.list_tokens(tx, world.clerk.id)
        assert listed.used_at is not None
        with pytest.raises(NotFound):
            await tokens.revoke_token(tx, other.id, listed.id)
        await tokens.revoke_token(tx, world.clerk.id, listed.id)
        await tokens.revoke_token(tx, world.clerk.id, listed.id)
        assert await tokens.account_of(tx, token) is None
        assert await tokens.account_of(tx, second) is not None


@pytest.mark.requirement("R11")
async def test_a_token_ends_in_time_and_with_its_account(database: Database, world: Any) -> None:
    scope, start = Scope.town(world.town.id), datetime.now(UTC)
    async with database.transaction(scope) as tx:
        token = await tokens.issue_token(tx, world.clerk.id, "export", days=30)
        with pytest.raises(BadInput):
            await tokens.issue_token(tx, world.clerk.id, "export", days=100_000)
        with pytest.raises(NotFound):
            await tokens.issue_token(tx, new_id(), "export")
    for days, is_alive in ((29, True), (31, False)):
        with clock.freeze(start + timedelta(days=days)):
            async with database.transaction(Scope.nobody()) as tx:
                assert (await tokens.account_of(tx, token) is not None) == is_alive
    async with database.transaction(scope) as tx:
        await close_account(tx, world.clerk.id)
        assert await tokens.account_of(tx, token) is None
