"""From what was asked for on a page, or by a program, to the next version of the catalogue."""

from __future__ import annotations

from msgspec.structs import replace

from core.sdk import BadInput, TownCtx
from core.sdk import gettext_noop as _
from plugins.supplies.services import publishing
from plugins.supplies.services.catalogue import Catalogue, Product
from plugins.supplies.services.presets import PRESETS, lay_over
from plugins.supplies.town.forms import NewProductForm, ProductForm

__all__ = ["laid_over", "made_product", "publish_product"]

NOT_OF_A_PRODUCT = frozenset({"seen", "valid_from", "is_sure", "factor_set"})


def made_product(asked: NewProductForm) -> Product:
    names = set(asked.__struct_fields__) - NOT_OF_A_PRODUCT
    return Product(**{name: getattr(asked, name) for name in names})


async def publish_product(
    ctx: TownCtx, product: Product, asked: ProductForm, *, is_new: bool = False
) -> Catalogue:
    """The latest version with one product changed or added."""
    latest = await publishing.latest_catalogue(ctx)
    if is_new and latest.get(product.sku) is not None:
        raise BadInput(fields={"sku": _("This number is taken. Choose another one.")})
    names = [name for name in ProductForm.__struct_fields__ if name not in NOT_OF_A_PRODUCT]
    changed = replace(product, **{name: getattr(asked, name) for name in names})
    if publishing.doubted(changed) and changed.cyp != product.cyp and not asked.is_sure:
        raise BadInput(
            fields={
                "cyp": _(
                    "This is far from the factor that is published for the method. Is a nought too many?"
                )
            }
        )
    return await publishing.publish(
        ctx,
        publishing.changed_product(publishing.without_strangers(list(latest.products.values())), changed),
        asked.factor_set or latest.factor_set,
        asked.valid_from,
        asked.seen,
    )


def laid_over(latest: Catalogue, preset: str) -> tuple[Product, ...]:
    return lay_over(publishing.without_strangers(list(latest.products.values())), PRESETS[preset])
