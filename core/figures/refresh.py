"""The incremental recompute: the marks of some places taken and their cells made anew, in one transaction.

Tenants go together: those with the same periods to make cost hardly more than one of them. Their recompute marks
the regions above in the same transaction, so a crash between the two loses nothing. A place is worked on by one
worker at a time: two that read and wrote the same cells in turn could leave the older value.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from core.figures.cells import Recomputed, forget_fresh, open_fresh, store_fresh
from core.figures.compute import RegionTotals, compute_tenants
from core.figures.indicators import Catalogue, Indicator
from core.figures.marks import Mark, compact, stale_periods, take_marks, write_marks
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

TOGETHER = 50
"""Tenants of one transaction: it holds what they wait for."""

Asked = tuple[tuple[Period, ...], ...]
"""The periods to make, of each indicator of the catalogue."""
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
    tenants = [row["place"] for row in rows if row["is_tenant"]]
    for first in range(0, len(tenants), TOGETHER):
        held, above = await _tenants_refreshed(database, catalogue, tenants[first : first + TOGETHER])
        regions |= dict.fromkeys(above)
        done += held
    for region in regions:
        done += await _region_refreshed(database, catalogue, region)
    return done


async def _tenants_refreshed(
    database: Database, catalogue: Catalogue, tenants: Sequence[UUID]
) -> tuple[int, tuple[UUID, ...]]:
    """How many were done, and the regions above, marked; those that another worker has in hand are left to it."""
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        held = await take_in_hand(tx, tenants)
        if not held:
            return 0, ()
        marks = await take_marks(tx, held)
        atlas = await survey(tx, held)
        alike: dict[Asked, list[Place]] = {}
        for place in atlas.tenants.values():
            alike.setdefault(_asked(catalogue, marks[place.id], place), []).append(place)
        for asked, places in alike.items():
            await _tenants_recomputed(tx, catalogue, places, asked)
        above: dict[UUID, list[Mark]] = {}
        for place in atlas.tenants.values():
            for region in atlas.above(place):
                above.setdefault(region, []).extend(marks[place.id])
        for region, theirs in above.items():
            await write_marks(tx, [region], compact(theirs))
        return len(held), tuple(above)


async def _tenants_recomputed(
    tx: Transaction, catalogue: Catalogue, places: Sequence[Place], asked: Asked
) -> None:
    failed = await _together(tx, catalogue, places, asked)
    if any(failed) and len(places) > 1:
        # The data of one of them may have broken the select: it costs nobody else a figure.
        for place in places:
            await _together(tx, catalogue, [place], failed)


async def _together(tx: Transaction, catalogue: Catalogue, places: Sequence[Place], asked: Asked) -> Asked:
    """What could not be made."""

    async def compute(indicator: Indicator, periods: Sequence[Period]) -> None:
        having = [place for place in places if place.has(indicator.group)]
        if having:
            await compute_tenants(tx, indicator, having, periods)

    return await _recompute(tx, catalogue, places, asked, compute)


async def _region_refreshed(database: Database, catalogue: Catalogue, region_id: UUID) -> bool:
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        if not await take_in_hand(tx, [region_id]):
            return False
        marks = (await take_marks(tx, [region_id]))[region_id]
        atlas = await survey(tx)
        region = atlas.regions.get(region_id)
        if region is None:  # no tenants yet, or none any more
            return True
        totals = RegionTotals(tx, atlas, [region])
        await _recompute(tx, catalogue, [region], _asked(catalogue, marks, region), totals.compute)
        return True


def _asked(catalogue: Catalogue, marks: Sequence[Mark], place: Place) -> Asked:
    return tuple(tuple(stale_periods(indicator, marks, place)) for indicator in catalogue.indicators)


async def _recompute(
    tx: Transaction, catalogue: Catalogue, places: Sequence[Place], asked: Asked, compute: Compute
) -> Asked:
    """What could not be made."""
    await open_fresh(tx)
    pairs: list[tuple[str, str]] = []
    failed: list[tuple[Period, ...]] = [()] * len(asked)
    async with tx.joining_by_hash():
        for number, (indicator, periods) in enumerate(zip(catalogue.indicators, asked, strict=True)):
            if periods and await _computed(tx, compute, indicator, periods):
                pairs += [(indicator.code, period.name) for period in periods]
            elif periods:
                failed[number] = periods
    if pairs:
        await store_fresh(tx, Recomputed(places=[place.id for place in places], pairs=pairs))
        await forget_fresh(tx)
    return tuple(failed)


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


async def take_in_hand(tx: Transaction, places: Sequence[UUID]) -> list[UUID]:
    """Those of the places that this transaction has for itself now; not those that another worker or a rebuild has."""
    rows = await tx.fetch(
        "SELECT place FROM unnest($2::uuid[], $3::bigint[]) AS p(place, key)"
        " WHERE CASE WHEN pg_try_advisory_xact_lock_shared($1) THEN pg_try_advisory_xact_lock(key) ELSE false END",
        ALL_PLACES,
        places,
        [int.from_bytes(place.bytes[8:], "big", signed=True) for place in places],
    )
    return [row["place"] for row in rows]


_STALE_PLACES = """
SELECT s.tenant_id AS place, t.id IS NOT NULL AS is_tenant
FROM (SELECT DISTINCT tenant_id FROM figures.stale) s LEFT JOIN tenancy.tenant t ON t.id = s.tenant_id
ORDER BY s.tenant_id
"""
