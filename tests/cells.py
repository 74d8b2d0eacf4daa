"""Stored figures for tests of what is shown of them: written as the recompute writes them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.app import Platform
from core.kernel.scope import Scope

__all__ = ["Cells", "store_cells"]

Cells = Mapping[tuple[str, str, str], tuple[int | None, int | None]]
"""(period, indicator, cut) -> (num, den)."""


async def store_cells(platform: Platform, place: UUID, region: UUID, cells: Cells) -> None:
    """`place` is a tenant, or the region itself for the town's own cells."""
    async with platform.database.transaction(Scope.nobody(), login="figures") as tx:
        for (period, indicator, cut), (num, den) in cells.items():
            await tx.execute(
                "INSERT INTO figures.figure (tenant_id, region_id, period, indicator, cut, num, den)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                place,
                region,
                period,
                indicator,
                cut,
                num,
                den,
            )
