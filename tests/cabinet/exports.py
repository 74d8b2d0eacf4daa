"""A file out of each drawer."""

from __future__ import annotations

from collections.abc import AsyncIterator

from core.sdk import Export, TenantCtx
from core.sdk.values import Column
from tests.cabinet.pages import found_in
from tests.cabinet.tables import DRAWERS

__all__ = ["EXPORTS"]


def _drawer(name: str) -> Export:
    async def rows(ctx: TenantCtx) -> AsyncIterator[tuple[str]]:
        for label in await found_in(name):
            yield (label,)

    columns = (Column(title="label"),)
    return Export(name=name, title=name, permission=f"cabinet.{name}.read", columns=columns, rows=rows)


EXPORTS = tuple(_drawer(name) for name in DRAWERS)
