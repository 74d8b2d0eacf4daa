"""What no change tells of: a month has begun, a tenant has opened, a plug-in was switched on or off."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures.indicators import Catalogue, Indicator
from core.figures.marks import EVERYTHING, Mark, write_marks
from core.figures.periods import month, parse_period
from core.figures.places import survey
from core.kernel.db import Database
from core.kernel.scope import Scope

__all__ = ["sweep"]


async def sweep(database: Database, catalogue: Catalogue, *, is_thorough: bool = False) -> int:
    """Mark the places whose cells are not those there should be; the number of places marked.

    Looks at one indicator of each plug-in, or at all (`is_thorough`: an update may have brought new ones).
    """
    watched = catalogue.indicators if is_thorough else _one_of_each_group(catalogue)
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        atlas = await survey(tx)
        places = {**atlas.tenants, **atlas.regions}
        probes = [
            (place, period, indicator)
            for place in places.values()
            if place.has_begun
            for period in dict.fromkeys((month(place.starts), month(place.ends)))
            for indicator in watched
        ]
        rows = await tx.fetch(
            _WRONG,
            [place.id for place, _, _ in probes],
            [period.name for _, period, _ in probes],
            [indicator.code for _, _, indicator in probes],
            [indicator.totals[0] for _, _, indicator in probes],
            [place.has(indicator.group) for place, _, indicator in probes],
            EVERYTHING,
        )
        for row in rows:
            place = places[row["tenant_id"]]
            since = parse_period(row["last_good"]).first_day if row["last_good"] else place.starts
            await write_marks(tx, [place.id], [Mark(EVERYTHING, since, is_onward=True)])
    return len(rows)


def _one_of_each_group(catalogue: Catalogue) -> Sequence[Indicator]:
    return list({indicator.group: indicator for indicator in catalogue.indicators}.values())


# The last good month is asked for only where something is wrong, and only if the first month is right.
_WRONG = """
WITH wrong AS (
    SELECT w.tenant_id, min(w.period) AS period, bool_or(w.should_be) AS should_be,
        min(w.indicator) AS indicator
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[])
        AS w(tenant_id, period, indicator, cut, should_be)
    WHERE w.should_be <> EXISTS (
            SELECT FROM figures.figure f
            WHERE f.tenant_id = w.tenant_id AND f.period = w.period AND f.indicator = w.indicator
                AND f.cut = w.cut)
        AND NOT EXISTS (SELECT FROM figures.stale s WHERE s.tenant_id = w.tenant_id AND s.source = $6)
    GROUP BY w.tenant_id
)
SELECT wrong.tenant_id, (
    SELECT max(f.period) FROM figures.figure f
    WHERE f.tenant_id = wrong.tenant_id AND f.indicator = wrong.indicator AND wrong.should_be
        AND f.period < wrong.period AND f.period ~ '^[0-9]{4}-[0-9]{2}$') AS last_good
FROM wrong
"""
