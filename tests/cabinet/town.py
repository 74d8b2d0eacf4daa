"""The town's careless page: it asks for every drawer of every unit."""

from __future__ import annotations

from typing import Any

from core.sdk import Page, TownCtx
from tests.cabinet.tables import DRAWERS

__all__ = ["PAGES"]


async def show_cases(ctx: TownCtx) -> Any:
    labels: list[str] = []
    for drawer in DRAWERS.values():
        table: Any = drawer
        labels += [row["label"] for row in await table.select_through_door(table.label)]
    return ctx.render("cabinet/drawer.html", labels=labels)


PAGES = (Page(path="", place="town", handler=show_cases, permission="cabinet.town.read"),)
