"""The choice of a period in an address: what was asked for, its neighbours, and everything to choose from."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from core.figures.periods import Period, containing, month, parse_period, periods_between
from core.kernel.errors import BadInput

__all__ = ["Choice", "choose_period"]


class Choice(Struct, frozen=True, kw_only=True):
    """`kinds` are the month, the quarter and the year that begin where the chosen period does or hold it."""

    period: Period
    earlier: Period | None
    later: Period | None
    kinds: tuple[Period, ...]
    options: tuple[Period, ...]
    """Of the same kind, the newest first."""
    since: Period


def choose_period(text: str, starts: date, today: date) -> Choice:
    """The period of that name if the place has it, else this month; a place that opens later has its first month."""
    ends = max(month(today).last_day, month(starts).last_day)
    there_are = periods_between(starts, ends)
    period = _parsed(text)
    if period not in there_are:
        period = month(ends)
    same = [each for each in there_are if each.kind == period.kind]
    at = same.index(period)
    newest = min(period.last_day, ends)
    return Choice(
        period=period,
        earlier=same[at - 1] if at else None,
        later=same[at + 1] if at + 1 < len(same) else None,
        kinds=tuple(period if each.kind == period.kind else each for each in containing(newest)),
        options=tuple(reversed(same)),
        since=same[0],
    )


def _parsed(text: str) -> Period | None:
    try:
        return parse_period(text)
    except BadInput:
        return None
