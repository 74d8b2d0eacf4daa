"""The totals of one place over many periods: for trends, and for what may be seen of a sum beside its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from core.figures.indicators import Indicator, totals_in
from core.figures.periods import Period, containing
from core.figures.read import Figure, Figures, cell_of
from core.kernel.db import Transaction

__all__ = ["last_periods", "totals_of"]

LENGTH = {"month": 13, "quarter": 8, "year": 6}

_TOTALS = """
SELECT period, indicator, cut, num, divisor, den FROM figures.figure
WHERE tenant_id = $1 AND period = ANY($2::text[]) AND indicator = ANY($3::text[]) AND cut = ANY($4::text[])
"""


def last_periods(period: Period, since: Period | None = None) -> list[Period]:
    """The periods of the same kind up to this one, the oldest first: thirteen months, eight quarters, six years."""
    found = [period]
    while len(found) < LENGTH[period.kind] and (since is None or found[0].first_day > since.first_day):
        found.insert(0, found[0].previous)
    return found


async def totals_of(
    tx: Transaction, place: UUID, indicators: Sequence[Indicator], periods: Iterable[Period]
) -> dict[str, Figures]:
    """By period; with those periods that the given ones are made of. A period without figures is there, empty."""
    names = {period.name for whole in periods for period in _with_parts(whole)}
    codes = [indicator.code for indicator in indicators]
    rows = await tx.fetch(_TOTALS, place, sorted(names), codes, totals_in(indicators))
    cells: dict[str, list[Figure]] = {name: [] for name in names}
    for row in rows:
        cells[row["period"]].append(cell_of(row))
    return {name: Figures(listed) for name, listed in cells.items()}


def _with_parts(period: Period) -> Iterable[Period]:
    yield period
    for month in period.months if period.kind != "month" else ():
        yield from containing(month.first_day)[: 2 if period.kind == "year" else 1]
