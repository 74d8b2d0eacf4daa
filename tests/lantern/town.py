"""A page of the town."""

from __future__ import annotations

from typing import Any

from core.sdk import Nav, Page, TownCtx
from core.sdk import gettext_noop as _

__all__ = ["PAGES"]


async def count_lamps(ctx: TownCtx) -> Any:
    return ctx.render("lantern/count.html")


PAGES = (
    Page(
        path="",
        place="town",
        handler=count_lamps,
        permission="lantern.town.read",
        nav=Nav(title=_("Lanterns in the town")),
    ),
)
