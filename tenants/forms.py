"""What the portal's addresses and forms carry."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.kernel.numbers import Version

__all__ = ["FiguresQuery", "Seen", "Switch"]


class FiguresQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Annotated[str, Meta(max_length=7)] = ""
    """`2025-03`, `2025-Q1` or `2025`; empty = this month."""


class Switch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    to: Literal["on", "off"]


class Seen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Version
    """Which version of the notice stood on the page."""
