"""Identifiers: UUID version 7, so that rows written together lie together."""

from __future__ import annotations

import uuid

import uuid_utils.compat

from core.kernel.errors import NotFound

__all__ = ["canonical_id", "derived_id", "new_id", "parse_id"]


def new_id() -> uuid.UUID:
    return uuid_utils.compat.uuid7()


def derived_id(within: uuid.UUID, name: str) -> uuid.UUID:
    """The same id for the same name, for what two sides must call alike without asking each other."""
    return uuid.uuid5(within, name)


def parse_id(text: str) -> uuid.UUID:
    """The id in an address; anything else is an address where there is nothing."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def canonical_id(value: uuid.UUID | None) -> str:
    """The text form for a `SET LOCAL` statement, which takes no parameters: only hexadecimals and hyphens."""
    return "" if value is None else str(uuid.UUID(str(value)))
