"""The town publishes its catalogue: version after version, each from a day on, none ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from core.sdk import BadInput, Conflict, NotFound, TownCtx
from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import (
    Catalogue,
    Product,
    decoded,
    keep_catalogue,
    seed_catalogue,
)
from plugins.supplies.services.factors import is_doubtful
from plugins.supplies.tables import CatalogueVersion

__all__ = [
    "Difference",
    "PublishedVersion",
    "changed_product",
    "differences",
    "doubted",
    "latest_catalogue",
    "product_named",
    "publish",
    "version_named",
    "versions_of",
    "without_strangers",
]

CONDOMS = ("MALE_CONDOM", "FEMALE_CONDOM")
WITHOUT_A_CLINICIAN = ("none", "counsel")


class PublishedVersion(Struct, frozen=True, kw_only=True):
    """`published_at` is None for the catalogue that the product comes with."""

    version: int
    valid_from: date
    factor_set: str
    published_at: datetime | None


class Difference(Struct, frozen=True, kw_only=True):
    """Of one product; `field` is empty where the product itself came or went."""

    sku: str
    field: str
    before: Any
    after: Any


async def versions_of(ctx: TownCtx) -> list[PublishedVersion]:
    """The latest first; the one that the product comes with last."""
    names = ("version", "valid_from", "factor_set", "published_at")
    rows = (
        await CatalogueVersion.select(*names)
        .where(_own(ctx))
        .order_by(CatalogueVersion.version, ascending=False)
    )
    seed = seed_catalogue()
    first = PublishedVersion(
        version=seed.version, valid_from=seed.valid_from, factor_set=seed.factor_set, published_at=None
    )
    return [*(PublishedVersion(**row) for row in rows), first]


async def latest_catalogue(ctx: TownCtx) -> Catalogue:
    """The version that was published last: another one is made from it, whether it holds already or not."""
    row = (
        await CatalogueVersion.select()
        .where(_own(ctx))
        .order_by(CatalogueVersion.version, ascending=False)
        .first()
    )
    return decoded(row) if row else seed_catalogue()


async def version_named(ctx: TownCtx, text: str) -> Catalogue:
    """By its number as an address has it; raises `NotFound`."""
    if text == "0":
        return seed_catalogue()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    row = (
        await CatalogueVersion.select().where(_own(ctx)).where(CatalogueVersion.version == int(text)).first()
    )
    if row is None:
        raise NotFound
    return decoded(row)


def product_named(catalogue: Catalogue, sku: str) -> Product:
    """Raises `NotFound`."""
    product = catalogue.get(sku)
    if product is None:
        raise NotFound
    return product


def changed_product(products: Iterable[Product], changed: Product) -> list[Product]:
    """The same list with one product in its place; a new one comes last."""
    listed = list(products)
    skus = [product.sku for product in listed]
    if changed.sku in skus:
        listed[skus.index(changed.sku)] = changed
    else:
        listed.append(changed)
    return listed


def without_strangers(products: Sequence[Product]) -> list[Product]:
    """A catalogue that came with a year of files may name substitutes that it does not have: they are left out."""
    known = {product.sku for product in products}
    return [
        replace(product, substitutes=tuple(sku for sku in product.substitutes if sku in known))
        for product in products
    ]


async def publish(
    ctx: TownCtx, products: Sequence[Product], factor_set: str, valid_from: date, seen: int
) -> Catalogue:
    """The next version. `seen` is the number of the one that it was made from.

    Raises `Conflict` where somebody published another one since, `BadInput` for what cannot hold.
    """
    latest = await latest_catalogue(ctx)
    if latest.version != seen:
        raise Conflict(
            _("Somebody has published another version since you opened this page."),
            _("Look at the latest version and enter your change again."),
        )
    if valid_from < ctx.today or (latest.version and valid_from < latest.valid_from):
        raise BadInput(
            fields={"valid_from": _("A version holds from today or later, and not before the one before it.")}
        )
    _check(products)
    return await keep_catalogue(ctx, products, factor_set, valid_from)


def _check(products: Sequence[Product]) -> None:
    known = {product.sku for product in products}
    if len(known) != len(products) or not known:
        raise BadInput(fields={"sku": _("Each product has a number of its own.")})
    for product in products:
        if product.method in CONDOMS and not (product.is_anonymous_allowed and product.gate == "none"):
            raise BadInput(
                fields={"is_anonymous_allowed": _("Condoms are had by everybody, and without a name.")}
            )
        if product.is_anonymous_allowed and product.gate not in WITHOUT_A_CLINICIAN:
            raise BadInput(
                fields={
                    "is_anonymous_allowed": _("What medical staff begins is not handed out without a name.")
                }
            )
        if not (known - {product.sku}).issuperset(product.substitutes):
            raise BadInput(fields={"substitutes": _("A substitute is another product of this catalogue.")})


def doubted(product: Product) -> bool:
    """Whether its factor is far from the one that is published for the method."""
    return is_doubtful(product.method, product.factor)


def differences(before: Catalogue, after: Catalogue) -> list[Difference]:
    """In the order of the later one, what is gone last."""
    found = [each for product in after.products.values() for each in _of(before.get(product.sku), product)]
    gone = [sku for sku in before.products if sku not in after.products]
    found += [Difference(sku=sku, field="", before=before.products[sku], after=None) for sku in gone]
    if before.factor_set != after.factor_set:
        found.append(Difference(sku="", field="factor_set", before=before.factor_set, after=after.factor_set))
    return found


def _of(before: Product | None, after: Product) -> Iterable[Difference]:
    if before is None:
        yield Difference(sku=after.sku, field="", before=None, after=after)
        return
    was: Mapping[str, Any] = asdict(before)
    for field, value in asdict(after).items():
        if was[field] != value:
            yield Difference(sku=after.sku, field=field, before=was[field], after=value)


def _own(ctx: TownCtx) -> Any:
    return CatalogueVersion.region_id == ctx.town.id
