"""Security headers on every answer, the errors' included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

__all__ = ["security_headers"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}


def security_headers(is_https: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """A Litestar `before_send` hook. No script or style stands in a page, so the policy needs no nonce."""

    async def add(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        values: dict[str, Any] = ALWAYS
        for name, value in values.items():
            headers[name] = value
        if is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            message["headers"] = [_secured(name, value) for name, value in message["headers"]]

    return add


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """No cookie of a site under TLS travels without it."""
    is_bare_cookie = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_bare_cookie else value
