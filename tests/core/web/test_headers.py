"""Under TLS no cookie leaves without Secure; on loopback without TLS a browser could not keep it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.web.headers import security_headers


async def sent(is_https: bool, cookie: bytes) -> dict[bytes, bytes]:
    message: Any = {"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", cookie)]}
    await security_headers(is_https)(message, {"type": "http"})  # pyright: ignore[reportArgumentType]
    return {name.lower(): value for name, value in message["headers"]}


@pytest.mark.requirement("R23")
@pytest.mark.parametrize("cookie", [b"said=x; Path=/", b"__Host-session=x; Path=/; Secure"])
async def test_every_cookie_is_secure_under_tls(cookie: bytes) -> None:
    headers = await sent(True, cookie)
    assert headers[b"set-cookie"].lower().count(b"; secure") == 1
    assert b"strict-transport-security" in headers


async def test_plain_http_on_loopback_keeps_its_cookies() -> None:
    headers = await sent(False, b"said=x; Path=/")
    assert headers[b"set-cookie"] == b"said=x; Path=/"
    assert b"strict-transport-security" not in headers


@pytest.mark.requirement("R25")
async def test_a_page_runs_what_carries_its_nonce_and_another_answer_runs_nothing(visit) -> None:
    visitor = await visit()
    pages = [await visitor.get("/sign-in"), await visitor.get("/sign-in"), await visitor.get("/nowhere")]
    nonces = set()
    for page in pages:
        shown = set(re.findall(r'<(?:script|link)[^>]* nonce="([^"]+)"', page.text))
        assert len(shown) == 1
        policy = page.headers["Content-Security-Policy"]
        assert f"script-src 'nonce-{min(shown)}'; style-src 'nonce-{min(shown)}'" in policy
        nonces |= shown
    assert len(nonces) == len(pages)
    assert "script-src 'none'" in (await visitor.get("/healthz")).headers["Content-Security-Policy"]
    bare = re.findall(r"<(?:script|style)(?![^>]*\bsrc=)[^>]*>", pages[0].text)
    assert not bare
