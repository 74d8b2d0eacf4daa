"""The nonce of an answer: only scripts and styles that carry it are run; an answer that asks for none allows none."""

from __future__ import annotations

import secrets
from typing import Any

from litestar import Request
from litestar.types import Scope

__all__ = ["nonce_in", "nonce_of"]

KNOWN = "townbridge.nonce"


def nonce_of(request: Request[Any, Any, Any]) -> str:
    """The same for all that is asked within one request."""
    state = request.scope["state"]
    if KNOWN not in state:
        state[KNOWN] = secrets.token_urlsafe(18)
    return str(state[KNOWN])


def nonce_in(scope: Scope) -> str:
    """What the page of this answer was given; empty where there is no page."""
    return str(scope.get("state", {}).get(KNOWN, ""))
