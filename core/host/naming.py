"""What a place itself calls the values by which figures are broken down: its products, its service points."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures.breakdowns import Names
from core.figures.indicators import Indicator
from core.host.portal import PortalCtx, TownHallCtx
from core.kernel.log import get_logger

__all__ = ["names_given"]

log = get_logger(__name__)


async def names_given(ctx: PortalCtx | TownHallCtx, indicators: Sequence[Indicator]) -> Names:
    """Each plug-in's naming is asked once; one that fails costs its names, and the page shows the codes."""
    found: Names = {}
    for naming, indicator in {
        cut.named: each for each in indicators for cut in each.cuts if cut.named
    }.items():
        try:
            async with ctx.transaction.savepoint():
                found = {**found, naming: await naming(ctx)}
        except Exception as error:
            log.error("naming_failed", indicator=indicator.code, error=type(error).__name__)
    return found
