"""The figures as rows of the exchange format: exact numbers as text, the town first, absent cells absent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from core.figures.indicators import Catalogue, Indicator
from core.figures.periods import parse_period
from core.kernel.db import Row, Transaction

__all__ = ["COLUMNS", "ExportRow", "exported"]

COLUMNS = ("level", "unit", "period", "indicator", "cut", "num", "den")


class ExportRow(Struct, frozen=True):
    """A line of `figures.csv`, in the order of `COLUMNS`; an empty num is unknown, an empty den is none."""

    level: str
    unit: str
    period: str
    indicator: str
    cut: str
    num: str
    den: str


async def exported(
    tx: Transaction,
    catalogue: Catalogue,
    *,
    region: UUID | None = None,
    year: int | None = None,
    everything: bool = False,
) -> AsyncIterator[ExportRow]:
    """All cells of the deployment, or of one town or year, for a transaction of the login `figures`.

    Only the indicators of the exchange format, and of a year that came in files no later months than they cover,
    unless `everything` is asked for.
    """
    listed = {i.code: i for i in catalogue.indicators if everything or i.is_exchanged}
    for place in await tx.fetch(_PLACES, region):
        ends = {} if everything else await _files_end(tx, place["region_id"])
        cells = await tx.fetch(_CELLS, place["id"], list(listed), None if year is None else str(year))
        for cell in cells:
            if _is_covered(cell["period"], ends):
                yield _row(place, cell, listed[cell["indicator"]])


async def _files_end(tx: Transaction, region: UUID) -> dict[int, date]:
    """By year the last day that the files of a town tell of, where nothing happened since in the same year."""
    return {row["day"].year: row["day"] for row in await tx.fetch(_FILES_END, region)}


def _is_covered(name: str, ends: Mapping[int, date]) -> bool:
    period = parse_period(name)
    return period.first_day <= ends.get(period.first_day.year, date.max)


def _row(place: Row, cell: Row, indicator: Indicator) -> ExportRow:
    return ExportRow(
        level=place["level"],
        unit=place["code"],
        period=cell["period"],
        indicator=cell["indicator"],
        cut=cell["cut"],
        num=_text(cell["num"], cell["divisor"], indicator.decimals),
        den=_text(cell["den"], 1),
    )


def _text(number: Decimal | None, divisor: int, decimals: int | None = None) -> str:
    if number is None:
        return ""
    if decimals is not None:
        return f"{number / divisor:.{decimals}f}"
    return str(Fraction(number) / divisor)


_FILES_END = """
WITH told AS (
    SELECT date_part('year', f.day) AS year, max(f.day) AS day
    FROM tenancy.tenant t CROSS JOIN LATERAL unnest(t.covered_to) AS f(day)
    WHERE t.region_id = $1 GROUP BY date_part('year', f.day)
)
SELECT e.day FROM told e
WHERE NOT EXISTS (
    SELECT FROM people.movement m JOIN tenancy.tenant t ON t.id = m.tenant_id
    WHERE t.region_id = $1 AND m.day > e.day AND date_part('year', m.day) = e.year
        AND m.kind NOT IN ('OPENING', 'CLOSING'))
"""

_PLACES = """
SELECT id, region_id, level, code FROM (
    SELECT id, id AS region_id, level, code, CASE level WHEN 'county' THEN 0 ELSE 1 END AS rank FROM tenancy.region
    UNION ALL SELECT id, region_id, 'tenant', code, 2 FROM tenancy.tenant
) AS places WHERE $1::uuid IS NULL OR region_id = $1 ORDER BY rank, code COLLATE "C", id
"""

_CELLS = """
SELECT period, indicator, cut, num, divisor, den FROM figures.figure
WHERE tenant_id = $1 AND indicator = ANY($2::text[]) AND ($3::text IS NULL OR left(period, 4) = $3)
ORDER BY period, indicator, cut
"""
