"""A cell in words: as the form names it, else by its indicator and the value of the breakdown."""

from __future__ import annotations

from core.sdk import TenantCtx, TownCtx
from core.sdk.figures import value_words
from plugins.reporting.services.form import VERSIONS

__all__ = ["cell_words"]


def cell_words(ctx: TenantCtx | TownCtx, indicator: str, cut: str) -> str:
    tell = ctx.tell
    for cell in VERSIONS[-1].cells:
        if (cell.indicator, cell.cut) == (indicator, cut) and cell.title:
            return tell(cell.title)
    found = ctx.catalogue.get(indicator)
    title = tell(found.title) if found else indicator
    name, _equals, value = cut.partition("=")
    words = next((each.words for each in found.cuts if each.name == name), {}) if found else {}
    return f"{title}: {value_words(name, value, ctx.language, words)}" if value else title
