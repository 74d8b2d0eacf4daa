"""Periods: a month `2025-03`, a quarter `2025-Q1`, a year `2025`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from core.kernel.clock import month_of
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "Period",
    "containing",
    "month",
    "months_between",
    "parse_period",
    "periods_between",
    "quarter",
    "year",
]

FORM = re.compile(r"(?P<year>[12]\d{3})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])))?")


class Period(Struct, frozen=True, order=True):
    """A period with its first and last day, both included."""

    name: str
    first_day: date
    last_day: date

    @property
    def kind(self) -> Literal["month", "quarter", "year"]:
        if len(self.name) == 4:
            return "year"
        return "quarter" if "Q" in self.name else "month"

    @property
    def months(self) -> list[Period]:
        """Its months, itself if it is one."""
        return months_between(self.first_day, self.last_day)

    @property
    def previous(self) -> Period:
        """The period of the same kind before it."""
        before = containing(self.first_day - timedelta(days=1))
        return next(period for period in before if period.kind == self.kind)


def month(day: date) -> Period:
    """The month that `day` is in."""
    return _spanning(month_of(day), day.year, day.month, 1)


def quarter(day: date) -> Period:
    """The quarter that `day` is in."""
    number = (day.month + 2) // 3
    return _spanning(f"{day.year:04d}-Q{number}", day.year, 3 * number - 2, 3)


def year(day: date) -> Period:
    """The year that `day` is in."""
    return _spanning(f"{day.year:04d}", day.year, 1, 12)


def containing(day: date) -> tuple[Period, Period, Period]:
    """The month, the quarter and the year of a day."""
    return month(day), quarter(day), year(day)


def months_between(first: date, last: date) -> list[Period]:
    """The months from that of `first` to that of `last`."""
    found: list[Period] = []
    day = first.replace(day=1)
    while day <= last:
        found.append(month(day))
        day = found[-1].last_day + timedelta(days=1)
    return found


def periods_between(first: date, last: date) -> list[Period]:
    """Every month, quarter and year that has a day from `first` to `last`."""
    return _unique(period for each in months_between(first, last) for period in containing(each.first_day))


def parse_period(text: str) -> Period:
    """The period of that name; raises `BadInput`."""
    found = FORM.fullmatch(text)
    if found is None:
        raise BadInput(
            _("%(text)s is not a period."),
            _("Write a month 2025-03, a quarter 2025-Q1 or a year 2025."),
            text=text,
        )
    number = int(found["year"])
    if found["month"]:
        return month(date(number, int(found["month"]), 1))
    if found["quarter"]:
        return quarter(date(number, 3 * int(found["quarter"]), 1))
    return year(date(number, 1, 1))


def _spanning(name: str, number: int, first_month: int, months: int) -> Period:
    last_month = first_month + months - 1
    return Period(
        name, date(number, first_month, 1), date(number, last_month, monthrange(number, last_month)[1])
    )


def _unique(periods: Iterable[Period]) -> list[Period]:
    return list(dict.fromkeys(periods))
