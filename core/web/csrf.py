"""Forged requests: every unsafe one must come from this site and carry the token of its session."""

from __future__ import annotations

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from core.kernel.errors import Forbidden
from core.kernel.i18n import gettext_noop as _

__all__ = ["FIELD", "HEADER", "check_origin", "check_token", "masked"]

FIELD = "_csrf"
HEADER = "X-CSRF-Token"


def check_origin(request: Request[Any, Any, Any], origin: str) -> None:
    """Raise `Forbidden` unless the browser says that the request comes from a page of this site.

    `origin` is the public address of the site; empty = whatever host the request names (loopback).
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise _forged()
    source = request.headers.get("Origin")
    expected = urlsplit(origin).netloc if origin else request.headers.get("Host", "")
    if source is not None and urlsplit(source).netloc != expected:
        raise _forged()
    if site is None and source is None:
        raise _forged()


def masked(token: str) -> str:
    """The token as a page shows it: never twice alike, so that the length of a packed page tells nothing of it.

    The defence against BREACH: a random mask in hexadecimal, and after it the token under that mask.
    """
    if not token:
        return ""
    mask = secrets.token_bytes(len(token) // 2)
    return mask.hex() + _across(bytes.fromhex(token), mask).hex()


def check_token(expected: str, given: str) -> None:
    """Raise `Forbidden` unless `given` is the session's own token, masked or bare."""
    bare = _unmasked(given) if len(given) == 2 * len(expected) else given
    if not bare or not hmac.compare_digest(expected.encode(), bare.encode()):
        raise _forged()


def _unmasked(given: str) -> str:
    try:
        both = bytes.fromhex(given)
    except ValueError:
        return ""
    half = len(both) // 2
    return _across(both[half:], both[:half]).hex()


def _across(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _forged() -> Forbidden:
    return Forbidden(
        _("This form does not come from a page of your present session, so nothing was changed."),
        _("Reload the page and send it again."),
    )
