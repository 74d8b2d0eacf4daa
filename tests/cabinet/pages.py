"""A page for each drawer, to read and to search; one that says too much in an error; and a careless one.

The careless page asks for every drawer, whatever its permission opens: what it shows is what the walls let through.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from core.sdk import Conflict, Line, NotFound, Page, TenantCtx
from tests.cabinet.tables import DRAWERS

__all__ = ["PAGES", "found_in"]


class Search(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: Line = ""


async def found_in(drawer: str, text: str = "") -> list[str]:
    table: Any = DRAWERS[drawer]
    rows = await table.select(table.label).where(table.label.like(f"%{text}%")).order_by(table.label)
    return [row["label"] for row in rows]


def _drawer(name: str) -> tuple[Page, ...]:
    async def show(ctx: TenantCtx, query: Search) -> Any:
        return ctx.render("cabinet/drawer.html", labels=await found_in(name, query.q))

    async def show_all(ctx: TenantCtx) -> Any:
        return ctx.render("cabinet/drawer.html", labels=await _everything())

    async def refuse(ctx: TenantCtx) -> Any:
        raise Conflict(" ".join(await found_in(name)), "...")

    async def fail(ctx: TenantCtx) -> Any:
        raise RuntimeError(" ".join(await found_in(name)))

    handlers = {"": show, "/everything": show_all, "/refusal": refuse, "/fault": fail}
    return tuple(
        Page(path=f"{name}{path}", handler=handler, permission=f"cabinet.{name}.read")
        for path, handler in handlers.items()
    )


async def show_case(ctx: TenantCtx) -> Any:
    return ctx.render("cabinet/drawer.html", labels=await _everything())


async def show_named(ctx: TenantCtx, drawer: str) -> Any:
    if drawer not in DRAWERS:
        raise NotFound
    return ctx.render("cabinet/drawer.html", labels=await found_in(drawer))


async def _everything() -> list[str]:
    return [label for name in DRAWERS for label in await found_in(name)]


PAGES = (
    *(page for name in DRAWERS for page in _drawer(name)),
    Page(path="", handler=show_case, permission="cabinet.case.read"),
    Page(path="drawers/{drawer}", handler=show_named, permission="cabinet.case.read"),
)
