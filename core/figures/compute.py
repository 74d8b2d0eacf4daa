"""The cells of tenants and regions, each indicator by one set-based statement into the fresh cells.

Every statement has the same end: rows `(place, period, cut, num, den, divisor)` together with the cells that
are there even when they are 0, added up and put into lowest terms. Only where the rows come from differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.figures.places import Atlas, Place
from core.kernel.db import Transaction

__all__ = ["RegionTotals", "compute_tenants"]


async def compute_tenants(
    tx: Transaction, indicator: Indicator, tenants: Sequence[Place], periods: Sequence[Period]
) -> None:
    """Fresh cells of these tenants and periods, from the tables that the indicator reads."""
    if indicator.adds_up_over_time:
        await _put(tx, indicator, _ADDED_UP, tenants, periods)
        return
    rows = _COUNTED if indicator.org_rule == "DISTINCT" else _ENDING
    for together in _computed_together(indicator, periods):
        await _put(tx, indicator, rows, tenants, together)


class RegionTotals:
    """Fresh cells of these regions, in one transaction, after those of their tenants are stored.

    Sums are those of the tenants' cells. So are counts of people, less those who are in several tenants and so
    were counted more than once. Counts of keys are made anew.
    """

    def __init__(self, tx: Transaction, atlas: Atlas, regions: Sequence[Place]) -> None:
        self._tx = tx
        self._regions = regions
        wanted = {place.id for place in regions}
        self._below = [
            (tenant, region)
            for tenant in atlas.tenants.values()
            for region in atlas.above(tenant)
            if region in wanted and tenant.has_begun
        ]
        self._knows_shared = False

    async def compute(self, indicator: Indicator, periods: Sequence[Period]) -> None:
        below = [(tenant, region) for tenant, region in self._below if tenant.has(indicator.group)]
        if indicator.org_rule != "DISTINCT":
            await _put(self._tx, indicator, _SUMMED, self._regions, periods, below)
            return
        if not indicator.counts_keys:
            await self._note_shared()
        rows = _COUNTED_BY_KEY if indicator.counts_keys else _SUMMED_BUT_ONCE
        for together in _computed_together(indicator, periods):
            open_by_then = [each for each in below if each[0].starts <= together[0].last_day]
            await _put(self._tx, indicator, rows, self._regions, together, open_by_then)

    async def _note_shared(self) -> None:
        if not self._knows_shared:
            await self._tx.execute(_MAKE_SHARED)
            await self._tx.execute("TRUNCATE pg_temp.shared")
            tenants = [tenant.id for tenant, _ in self._below]
            await self._tx.execute(_NOTE_SHARED, tenants, [region for _, region in self._below])
            self._knows_shared = True


def _computed_together(indicator: Indicator, periods: Sequence[Period]) -> Iterable[Sequence[Period]]:
    """Periods for which the select gives the same: the same days, or the same last day."""

    def days(period: Period) -> tuple[date, date]:
        return (period.first_day if indicator.uses_first_day else date.min, period.last_day)

    return [tuple(same) for _, same in groupby(sorted(periods, key=days), key=days)]


async def _put(
    tx: Transaction,
    indicator: Indicator,
    rows: str,
    places: Sequence[Place],
    periods: Sequence[Period],
    below: Sequence[tuple[Place, UUID]] | None = None,
) -> None:
    tenants = [place.id for place in places] if below is None else list({tenant.id for tenant, _ in below})
    await tx.execute(
        _statement(indicator, rows),
        tenants,
        min(period.first_day for period in periods),
        max(period.last_day for period in periods),
        [period.name for period in periods],
        [period.first_day for period in periods],
        [period.last_day for period in periods],
        [place.id for place in places],
        [place.region_id for place in places],
        [place.starts for place in places],
        [place.ends for place in places],
        indicator.code,
        list(indicator.totals),
        [tenant.id for tenant, _ in below or ()],
        [region for _, region in below or ()],
    )


def _statement(indicator: Indicator, rows: str) -> str:
    """The text for an indicator; the same text every time, so that the server keeps its plan."""
    words = {
        "select": indicator.select,
        "counted": indicator.counted,
        "once": "" if indicator.is_once else "DISTINCT",
        "divisor": "s.divisor::bigint" if indicator.has_divisor else "1::bigint",
        "by_divisor": ", s.divisor" if indicator.has_divisor else "",
    }
    return _FRAME.format(
        rows=rows.format(**words),
        finish=_LOWEST_TERMS if indicator.has_divisor else _PLAIN,
        nothing="NULL" if indicator.is_reported else "0",
        no_den="0" if indicator.org_rule == "RATIO" else "NULL",
    )


# `given` tells the types of the select's places before they are used, and where they are not used at all.
_FRAME = """
INSERT INTO pg_temp.fresh (tenant_id, region_id, period, indicator, cut, num, divisor, den)
WITH given AS (SELECT $1::uuid[], $2::date, $3::date),
period AS (SELECT * FROM unnest($4::text[], $5::date[], $6::date[]) AS p(name, first_day, last_day)),
place AS (
    SELECT * FROM unnest($7::uuid[], $8::uuid[], $9::date[], $10::date[]) AS p(id, region_id, starts, ends)
),
below AS (SELECT * FROM unnest($13::uuid[], $14::uuid[]) AS b(tenant_id, region_id)),
part AS (
    {rows}
    UNION ALL
    SELECT place.id, period.name, total.cut, {nothing}::numeric, {no_den}::numeric, 1::bigint
    FROM place CROSS JOIN period CROSS JOIN unnest($12::text[]) AS total(cut)
),
cell AS ({finish})
SELECT cell.place_id, place.region_id, cell.period, $11::text, cell.cut, cell.num, cell.divisor, cell.den
FROM cell JOIN place ON place.id = cell.place_id JOIN period ON period.name = cell.period
WHERE place.starts <= place.ends AND place.starts <= period.last_day AND place.ends >= period.first_day
    AND (cell.num <> 0 OR cell.den <> 0 OR cell.cut = ANY($12::text[]))
"""

# Months before the books begin do not count in the quarter and the year in which they begin, nor those to come.
_ADDED_UP = """
SELECT m.tenant_id AS place_id, period.name AS period, m.cut, m.num, m.den, m.divisor
FROM (
    SELECT s.tenant_id, date_trunc('month', s.day::timestamp)::date AS month, s.cut, {divisor} AS divisor,
        sum(s.num) AS num, sum(s.den) AS den
    FROM ({select}) AS s GROUP BY s.tenant_id, 2, s.cut{by_divisor}
) AS m
JOIN place ON place.id = m.tenant_id AND m.month <= place.ends
    AND m.month >= date_trunc('month', place.starts::timestamp)::date
JOIN period ON m.month BETWEEN period.first_day AND period.last_day
"""

_ENDING = """
SELECT s.tenant_id AS place_id, period.name AS period, s.cut, s.num::numeric, s.den::numeric,
    {divisor} AS divisor
FROM ({select}) AS s CROSS JOIN period
"""

_COUNTED = """
SELECT d.tenant_id AS place_id, period.name AS period, d.cut, d.people::numeric AS num, NULL::numeric AS den,
    1::bigint AS divisor
FROM (
    SELECT tenant_id, cut, count(*) AS people
    FROM (SELECT {once} s.tenant_id, s.cut, s.{counted} FROM ({select}) AS s) AS once
    GROUP BY tenant_id, cut
) AS d CROSS JOIN period
"""

_COUNTED_BY_KEY = """
SELECT d.region_id AS place_id, period.name AS period, d.cut, d.keys::numeric AS num, NULL::numeric AS den,
    1::bigint AS divisor
FROM (
    SELECT region_id, cut, count(*) AS keys
    FROM (
        SELECT DISTINCT below.region_id, s.cut, s.key
        FROM ({select}) AS s JOIN below ON below.tenant_id = s.tenant_id
    ) AS once GROUP BY region_id, cut
) AS d CROSS JOIN period
"""

_SUMMED = """
SELECT below.region_id AS place_id, f.period, f.cut, f.num, f.den, f.divisor
FROM figures.figure f JOIN below ON below.tenant_id = f.tenant_id
WHERE f.tenant_id = ANY($1::uuid[]) AND f.period = ANY($4::text[]) AND f.indicator = $11::text
"""

# A person without a document has no pseudonym, and counts once in each tenant.
_SUMMED_BUT_ONCE = f"""
{_SUMMED}
UNION ALL
SELECT d.region_id, period.name, d.cut, 1 - d.times, NULL, 1
FROM (
    SELECT region_id, cut, pseudonym, count(*) AS times
    FROM (
        SELECT DISTINCT shared.region_id, s.cut, shared.pseudonym, s.tenant_id, s.person_id
        FROM ({{select}}) AS s
        JOIN pg_temp.shared ON shared.tenant_id = s.tenant_id AND shared.person_id = s.person_id
        JOIN below ON below.tenant_id = s.tenant_id AND below.region_id = shared.region_id
    ) AS once GROUP BY region_id, cut, pseudonym
) AS d CROSS JOIN period WHERE d.times > 1
"""  # noqa: S608

_MAKE_SHARED = """
CREATE TEMPORARY TABLE IF NOT EXISTS shared (region_id uuid, tenant_id uuid, person_id uuid, pseudonym text)
ON COMMIT DELETE ROWS
"""

_NOTE_SHARED = """
INSERT INTO pg_temp.shared (region_id, tenant_id, person_id, pseudonym)
SELECT below.region_id, known.tenant_id, known.person_id, known.pseudonym
FROM (
    SELECT p.pseudonym FROM people.pseudonym p
    WHERE p.tenant_id = ANY($1::uuid[]) GROUP BY p.pseudonym HAVING count(*) > 1
) AS twice
JOIN people.pseudonym known ON known.pseudonym = twice.pseudonym
JOIN unnest($1::uuid[], $2::uuid[]) AS below(tenant_id, region_id) ON below.tenant_id = known.tenant_id
WHERE known.tenant_id = ANY($1::uuid[])
"""

_PLAIN = """
SELECT place_id, period, cut, sum(num) AS num, 1::bigint AS divisor, sum(den) AS den
FROM part GROUP BY place_id, period, cut
"""

_LOWEST_TERMS = """
SELECT place_id, period, cut, coalesce(div(num, gcd(num, common)), num) AS num,
    coalesce(div(common, gcd(num, common))::bigint, 1) AS divisor, den
FROM (
    SELECT place_id, period, cut, common::numeric AS common, sum(num * (common / divisor)) AS num,
        sum(den) AS den
    FROM (SELECT *, figures.lcm(divisor) OVER (PARTITION BY place_id, period, cut) AS common FROM part) AS c
    GROUP BY place_id, period, cut, common
) AS f
"""
