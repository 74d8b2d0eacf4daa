"""Fresh cells beside the stored ones: computed into a temporary table, then only differences are written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from core.kernel.db import Transaction

__all__ = ["Difference", "Recomputed", "differences", "forget_fresh", "open_fresh", "store_fresh"]


class Recomputed(Struct, frozen=True, kw_only=True):
    """Of what the fresh cells are all there is: these places, in these pairs of indicator and period.

    With `is_whole` every period of the indicators, so that cells of periods that are no more go as well.
    """

    places: Sequence[UUID]
    pairs: Sequence[tuple[str, str]]
    is_whole: bool = False


class Difference(Struct, frozen=True, kw_only=True):
    """A cell that is not stored as it is computed; None where there is no such cell."""

    place: UUID
    period: str
    indicator: str
    cut: str
    stored: str | None
    computed: str | None


async def open_fresh(tx: Transaction) -> None:
    """The temporary table of this connection; made once, empty in every transaction."""
    await tx.execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS fresh (tenant_id uuid, region_id uuid, "
        'period text COLLATE "C", indicator text COLLATE "C", cut text COLLATE "C", '
        "num numeric, divisor bigint, den numeric) "
        "ON COMMIT DELETE ROWS"
    )


async def forget_fresh(tx: Transaction) -> None:
    await tx.execute("TRUNCATE pg_temp.fresh")


async def store_fresh(tx: Transaction, scope: Recomputed) -> int:
    """Write the cells that differ, take away those that are no more; the number of both."""
    return await tx.execute(_GONE.format(scope=_SCOPE), *_bound(scope)) + await tx.execute(_CHANGED)


async def differences(tx: Transaction, scope: Recomputed) -> list[Difference]:
    """What `store_fresh` would change."""
    rows = await tx.fetch(_DIFFERENCES.format(scope=_SCOPE), *_bound(scope))
    return [
        Difference(
            place=row["tenant_id"],
            period=row["period"],
            indicator=row["indicator"],
            cut=row["cut"],
            stored=_told(row["is_stored"], row["num"], row["divisor"], row["den"]),
            computed=_told(row["is_fresh"], row["fresh_num"], row["fresh_divisor"], row["fresh_den"]),
        )
        for row in rows
    ]


def _bound(scope: Recomputed) -> tuple[object, ...]:
    indicators, periods = [indicator for indicator, _ in scope.pairs], [period for _, period in scope.pairs]
    return list(scope.places), indicators, periods, scope.is_whole


def _told(exists: bool, num: Decimal | None, divisor: int | None, den: Decimal | None) -> str | None:
    if not exists:
        return None
    fraction = "-" if num is None else f"{num:f}" if divisor == 1 else f"{num:f}/{divisor}"
    return fraction if den is None else f"{fraction} of {den:f}"


_SCOPE = """
f.tenant_id = ANY($1::uuid[]) AND f.indicator = ANY($2::text[])
AND ($4::boolean
    OR (f.indicator, f.period) IN (SELECT i, p FROM unnest($2::text[], $3::text[]) AS pairs(i, p)))
"""

_GONE = """
DELETE FROM figures.figure f WHERE {scope} AND NOT EXISTS (
    SELECT FROM pg_temp.fresh n
    WHERE n.tenant_id = f.tenant_id AND n.period = f.period AND n.indicator = f.indicator AND n.cut = f.cut)
"""

_CHANGED = """
INSERT INTO figures.figure AS f (tenant_id, region_id, period, indicator, cut, num, divisor, den)
SELECT n.tenant_id, n.region_id, n.period, n.indicator, n.cut, n.num, n.divisor, n.den
FROM pg_temp.fresh n LEFT JOIN figures.figure o
    ON o.tenant_id = n.tenant_id AND o.period = n.period AND o.indicator = n.indicator AND o.cut = n.cut
WHERE o.tenant_id IS NULL
    OR (o.region_id, o.num, o.divisor, o.den) IS DISTINCT FROM (n.region_id, n.num, n.divisor, n.den)
ON CONFLICT (tenant_id, period, indicator, cut) DO UPDATE
SET region_id = excluded.region_id, num = excluded.num, divisor = excluded.divisor, den = excluded.den
"""

_DIFFERENCES = """
SELECT * FROM (
    SELECT tenant_id, period, indicator, cut, f.num, f.divisor, f.den, f.divisor IS NOT NULL AS is_stored,
        n.num AS fresh_num, n.divisor AS fresh_divisor, n.den AS fresh_den, n.divisor IS NOT NULL AS is_fresh
    FROM (SELECT * FROM figures.figure f WHERE {scope}) f
    FULL JOIN pg_temp.fresh n USING (tenant_id, period, indicator, cut)
) d
WHERE (is_stored AND is_fresh AND num IS NOT DISTINCT FROM fresh_num AND divisor = fresh_divisor
       AND den IS NOT DISTINCT FROM fresh_den) IS NOT TRUE
ORDER BY tenant_id, period, indicator, cut
"""
