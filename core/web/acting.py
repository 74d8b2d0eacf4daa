"""Whose request it is: kept with the request once the account is recognised, for the lines that the log has of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request

__all__ = ["acting", "acting_in"]

KNOWN = "townbridge.account"


def acting(request: Request[Any, Any, Any], account: UUID) -> None:
    request.scope["state"][KNOWN] = str(account)


def acting_in(request: Request[Any, Any, Any]) -> str:
    """The id of the account, or nothing."""
    return request.scope.get("state", {}).get(KNOWN, "")
