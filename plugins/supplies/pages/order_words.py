"""What the pages of requisitions and shipments call things, and how they answer what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, Form, TenantCtx
from plugins.supplies.services.catalogue import Product, catalogue_on
from plugins.supplies.services.points import list_points
from plugins.supplies.services.requisitions import PAGE

__all__ = ["Names", "cut", "mark_of", "names_of", "place_of", "refuse"]


class Names(Struct, frozen=True, kw_only=True):
    """Of products and points; what is not known (any more) is called by its code."""

    language: str
    products: Mapping[str, Product]
    points: Sequence[tuple[str, str]]
    """The open ones, for a choice."""
    point_names: Mapping[str, str]

    def product(self, sku: str) -> str:
        known = self.products.get(sku)
        return known.name(self.language) if known else sku

    def unit(self, sku: str) -> str:
        known = self.products.get(sku)
        return known.unit(self.language) if known else ""

    def point(self, code: str) -> str:
        return self.point_names.get(code, code)


async def names_of(ctx: TenantCtx) -> Names:
    points = await list_points()
    return Names(
        language=ctx.language,
        products=(await catalogue_on(ctx, ctx.today)).products,
        points=[(point.code, f"{point.name} ({point.code})") for point in points if point.is_open],
        point_names={point.code: point.name for point in points},
    )


def refuse(form: Form[Any], error: BadInput | Conflict) -> Conflict | None:
    """The fields that are wrong are marked; what does not fit (any more) is told above the form."""
    if isinstance(error, Conflict):
        return error
    for field, message in error.fields.items():
        form.refuse(field, message)
    return None


def mark_of(ctx: TenantCtx, listing: str, made_at: datetime, half: UUID) -> str:
    """Where a page of the list ended."""
    return ctx.cursor(listing, made_at.isoformat(), half)


def place_of(ctx: TenantCtx, listing: str, mark: str) -> tuple[datetime, UUID] | None:
    """The opposite; raises `BadInput`."""
    values = ctx.at(listing, mark)
    return (datetime.fromisoformat(values[0]), UUID(values[1])) if values else None


def cut(ctx: TenantCtx, listing: str, found: Sequence[Any]) -> tuple[Sequence[Any], str]:
    """A page of a list, and the mark of the next one."""
    shown = found[:PAGE]
    more = mark_of(ctx, listing, shown[-1].made_at, shown[-1].id) if len(found) > PAGE else ""
    return shown, more
