"""The suppressed table of a year (exchange format, section 9): what may be published of each unit and the town."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from core.figures.indicators import Catalogue, Indicator
from core.figures.periods import Period
from core.figures.protection import Protection
from core.figures.read import Figures, figures_of
from core.kernel.db import Transaction
from core.tenancy.tenants import list_tenants

__all__ = ["COLUMNS", "PUBLISHED", "PublishedRow", "published_table"]

COLUMNS = ("unit", "indicator", "cut", "shown")

PUBLISHED = (
    ("POP-01", ""),
    ("POP-05", ""),
    ("SUP-05", "mode=IDENTIFIED"),
    ("HEA-02", ""),
    ("HEA-04", ""),
    ("RIG-01", ""),
)
"""Indicators and cuts, in the order of the table; one that no installed plug-in has is left out."""


class PublishedRow(Struct, frozen=True):
    """A line of `published.csv`, in the order of `COLUMNS`."""

    unit: str
    indicator: str
    cut: str
    shown: str


async def published_table(
    tx: Transaction, catalogue: Catalogue, region: UUID, code: str, year: Period, protection: Protection
) -> AsyncIterator[PublishedRow]:
    """Each indicator for the units in order of code, then for the town; in the town's scope.

    The units are those that were open in the year, and those that its files name though they open later.
    """
    figures: Mapping[str, Figures] = {
        tenant.code: await figures_of(tx, tenant.id, year.name)
        for tenant in await list_tenants(tx)
        if max(tenant.opened_on, tenant.books_from) <= year.last_day
        or tenant.files_end(year.last_day.year) is not None
    }
    town = await figures_of(tx, region, year.name)
    for name, cut in PUBLISHED:
        indicator = catalogue.get(name)
        if indicator is not None:
            marks = protection.table(_of_cut(indicator, cut), figures, town)
            for unit in (*sorted(figures), ""):
                yield PublishedRow(unit or code, name, cut, marks[unit])


def _of_cut(indicator: Indicator, cut: str) -> Indicator:
    """With the published cut for its total."""
    return replace(indicator, totals=(cut,))
