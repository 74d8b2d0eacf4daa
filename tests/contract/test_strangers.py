"""What a stranger can ask a server for without knowing anybody, and what she can make it believe."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httpx
import msgspec
import pytest
from litestar import Litestar
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from core.app import Platform, create_app
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.testing import Visitor, without_chance

pytestmark = pytest.mark.requirement("R49")

Visit = Callable[..., Awaitable[Visitor]]
USUAL = (
    "/schema /schema/openapi.json /docs /redoc /swagger /openapi.json /debug /admin /console /.env /.git/config"
    " /server-status /actuator /phpinfo.php /static/ /static/../core/app.py /api /api/v1 /api/v1/"
)
TOKEN = "a long token for the numbers"


async def asked(app: Any, path: str, host: str, **headers: str) -> httpx.Response:
    """As somebody at this address of the network."""
    transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False, client=(host, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get(path, headers=headers)


async def test_nothing_lies_about_where_strangers_look(visit: Visit) -> None:
    nobody = await visit()
    for path in USUAL.split():
        answer = await nobody.get(path)
        assert answer.status_code == 404, path
        assert "Litestar" not in answer.text
        assert "Server" not in answer.headers
    assert (await nobody.get("/api/v1/openapi.json")).status_code == 401
    assert (await nobody.get("/sign-in")).status_code == 200


async def test_numbers_are_for_this_machine_or_for_who_has_the_token(
    app: Litestar, platform: Platform
) -> None:
    assert (await asked(app, "/metrics", "192.0.2.7")).status_code == 404
    assert (await asked(app, "/metrics", "192.0.2.7", **{"X-Forwarded-For": "127.0.0.1"})).status_code == 404
    assert (await asked(app, "/metrics", "127.0.0.1")).status_code == 200
    site = "https://townbridge.example"
    platform.settings = msgspec.structs.replace(platform.settings, origin=site)
    assert (await asked(create_app(platform), "/metrics", "127.0.0.1")).status_code == 404
    platform.settings = msgspec.structs.replace(platform.settings, metrics_token=TOKEN)
    guarded = create_app(platform)
    assert (await asked(guarded, "/metrics", "127.0.0.1")).status_code == 404
    wrong = {"Authorization": f"Bearer {TOKEN[:-1]}"}
    assert (await asked(guarded, "/metrics", "127.0.0.1", **wrong)).status_code == 404
    right = {"Authorization": f"Bearer {TOKEN}"}
    assert (await asked(guarded, "/metrics", "192.0.2.7", **right)).status_code == 200


async def test_no_variable_of_the_framework_switches_debugging_on(
    platform: Platform, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LITESTAR_DEBUG", "LITESTAR_PDB", "DEBUG"):
        monkeypatch.setenv(name, "1")
    assert create_app(platform).debug is False
    answer = await (await visit("station_staff")).get("/t/t01/lantern/broken")
    assert answer.status_code == 500
    assert not re.search(r"secret|Traceback|RuntimeError|lantern/pages", answer.text)


@pytest.mark.requirement("R15")
async def test_an_address_is_believed_from_the_proxy_alone(platform: Platform, app: Litestar) -> None:
    """As `serve` puts the server in front of the application: counted by what the proxy saw, not by what was said."""
    served = ProxyHeadersMiddleware(cast(Any, app), Settings().forwarded_allow_ips)

    async def guess(peer: str, said: str) -> bytes:
        transport = httpx.ASGITransport(cast(Any, served), client=(peer, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            headers = {"X-Forwarded-For": said, "X-Real-IP": said, "Forwarded": f"for={said}"}
            form = {"login": "nobody", "password": "wrong"}
            answer = await client.post(
                "/sign-in", data=form, headers=headers | {"Origin": "http://testserver"}
            )
            assert answer.status_code == 401
        async with platform.database.transaction(Scope.nobody()) as tx:
            return await tx.fetchval("SELECT address FROM identity.sign_in_event ORDER BY at DESC LIMIT 1")

    direct = await guess("192.0.2.7", "198.51.100.1")
    assert await guess("192.0.2.7", "198.51.100.2") == direct
    assert await guess("127.0.0.1", "198.51.100.3, 192.0.2.7") == direct, "the proxy's own word stands last"
    assert await guess("127.0.0.1", "198.51.100.3") != direct


async def test_no_header_renames_the_site_or_the_request(visit: Visit) -> None:
    clerk = await visit("station_staff")
    plain = await clerk.get("/t/t01")
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/t/t02",
        "X-Original-URL": "/t/t02",
        "X-Rewrite-URL": "/t/t02",
        "X-HTTP-Method-Override": "DELETE",
    }
    for name, value in headers.items():
        told = await clerk.client.get("/t/t01", headers={name: value})
        assert told.status_code == 200, name
        assert without_chance(told.text) == without_chance(plain.text), name
