"""What several operations answer."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

__all__ = ["VoucherId"]


class VoucherId(Struct, frozen=True, kw_only=True):
    """`is_new` is false where the same act was entered before, and nothing was done."""

    id: UUID
    is_new: bool
