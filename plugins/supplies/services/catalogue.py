"""The catalogue of a town: which products there are, by which rules they are handed out, how they are counted.

A version is never changed. Another one is published from a day on, and what was entered before keeps what it was
counted as.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, json

from core.sdk import Code, Line, Name, Prepared, TenantCtx, TownCtx, new_id, now
from plugins.supplies.tables import CatalogueVersion

__all__ = [
    "GATES",
    "Catalogue",
    "Gate",
    "Product",
    "catalogue_of_town",
    "catalogue_on",
    "decoded",
    "keep_catalogue",
    "seed_catalogue",
]

Gate = Literal["none", "counsel", "clinician_first", "clinician_each", "facility"]
GATES: tuple[Gate, ...] = ("none", "counsel", "clinician_first", "clinician_each", "facility")

Count = Annotated[int, Meta(ge=1, le=100_000)]


class Product(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the catalogue. A limit that is None does not hold."""

    sku: Code
    name_zh: Name
    name_en: Name
    method: Code
    unit_zh: Name
    unit_en: Name
    pack: Count = 1
    """Units in a box."""
    cyp: Annotated[str, Meta(max_length=40, pattern=r"^(\d{1,9}(/[1-9]\d{0,8})?)?$")] = ""
    """Couple-years of protection of a unit, exactly: `1/120`; empty where there is no factor."""
    figure: Literal["", "SUP-01", "SUP-02", "SUP-03"] = ""
    """The figure that its units are counted in."""
    is_anonymous_allowed: bool = False
    is_tracer: bool = False
    """Days without it are counted."""
    gate: Gate = "none"
    shelf_life_months: Annotated[int, Meta(ge=0, le=999_999_999)] | None = None
    storage: Line = ""
    substitutes: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    max_per_year: Annotated[int, Meta(ge=0, le=999_999_999)] | None = None
    """For a person in a calendar year, what she returned taken off; exactly so many are allowed, 0 included."""
    max_per_visit: Count | None = None
    max_per_30d: Count | None = None
    min_interval_days: Annotated[int, Meta(ge=1, le=366)] | None = None
    min_age: Annotated[int, Meta(ge=0, le=120)] | None = None
    days_per_unit: Annotated[int, Meta(ge=0, le=3660)] = 0
    """How long a unit is used: a lot must not expire before the end of what is handed out."""

    @property
    def factor(self) -> Fraction | None:
        return Fraction(self.cyp) if self.cyp else None

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en

    def unit(self, language: str) -> str:
        return self.unit_zh if language == "zh" else self.unit_en


class Catalogue(Struct, frozen=True, kw_only=True):
    """One version; 0 is the one that the product comes with."""

    version: int
    valid_from: date
    factor_set: str
    products: Mapping[str, Product]
    """By sku, in the order in which they are shown."""

    def get(self, sku: str) -> Product | None:
        return self.products.get(sku)


async def catalogue_on(ctx: TenantCtx, day: date) -> Catalogue:
    """The version that holds in the unit's town on a day."""
    return await _in_force(ctx.tenant.region_id, day)


async def catalogue_of_town(ctx: TownCtx, day: date) -> Catalogue:
    """The version that holds in the town on a day."""
    return await _in_force(ctx.town.id, day)


async def keep_catalogue(
    ctx: TownCtx, products: Sequence[Product], factor_set: str, valid_from: date
) -> Catalogue:
    """Publish a version from a day on; one that says nothing new is not published again."""
    known = await catalogue_of_town(ctx, valid_from)
    listed = {product.sku: product for product in products}
    if known.version and (dict(known.products), known.factor_set) == (listed, factor_set):
        return known
    latest = await CatalogueVersion.select(CatalogueVersion.version).where(
        CatalogueVersion.region_id == ctx.town.id
    ).order_by(CatalogueVersion.version, ascending=False).first()  # fmt: skip
    row = CatalogueVersion(
        id=new_id(),
        region_id=ctx.town.id,
        version=latest["version"] + 1 if latest else 1,
        valid_from=valid_from,
        factor_set=factor_set,
        body=json.encode(products).decode(),
        published_at=now(),
        published_by=ctx.actor.id,
    )
    await CatalogueVersion.insert(row)
    ctx.audit("supplies.catalogue.publish", "catalogue", row.id, detail={"version": row.version})
    return _decoded(row.id, row.version, valid_from, factor_set, row.body)


_latest = Prepared(
    lambda region, day: (
        CatalogueVersion.select()
        .where((CatalogueVersion.region_id == region) & (CatalogueVersion.valid_from <= day))
        .order_by(CatalogueVersion.valid_from, CatalogueVersion.version, ascending=False)
        .limit(1)
    )
)


async def _in_force(region: UUID, day: date) -> Catalogue:
    row = await _latest.first(region, day)
    return decoded(row) if row else seed_catalogue()


def decoded(row: Mapping[str, Any]) -> Catalogue:
    """A version from its row."""
    return _decoded(row["id"], row["version"], row["valid_from"], row["factor_set"], row["body"])


@lru_cache(maxsize=64)
def _decoded(row: UUID, version: int, valid_from: date, factor_set: str, body: str) -> Catalogue:
    """A version is never changed, so it is read once."""
    products = json.decode(body, type=list[Product])
    return Catalogue(
        version=version,
        valid_from=valid_from,
        factor_set=factor_set,
        products={product.sku: product for product in products},
    )


@lru_cache(maxsize=1)
def seed_catalogue() -> Catalogue:
    """What the product comes with, until the town publishes its own."""
    from plugins.supplies.services.seed import FACTOR_SET, PRODUCTS

    return Catalogue(
        version=0,
        valid_from=date.min,
        factor_set=FACTOR_SET,
        products={product.sku: product for product in PRODUCTS},
    )
