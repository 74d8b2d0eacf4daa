"""Sessions that are planted, replayed, sent another way, or asked for in great number."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from msgspec.structs import replace

from core.app import Platform, create_app, open_platform
from core.host.discovery import Found
from core.kernel.scope import Scope
from core.testing import PASSWORD, Visitor
from tests.abuse.size import of_size

pytestmark = pytest.mark.requirement("R08")

Visit = Callable[..., Awaitable[Visitor]]

SITE = "https://town.example"
STRANGERS = of_size(sample=100, full=10_000)


@asynccontextmanager
async def under_tls(platform: Platform, plugins: Sequence[Found]) -> AsyncIterator[Callable[[], Visitor]]:
    """The same town, published under TLS."""
    settings = replace(platform.settings, origin=SITE)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(open_platform(settings, ("app",), found=plugins))
        app = create_app(opened)

        def come() -> Visitor:
            transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False)
            return Visitor(httpx.AsyncClient(transport=transport, base_url=SITE))

        yield come


async def sign_in(visitor: Visitor, login: str) -> str:
    await visitor.get("/sign-in")
    answer = await visitor.post("/sign-in", {"login": login, "password": PASSWORD})
    assert answer.status_code == 303
    return next(value for name, value in answer.cookies.items() if name.endswith("session"))


async def who(visitor: Visitor, **headers: str) -> str:
    answer = await visitor.client.get("/me", headers=headers)
    return "nobody" if answer.status_code == 303 else answer.text


async def test_under_tls_no_other_host_can_plant_a_session(
    platform: Platform, installed_plugins: Sequence[Found]
) -> None:
    async with under_tls(platform, installed_plugins) as come:
        attacker, victim = come(), come()
        theirs = await sign_in(attacker, "stranger")
        assert list(attacker.client.cookies) == ["__Host-session"]
        assert "stranger" in await who(attacker)
        # A host beside this one can set any name but those that begin with __Host-.
        assert await who(victim, Cookie=f"session={theirs}") == "nobody"
        own = await sign_in(victim, "station_staff")
        victim.client.cookies.clear()
        both = f"session={theirs}; __Host-session={own}"
        assert "station staff" in await who(victim, Cookie=both)
        assert "station staff" in await who(victim, Cookie=f"__Host-session={own}; session={theirs}")


async def test_a_planted_session_is_nobodys_and_signing_in_makes_a_new_one(visit: Visit) -> None:
    visitor = await visit()
    visitor.client.cookies.set("session", "planted")
    assert await who(visitor) == "nobody"
    visitor.client.cookies.clear()
    first = await sign_in(visitor, "station_staff")
    second = await sign_in(visitor, "station_staff")
    assert len({"planted", first, second}) == 3
    visitor.client.cookies.clear()
    assert await who(visitor, Cookie="session=planted") == "nobody"
    assert await who(visitor, Cookie=f"session={first}") == "nobody"
    assert "station staff" in await who(visitor, Cookie=f"session={second}")


async def test_an_ended_session_cannot_be_replayed(visit: Visit) -> None:
    visitor = await visit("station_staff")
    kept = visitor.client.cookies["session"]
    await visitor.get("/me")
    assert (await visitor.post("/sign-out")).status_code == 303
    visitor.client.cookies.clear()
    assert await who(visitor, Cookie=f"session={kept}") == "nobody"
    for method, path in (("GET", "/t/t01"), ("POST", "/t/t01/lantern/lamps"), ("POST", "/me/password")):
        answer = await visitor.client.request(
            method, path, headers={"Cookie": f"session={kept}", "Origin": "http://testserver"}
        )
        assert answer.status_code in (303, 401)


@pytest.mark.parametrize("way", ["query", "bearer", "form", "another cookie", "basic"])
async def test_a_session_is_taken_from_its_cookie_alone(visit: Visit, way: str) -> None:
    visitor, nobody = await visit("station_staff"), await visit()
    token = visitor.client.cookies["session"]
    headers = {
        "bearer": {"Authorization": f"Bearer {token}"},
        "basic": {"Authorization": f"Basic {token}"},
        "another cookie": {"Cookie": f"Session={token}; sessionid={token}; __Secure-session={token}"},
    }.get(way, {})
    query = f"?session={token}&token={token}" if way == "query" else ""
    for path in ("/t/t01", "/me", "/api/v1/t/t01/lantern/lamps"):
        answer = await nobody.client.get(f"{path}{query}", headers=headers)
        assert answer.status_code == (401 if "api" in path else 303)
    if way == "form":
        answer = await nobody.client.post(
            "/me/sessions",
            data={"session": token, "_csrf": visitor.token},
            headers={"Origin": "http://testserver"},
        )
        assert answer.status_code == 401
    assert (await visitor.get("/t/t01")).status_code == 200


async def test_strangers_leave_nothing_behind(platform: Platform, visit: Visit) -> None:
    async def rows() -> int:
        async with platform.database.transaction(Scope.nobody()) as tx:
            return await tx.fetchval(
                "SELECT (SELECT count(*) FROM identity.session) + (SELECT count(*) FROM identity.throttle)"
            )

    before = await rows()
    nobody = await visit()
    for number in range(STRANGERS):
        path = ("/sign-in", "/", "/t/t01", "/nowhere", "/invitation")[number % 5]
        answer = await nobody.client.get(path, headers={"Cookie": f"session={number}"})
        assert "set-cookie" not in answer.headers
    assert await rows() == before
