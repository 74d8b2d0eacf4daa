"""`townbridge token ...`"""

from __future__ import annotations

import pytest

from core.app import Platform
from core.identity.tokens import account_of
from core.kernel.scope import Scope
from tests.core.commands.conftest import Command


async def test_an_issued_token_opens_its_account_until_it_is_revoked(townbridge: Command, platform: Platform):
    said = await townbridge("token", "issue", "tenant_reporter", "--name", "payroll", "--scope", "*")
    token = said.out.strip()
    assert (said.status, said.out) == (0, token + "\n")
    async with platform.database.transaction(Scope.nobody()) as tx:
        account = await account_of(tx, token)
    assert account is not None
    assert account.login == "tenant_reporter"
    (row,) = (await townbridge("token", "list", "tenant_reporter", "--json")).json
    assert (row["login"], row["name"], row["scopes"], row["state"]) == (
        "tenant_reporter",
        "payroll",
        "*",
        "valid",
    )
    assert (await townbridge("token", "revoke", "tenant_reporter", row["id"])).status == 0
    async with platform.database.transaction(Scope.nobody()) as tx:
        assert await account_of(tx, token) is None
    (row,) = (await townbridge("token", "list", "--json")).json
    assert row["state"] == "revoked"


@pytest.mark.requirement("R09")
async def test_the_token_itself_is_never_listed(townbridge: Command):
    token = (await townbridge("token", "issue", "auditor", "--scope", "*.read")).out.strip()
    listed = await townbridge("token", "list")
    assert "auditor" in listed.out
    assert token not in listed.out


async def test_another_users_token_is_not_there(townbridge: Command):
    await townbridge("token", "issue", "auditor", "--scope", "*")
    (row,) = (await townbridge("token", "list", "--json")).json
    said = await townbridge("token", "revoke", "stranger", row["id"])
    assert said.status == 1
    assert (await townbridge("token", "list", "--json")).json[0]["state"] == "valid"


async def test_a_scope_that_opens_nothing_is_refused(townbridge: Command):
    said = await townbridge(
        "token", "issue", "auditor", "--scope", "registration.*", "--scope", "nothing.at.all"
    )
    assert said.status == 1
    assert "nothing.at.all opens nothing here" in said.err
    assert (await townbridge("token", "list", "--json")).json == []
