"""The platform's own settings of a town: its calendar, due days, and what is too small to be shown."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from msgspec import Struct

from core.kernel.db import Transaction
from core.tenancy.settings import read_settings, write_settings

__all__ = ["PLATFORM", "TownSettings", "keep_town_settings", "town_settings"]

PLATFORM = ""
"""Stands where a plug-in's name stands."""


class TownSettings(
    Struct,
    frozen=True,
    kw_only=True,
    rename={
        "due_working_day": "reporting.due_working_day",
        "holidays": "calendar.holidays",
        "worked_weekend_days": "calendar.worked_weekend_days",
        "cyp_factor_set": "supplies.cyp_factor_set",
        "favourable_outcomes": "rights.favourable_outcomes",
        "k_normal": "disclosure.k_normal",
        "k_high": "disclosure.k_high",
        "min_unit_population": "disclosure.min_unit_population",
    },
):
    """Stored under the names of `town.toml`."""

    synthetic_ids: bool = False
    """Accept identity numbers of the impossible province 00: a town of invented people."""
    known_id_prefixes: tuple[str, ...] = ()
    """First six digits that earn no warning although no division table has them."""
    due_working_day: int = 5
    """A monthly report is due on this working day of the next month."""
    holidays: tuple[date, ...] = ()
    """Days off that are not weekends."""
    worked_weekend_days: tuple[date, ...] = ()
    """Saturdays and Sundays on which people work, in exchange for days off."""
    cyp_factor_set: str = ""
    """By which factors the supplies that were handed out count as years of protection."""
    favourable_outcomes: tuple[str, ...] = ()
    """The outcomes of a rights case that count as favourable."""
    k_normal: int = 5
    """Smaller numbers than this are not shown."""
    k_high: int = 10
    """The same for sensitive figures."""
    min_unit_population: int = 30
    """No service figures of a unit with fewer people present."""

    def is_working_day(self, day: date) -> bool:
        if day in self.worked_weekend_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def working_days_until(self, day: date, last: date) -> int:
        """How many working days come after `day`, `last` included."""
        return sum(
            self.is_working_day(day + timedelta(days=ahead)) for ahead in range(1, (last - day).days + 1)
        )

    def working_day(self, year: int, month: int, number: int) -> date:
        """The first, second, ... working day of a month; it may lie in the next one."""
        day = date(year, month, 1)
        while True:
            number -= self.is_working_day(day)
            if number <= 0:
                return day
            day += timedelta(days=1)


async def town_settings(tx: Transaction) -> TownSettings:
    """As they hold in the scope's town or tenant."""
    return await read_settings(tx, PLATFORM, TownSettings)


async def keep_town_settings(tx: Transaction, settings: TownSettings, year: int | None = None) -> list[str]:
    """Keep the town's settings; with `year` the calendars of other years stay. The names of what changed.

    The calendar of a year covers its days and those of the next January.
    """
    if year is not None:
        known = await town_settings(tx)
        settings = msgspec.structs.replace(
            settings,
            holidays=_merged(known.holidays, settings.holidays, year),
            worked_weekend_days=_merged(known.worked_weekend_days, settings.worked_weekend_days, year),
        )
    return await write_settings(tx, PLATFORM, settings)


def _merged(known: tuple[date, ...], given: tuple[date, ...], year: int) -> tuple[date, ...]:
    first, last = date(year, 1, 1), date(year + 1, 1, 31)
    return tuple(sorted({day for day in known if not first <= day <= last} | set(given)))
