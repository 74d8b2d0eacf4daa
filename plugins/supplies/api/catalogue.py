"""The town's catalogue and recalls: read, published as a whole or product by product, called back, taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, convert, json

from core.sdk import Route, TownCtx
from plugins.supplies.permissions import CATALOGUE, PUBLISH, RECALL
from plugins.supplies.services import publishing, recalls
from plugins.supplies.services.catalogue import Catalogue, Product, catalogue_of_town
from plugins.supplies.town.forms import CatalogueBody, NewProductForm, PresetForm, ProductForm, RecallForm
from plugins.supplies.town.making import laid_over, made_product, publish_product

__all__ = ["ROUTES"]


class CatalogueVersionTold(Struct, frozen=True, kw_only=True):
    """`version` 0 is the one that the product comes with; `valid_from` is null for it."""

    version: int
    valid_from: date | None
    factor_set: str
    published_at: datetime | None


class CatalogueTold(Struct, frozen=True, kw_only=True):
    """`latest` is the version that the next one is made from; it may hold later than today."""

    version: int
    valid_from: date | None
    factor_set: str
    latest: int
    products: list[Product]
    versions: list[CatalogueVersionTold]


class ProductChange(Struct, frozen=True, kw_only=True):
    """`field` is empty where the product itself came or went; `before` and `after` are JSON."""

    sku: str
    field: str
    before: str
    after: str


class CatalogueOfVersion(Struct, frozen=True, kw_only=True):
    """With what it changed of the version before it."""

    version: int
    valid_from: date | None
    factor_set: str
    products: list[Product]
    changes: list[ProductChange]


class CataloguePointer(Struct, frozen=True, kw_only=True):
    """The version that holds from the day on."""

    version: int
    valid_from: date


class RecallTold(Struct, frozen=True, kw_only=True):
    """A recall holds until it is withdrawn."""

    id: UUID
    sku: str
    lot: str
    recalled_on: date
    reason: str
    withdrawn_on: date | None


class RecallPointer(Struct, frozen=True, kw_only=True):
    id: UUID


async def read_catalogue(ctx: TownCtx) -> CatalogueTold:
    current = await catalogue_of_town(ctx, ctx.today)
    versions = await publishing.versions_of(ctx)
    return CatalogueTold(
        version=current.version,
        valid_from=_day(current.version, current.valid_from),
        factor_set=current.factor_set,
        latest=versions[0].version,
        products=list(current.products.values()),
        versions=[
            CatalogueVersionTold(
                version=each.version,
                valid_from=_day(each.version, each.valid_from),
                factor_set=each.factor_set,
                published_at=each.published_at,
            )
            for each in versions
        ],
    )


async def read_version(ctx: TownCtx, version: str) -> CatalogueOfVersion:
    asked = await publishing.version_named(ctx, version)
    before = await publishing.version_named(ctx, str(asked.version - 1)) if asked.version else asked
    return CatalogueOfVersion(
        version=asked.version,
        valid_from=_day(asked.version, asked.valid_from),
        factor_set=asked.factor_set,
        products=list(asked.products.values()),
        changes=[
            ProductChange(
                sku=each.sku,
                field=each.field,
                before=json.encode(each.before).decode(),
                after=json.encode(each.after).decode(),
            )
            for each in publishing.differences(before, asked)
        ],
    )


async def publish_whole(ctx: TownCtx, body: CatalogueBody) -> CataloguePointer:
    published = await publishing.publish(ctx, body.products, body.factor_set, body.valid_from, body.seen)
    return _pointer(published)


async def change_product(ctx: TownCtx, sku: str, body: ProductForm) -> CataloguePointer:
    product = publishing.product_named(await publishing.latest_catalogue(ctx), sku)
    return _pointer(await publish_product(ctx, product, body))


async def add_product(ctx: TownCtx, body: NewProductForm) -> CataloguePointer:
    return _pointer(await publish_product(ctx, made_product(body), body, is_new=True))


async def lay_preset(ctx: TownCtx, body: PresetForm) -> CataloguePointer:
    latest = await publishing.latest_catalogue(ctx)
    products = laid_over(latest, body.preset)
    return _pointer(await publishing.publish(ctx, products, latest.factor_set, body.valid_from, body.seen))


async def list_recalls(ctx: TownCtx) -> list[RecallTold]:
    return convert(await recalls.recalls_of_town(ctx), list[RecallTold], from_attributes=True)


async def announce_recall(ctx: TownCtx, body: RecallForm) -> RecallPointer:
    return RecallPointer(id=await recalls.announce(ctx, body.sku, body.lot, body.recalled_on, body.reason))


async def take_recall_back(ctx: TownCtx, recall: UUID) -> RecallPointer:
    await recalls.take_back(ctx, recall)
    return RecallPointer(id=recall)


def _day(version: int, day: date) -> date | None:
    return day if version else None


def _pointer(catalogue: Catalogue) -> CataloguePointer:
    return CataloguePointer(version=catalogue.version, valid_from=catalogue.valid_from)


def _town(path: str, handler: Any, permission: str, summary: str, **more: Any) -> Route:
    return Route(path=path, place="town", handler=handler, permission=permission, summary=summary, **more)


ROUTES = (
    _town("catalogue", read_catalogue, CATALOGUE, "The catalogue that holds today, and its versions"),
    _town("catalogue", publish_whole, PUBLISH, "Publish a whole catalogue", method="POST", status=201),
    _town(
        "catalogue/new",
        add_product,
        PUBLISH,
        "Publish a version with another product",
        method="POST",
        status=201,
    ),
    _town(
        "catalogue/preset",
        lay_preset,
        PUBLISH,
        "Publish a version with the rules of a place",
        method="POST",
        status=201,
    ),
    _town(
        "catalogue/products/{sku}",
        change_product,
        PUBLISH,
        "Publish a version with a product changed",
        method="POST",
        status=201,
    ),
    _town("catalogue/versions/{version}", read_version, CATALOGUE, "A version and what it changed"),
    _town("recalls", list_recalls, CATALOGUE, "The recalls, the latest first"),
    _town("recalls", announce_recall, RECALL, "Call a lot back", method="POST", status=201),
    _town("recalls/{recall}/take-back", take_recall_back, RECALL, "Take a recall back", method="POST"),
)
