"""A JSON operation for each drawer, and one that asks for all of them."""

from __future__ import annotations

from msgspec import Struct

from core.sdk import Route, TenantCtx
from tests.cabinet.pages import found_in
from tests.cabinet.tables import DRAWERS

__all__ = ["ROUTES"]


class Labels(Struct, frozen=True, kw_only=True):
    labels: list[str]


def _drawer(name: str) -> Route:
    async def read(ctx: TenantCtx) -> Labels:
        return Labels(labels=await found_in(name))

    return Route(path=name, handler=read, permission=f"cabinet.{name}.read", summary=f"The drawer {name}")


async def read_all(ctx: TenantCtx) -> Labels:
    return Labels(labels=[label for name in DRAWERS for label in await found_in(name)])


ROUTES = (
    *(_drawer(name) for name in DRAWERS),
    Route(path="case", handler=read_all, permission="cabinet.case.read", summary="Every drawer"),
)
