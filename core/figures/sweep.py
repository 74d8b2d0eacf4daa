"""What no change tells of: a month has begun, a tenant has opened, a plug-in was switched on or off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.figures.indicators import Catalogue, Indicator
from core.figures.marks import EVERYTHING, Mark, write_marks
from core.figures.periods import Period, month, parse_period
from core.figures.places import Place, survey
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
            (place, period, indicator, place.starts <= period.last_day and place.has(indicator.group))
            for place in places.values()
            for period in _watched_months(place)
            for indicator in watched
        ]
        rows = await tx.fetch(
            _WRONG,
            [place.id for place, *_ in probes],
            [period.name for _, period, *_ in probes],
            [indicator.code for _, _, indicator, _ in probes],
            [indicator.totals[0] for _, _, indicator, _ in probes],
            [should_be for *_, should_be in probes],
            EVERYTHING,
        )
        for row in rows:
            place = places[row["tenant_id"]]
            since = parse_period(row["since"]).first_day if row["since"] else place.starts
            await write_marks(tx, [place.id], [Mark(EVERYTHING, since, is_onward=True)])
    return len(rows)


def _watched_months(place: Place) -> Iterable[Period]:
    """The first, the last, and the one before, where no cell should be; of a place to come the present one."""
    first, last = month(place.starts), month(place.ends)
    return dict.fromkeys((first.previous, first, last) if place.has_begun else (last,))


def _one_of_each_group(catalogue: Catalogue) -> Sequence[Indicator]:
    return list({indicator.group: indicator for indicator in catalogue.indicators}.values())


# From where on: the last good month, if cells are missing after the first, or the first month that is too early.
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
    SELECT CASE WHEN wrong.should_be THEN max(f.period) ELSE min(f.period) END FROM figures.figure f
    WHERE f.tenant_id = wrong.tenant_id AND f.indicator = wrong.indicator AND f.period <= wrong.period
        AND f.period ~ '^[0-9]{4}-[0-9]{2}$') AS since
FROM wrong
"""
