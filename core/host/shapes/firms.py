"""A member firm of a unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from msgspec import Struct

from core.tenancy.firms import Firm

__all__ = ["FirmItem", "firm_items"]


class FirmItem(Struct, frozen=True, kw_only=True):
    """Served from `served_from` up to, not including, `served_to`; null while it is served."""

    id: UUID
    uscc: str | None
    name_zh: str
    name_en: str | None
    former_zh: str | None
    industry: str | None
    served_from: date
    served_to: date | None


def firm_items(firms: Sequence[Firm]) -> list[FirmItem]:
    return msgspec.convert(firms, list[FirmItem], from_attributes=True)
