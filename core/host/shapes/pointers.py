"""What an act answers: where the effect is, never what it says."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

__all__ = ["Pointer", "VersionPointer"]


class Pointer(Struct, frozen=True, kw_only=True):
    """The id of what was made or changed."""

    id: UUID


class VersionPointer(Struct, frozen=True, kw_only=True):
    """The id, and which version stands now."""

    id: UUID
    version: int
