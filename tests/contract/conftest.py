"""Somebody at every door, by the browser or, for the API, with a token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from core.app import Platform
from core.identity.accounts import account_by_login
from core.identity.tokens import issue_token
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.testing import Town, Visitor
from tests.contract.places import Door

Knock = Callable[[str, Door], Awaitable[httpx.Response]]


@pytest.fixture
async def knock(platform: Platform, town: Town, visit: Callable[..., Awaitable[Visitor]]) -> Knock:
    """Ask for an address as somebody, in the way that is right for it; everybody signs in once."""
    visitors: dict[str, Visitor] = {}
    tokens: dict[str, str] = {"": ""}

    async def token_of(login: str) -> str:
        if login not in tokens:
            async with platform.database.transaction(Scope.town(town.region.id)) as tx:
                account = await account_by_login(tx, login)
                assert account is not None
                tokens[login] = await issue_token(tx, account.id, "contract")
        return tokens[login]

    async def ask(login: str, door: Door) -> httpx.Response:
        if login not in visitors:
            visitors[login] = await visit(login)
        visitor = visitors[login]
        if door.is_api:
            token = await token_of(login)
            headers = {"Idempotency-Key": str(new_id()), "Content-Type": "application/json"}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            body = None if door.address.method == "GET" else b"{}"
            return await visitor.client.request(door.address.method, door.path, headers=headers, content=body)
        if door.address.method == "GET":
            return await visitor.get(door.path)
        return await visitor.post(door.path)

    return ask
