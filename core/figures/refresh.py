"""The incremental recompute: one place at a time, its marks taken and its cells made anew in one transaction.

A tenant's recompute marks the regions above it in the same transaction, so a crash between the two loses
nothing. A place is worked on by one worker at a time: two that read and wrote the same cells in turn could
leave the older value.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from core.figures.cells import Recomputed, open_fresh, store_fresh
from core.figures.compute import RegionTotals, compute_tenants, joining_by_hash
from core.figures.indicators import Catalogue, Indicator
from core.figures.marks import Mark, stale_periods, take_marks, write_marks
from core.figures.periods import Period
from core.figures.places import Place, survey
from core.kernel.db import Database, Transaction
from core.kernel.log import get_logger
from core.kernel.scope import Scope

__all__ = ["ALL_PLACES", "refresh", "take_in_hand"]

ALL_PLACES = int.from_bytes(b"figures", "big")
"""The advisory lock that a recompute of one place shares and that a rebuild has for itself."""

# The server refuses the select or meets a value that it cannot handle: the fault of one indicator.
FAULTS_OF_A_SELECT = ("21", "22", "42")

Compute = Callable[[Indicator, Sequence[Period]], Awaitable[None]]

log = get_logger(__name__)


async def refresh(database: Database, catalogue: Catalogue) -> int:
    """Work off the marks that there are: each tenant once, then the regions above; the number of places done.

    Places that another worker has in hand are left to it.
    """
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        rows = await tx.fetch(_STALE_PLACES)
    regions = dict.fromkeys(row["place"] for row in rows if not row["is_tenant"])
    done = 0
    for row in rows:
        if row["is_tenant"]:
            above = await _tenant_refreshed(database, catalogue, row["place"])
            regions |= dict.fromkeys(above)
            done += bool(above)
    for region in regions:
        done += await _region_refreshed(database, catalogue, region)
    return done


async def _tenant_refreshed(database: Database, catalogue: Catalogue, tenant_id: UUID) -> tuple[UUID, ...]:
    """The regions above, marked; none when another worker has the tenant in hand."""
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        if not await take_in_hand(tx, tenant_id):
            return ()
        marks = await take_marks(tx, tenant_id)
        atlas = await survey(tx, tenant_id)
        tenant = atlas.tenants[tenant_id]

        async def compute(indicator: Indicator, periods: Sequence[Period]) -> None:
            if tenant.has(indicator.group):
                await compute_tenants(tx, indicator, [tenant], periods)

        await _recompute(tx, catalogue, tenant, marks, compute)
        above = tuple(atlas.above(tenant))
        await write_marks(tx, above, marks)
        return above


async def _region_refreshed(database: Database, catalogue: Catalogue, region_id: UUID) -> bool:
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        if not await take_in_hand(tx, region_id):
            return False
        marks = await take_marks(tx, region_id)
        atlas = await survey(tx)
        region = atlas.regions.get(region_id)
        if region is None:  # no tenants yet, or none any more
            return True
        await _recompute(tx, catalogue, region, marks, RegionTotals(tx, atlas, [region]).compute)
        return True


async def _recompute(
    tx: Transaction, catalogue: Catalogue, place: Place, marks: Sequence[Mark], compute: Compute
) -> None:
    await open_fresh(tx)
    pairs: list[tuple[str, str]] = []
    async with joining_by_hash(tx):
        for indicator in catalogue.indicators:
            periods = stale_periods(indicator, marks, place)
            if periods and await _computed(tx, compute, indicator, periods):
                pairs += [(indicator.code, period.name) for period in periods]
    if pairs:
        await store_fresh(tx, Recomputed(places=[place.id], pairs=pairs))


async def _computed(
    tx: Transaction, compute: Compute, indicator: Indicator, periods: Sequence[Period]
) -> bool:
    """A broken select leaves its own cells as they were, and nothing else; `verify` will tell."""
    try:
        async with tx.savepoint():
            await compute(indicator, periods)
    except Exception as error:
        if getattr(error, "sqlstate", "")[:2] not in FAULTS_OF_A_SELECT:
            raise
        log.error("figure_failed", indicator=indicator.code, error=type(error).__name__)
        return False
    return True


async def take_in_hand(tx: Transaction, place: UUID) -> bool:
    """Have the place for this transaction alone; False when another worker or a rebuild has it."""
    key = int.from_bytes(place.bytes[8:], "big", signed=True)
    return await tx.fetchval(
        "SELECT CASE WHEN pg_try_advisory_xact_lock_shared($1) "
        "THEN pg_try_advisory_xact_lock($2) ELSE false END",
        ALL_PLACES,
        key,
    )


_STALE_PLACES = """
SELECT s.tenant_id AS place, t.id IS NOT NULL AS is_tenant
FROM (SELECT DISTINCT tenant_id FROM figures.stale) s LEFT JOIN tenancy.tenant t ON t.id = s.tenant_id
ORDER BY s.tenant_id
"""
