"""Figures for pages: what is stored, exactly; suppression comes after, on output."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.figures.indicators import AGE_BANDS
from core.kernel.db import Row, Transaction

__all__ = ["Figure", "Figures", "cell_of", "compared", "figures_of", "is_stale", "series"]

_ORDER = {band: place for place, (band, _) in enumerate(AGE_BANDS)} | {"65+": len(AGE_BANDS)}


class Figure(Struct, frozen=True, kw_only=True):
    """One cell. `value` None is unknown: nothing was reported; `den` None: it has no denominator."""

    indicator: str
    period: str
    cut: str
    value: Fraction | None
    den: Fraction | None = None

    @property
    def share(self) -> Fraction | None:
        """The part of the denominator; None where that is 0 (not applicable) or unknown."""
        return self.value / self.den if self.value is not None and self.den else None


class Figures:
    """The figures of one place and period."""

    def __init__(self, cells: Iterable[Figure]) -> None:
        self._cells = {(cell.indicator, cell.cut): cell for cell in cells}

    def get(self, indicator: str, cut: str = "") -> Figure | None:
        """A cell; None where there is none: the plug-in is off, or the cut is 0."""
        return self._cells.get((indicator, cut))

    def cut(self, indicator: str, name: str) -> dict[str, Figure]:
        """The cells of a cut by value: ages by age, the rest by value; a value that is 0 is absent."""
        found = {
            cut.removeprefix(f"{name}="): cell
            for (code, cut), cell in self._cells.items()
            if code == indicator and cut.startswith(f"{name}=")
        }
        return {value: found[value] for value in self.ages(*found)}

    def only(self, indicators: Collection[str]) -> Figures:
        """Those of some indicators."""
        return Figures(cell for (code, _cut), cell in self._cells.items() if code in indicators)

    @staticmethod
    def ages(*values: str) -> list[str]:
        """Each once, ages by age, the rest by value."""
        return sorted(set(values), key=lambda value: (_ORDER.get(value, 99), value))

    def __len__(self) -> int:
        return len(self._cells)


async def figures_of(
    tx: Transaction, place: UUID, period: str, indicators: Sequence[str] | None = None
) -> Figures:
    """A tenant's or a region's figures of a period, with their cuts."""
    rows = await tx.fetch(_OF_PLACE, place, period, indicators)
    return Figures(cell_of(row) for row in rows)


async def series(
    tx: Transaction, place: UUID, indicator: str, periods: Sequence[str], cut: str = ""
) -> dict[str, Figure]:
    """One cell over several periods, in their order; periods without it are absent."""
    rows = await tx.fetch(_SERIES, place, periods, indicator, cut)
    found = {row["period"]: cell_of(row) for row in rows}
    return {period: found[period] for period in periods if period in found}


async def compared(
    tx: Transaction,
    places: Sequence[UUID],
    period: str,
    indicators: Sequence[str] | None,
    cuts: Sequence[str] | None,
) -> Mapping[UUID, Figures]:
    """One period side by side for several tenants of the town: each has an entry, which may be empty.

    Of all indicators, and with all cells, with None; `totals_in` names the cells of the totals.
    """
    rows = await tx.fetch(_COMPARED, places, period, indicators, cuts)
    cells: dict[UUID, list[Figure]] = {place: [] for place in places}
    for row in rows:
        cells[row["tenant_id"]].append(cell_of(row))
    return {place: Figures(listed) for place, listed in cells.items()}


async def is_stale(tx: Transaction, place: UUID) -> bool:
    """Whether a change waits to be worked into the figures of this place."""
    return await tx.fetchval("SELECT EXISTS (SELECT FROM figures.stale WHERE tenant_id = $1)", place)


def cell_of(row: Row) -> Figure:
    """From a row with the columns of figures.figure."""
    return Figure(
        indicator=row["indicator"],
        period=row["period"],
        cut=row["cut"],
        value=_fraction(row["num"], row["divisor"]),
        den=_fraction(row["den"], 1),
    )


def _fraction(number: Any, divisor: int) -> Fraction | None:
    return None if number is None else Fraction(number) / divisor


_CELLS = "SELECT tenant_id, period, indicator, cut, num, divisor, den FROM figures.figure WHERE"

_OF_PLACE = f"{_CELLS} tenant_id = $1 AND period = $2 AND ($3::text[] IS NULL OR indicator = ANY($3))"

_SERIES = f"{_CELLS} tenant_id = $1 AND period = ANY($2::text[]) AND indicator = $3 AND cut = $4"

_COMPARED = (
    f"{_CELLS} tenant_id = ANY($1::uuid[]) AND period = $2 AND ($3::text[] IS NULL OR indicator = ANY($3))"
    " AND ($4::text[] IS NULL OR cut = ANY($4))"
)
