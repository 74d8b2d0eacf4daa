"""Security headers on every answer, the errors' included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from litestar.types import Message, Scope

from core.web.nonce import nonce_in

__all__ = ["HIDDEN", "loggable", "security_headers"]

POLICY = (
    "default-src 'none'; script-src {ours}; style-src {ours}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
"""`data:`: the kit's style sheet holds its marks, such as the tick of a box, in itself."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}
POLICY_NAME = b"content-security-policy"
HIDDEN = "/invitation/"
"""What follows in the address is a secret: it goes into no log and into no referrer."""
STRICT = "max-age=31536000; includeSubDomains"


def loggable(path: str) -> str:
    """An address as it may stand in a log."""
    return f"{HIDDEN}..." if path.startswith(HIDDEN) else path


def security_headers(is_https: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """A Litestar `before_send` hook. Scripts and styles are files of ours, named in a page with its nonce."""
    values = ALWAYS | ({"Strict-Transport-Security": STRICT} if is_https else {})
    ours = [(name.lower().encode(), value.encode()) for name, value in values.items()]
    # `no-referrer` would hide the origin of the form as well, by which a forged one is known.
    secret = [*ours, (b"referrer-policy", b"strict-origin")]
    secret.remove((b"referrer-policy", b"same-origin"))
    names = {POLICY_NAME, *(name for name, _value in ours)}

    async def add(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            others = [header for header in message["headers"] if header[0].lower() not in names]
            kept = [_secured(name, value) for name, value in others] if is_https else others
            own = secret if scope.get("path", "").startswith(HIDDEN) else ours
            message["headers"] = [*kept, *own, (POLICY_NAME, _policy(nonce_in(scope)))]

    return add


def _policy(nonce: str) -> bytes:
    return POLICY.format(ours=f"'nonce-{nonce}'" if nonce else "'none'").encode()


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """No cookie of a site under TLS travels without it."""
    is_bare_cookie = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_bare_cookie else value
