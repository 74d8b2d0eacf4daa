"""What goods are called where codes stand for them: in the breakdowns of figures."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import TenantCtx, TownCtx
from plugins.supplies.services.catalogue import catalogue_of_town, catalogue_on

__all__ = ["product_names"]


async def product_names(ctx: TenantCtx | TownCtx) -> Mapping[str, str]:
    """By sku, as the town calls them today."""
    if isinstance(ctx, TownCtx):
        catalogue = await catalogue_of_town(ctx, ctx.today)
    else:
        catalogue = await catalogue_on(ctx, ctx.today)
    return {sku: product.name(ctx.language) for sku, product in catalogue.products.items()}
