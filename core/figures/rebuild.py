"""All cells from source, a few statements an indicator for all tenants; the proof that none differs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from core.figures.cells import Difference, Recomputed, differences, forget_fresh, open_fresh, store_fresh
from core.figures.compute import RegionTotals, compute_tenants
from core.figures.indicators import Catalogue, Indicator
from core.figures.periods import Period
from core.figures.places import Atlas, Place, survey
from core.figures.refresh import ALL_PLACES
from core.kernel.db import Database, Transaction
from core.kernel.scope import Scope

__all__ = ["check_figures", "rebuild"]


async def rebuild(database: Database, catalogue: Catalogue, period: Period | None = None) -> int:
    """Recompute every cell, or those of one period; the number of cells that were not right, now written."""
    changed = 0
    for indicator in catalogue.indicators:
        async with _alone(database) as tx:
            atlas = await survey(tx)
            changed += await store_fresh(tx, await _fresh_tenants(tx, atlas, indicator, period))
            await forget_fresh(tx)
            changed += await store_fresh(tx, await _fresh_regions(tx, atlas, indicator, period))
    return changed


async def check_figures(database: Database, catalogue: Catalogue) -> list[Difference]:
    """The tenants' cells against the source, the regions' against those of their tenants; writes nothing.

    A place with marks that wait to be worked off is left out: it is stale, not wrong.
    """
    found: list[Difference] = []
    for indicator in catalogue.indicators:
        async with _alone(database) as tx:
            atlas = await survey(tx)
            wrong = await differences(tx, await _fresh_tenants(tx, atlas, indicator, None))
            await forget_fresh(tx)
            wrong += await differences(tx, await _fresh_regions(tx, atlas, indicator, None))
            waiting = await _waiting(tx, atlas)
            found += [difference for difference in wrong if difference.place not in waiting]
    return found


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[Transaction]:
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        await tx.fetchval("SELECT pg_advisory_xact_lock($1)", ALL_PLACES)
        await open_fresh(tx)
        yield tx


async def _fresh_tenants(
    tx: Transaction, atlas: Atlas, indicator: Indicator, period: Period | None
) -> Recomputed:
    places = list(atlas.tenants.values())
    tenants = [tenant for tenant in places if tenant.has(indicator.group)]
    periods = _periods(places, period)
    if tenants and periods:
        async with tx.joining_by_hash():
            await compute_tenants(tx, indicator, tenants, periods)
    return _whole(places, indicator, period)


async def _fresh_regions(
    tx: Transaction, atlas: Atlas, indicator: Indicator, period: Period | None
) -> Recomputed:
    places = list(atlas.regions.values())
    periods = _periods(places, period)
    if periods:
        async with tx.joining_by_hash():
            await RegionTotals(tx, atlas, places).compute(indicator, periods)
    return _whole(places, indicator, period)


def _periods(places: Sequence[Place], period: Period | None) -> list[Period]:
    there_are = dict.fromkeys(each for place in places for each in place.periods)
    return [each for each in there_are if period is None or each == period]


def _whole(places: Sequence[Place], indicator: Indicator, period: Period | None) -> Recomputed:
    return Recomputed(
        places=[place.id for place in places],
        pairs=[(indicator.code, period.name if period else "")],
        is_whole=period is None,
    )


async def _waiting(tx: Transaction, atlas: Atlas) -> set[UUID]:
    """Places with marks, and the regions above them."""
    rows = await tx.fetch("SELECT DISTINCT tenant_id FROM figures.stale")
    marked = {row["tenant_id"] for row in rows}
    above = {
        region for tenant in atlas.tenants.values() if tenant.id in marked for region in atlas.above(tenant)
    }
    return marked | above
