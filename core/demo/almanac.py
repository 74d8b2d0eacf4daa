"""Published days off, working days, and the Spring Festival that shapes a migrant's year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

__all__ = ["calendar_lines", "due_day", "festival", "is_working", "last_of_month", "months_before", "span"]

# (first day, last day) of every announced break; only announced years stand here, none is guessed.
BREAKS = {
    2025: (
        (date(2025, 1, 1), date(2025, 1, 1)),
        (date(2025, 1, 28), date(2025, 2, 4)),
        (date(2025, 4, 4), date(2025, 4, 6)),
        (date(2025, 5, 1), date(2025, 5, 5)),
        (date(2025, 5, 31), date(2025, 6, 2)),
        (date(2025, 10, 1), date(2025, 10, 8)),
    ),
    2026: (
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 2, 15), date(2026, 2, 23)),
        (date(2026, 4, 4), date(2026, 4, 6)),
        (date(2026, 5, 1), date(2026, 5, 5)),
        (date(2026, 6, 19), date(2026, 6, 21)),
        (date(2026, 9, 25), date(2026, 9, 27)),
        (date(2026, 10, 1), date(2026, 10, 7)),
    ),
}
WORKED = {
    2025: (date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11)),
    2026: (
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ),
}
FESTIVAL = {2025: date(2025, 1, 29), 2026: date(2026, 2, 17)}


def festival(year: int) -> date:
    """The first day of the lunar year; a middle day where it is not known, which only shapes the season."""
    return FESTIVAL.get(year, date(year, 2, 5))


def last_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)


def months_before(today: date) -> range:
    """The months of the year that are over on this day."""
    return range(1, today.month)


def due_day(year: int, month: int, working_day: int = 5) -> date:
    """The day on which the report of a month is due: the n-th working day of the next month."""
    day = last_of_month(year, month)
    left = working_day
    while left:
        day += timedelta(days=1)
        left -= is_working(day)
    return day


def is_working(day: date) -> bool:
    """Whether offices are open."""
    if day in WORKED.get(day.year, ()):
        return True
    breaks = BREAKS.get(day.year, ())
    return day.weekday() < 5 and not any(first <= day <= last for first, last in breaks)


def holidays_of(year: int) -> list[date]:
    """Days off of the year and of the January after it, as far as they are announced."""
    spans = [*BREAKS.get(year, ()), *BREAKS.get(year + 1, ())]
    days = [day for first, last in spans for day in span(first, last)]
    return [day for day in days if belongs(day, year)]


def worked_of(year: int) -> list[date]:
    """Weekend days that are worked, of the year and of the January after it."""
    return [day for day in (*WORKED.get(year, ()), *WORKED.get(year + 1, ())) if belongs(day, year)]


def belongs(day: date, year: int) -> bool:
    """Whether the calendar of a year covers the day: the year and the January after it."""
    return day.year == year or (day.year == year + 1 and day.month == 1)


def span(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def calendar_lines(year: int) -> list[str]:
    """The [calendar] table of town.toml, with a note for every year whose breaks are not announced here."""
    lines = ["[calendar]  # public holidays (not worked) and weekend days that are worked"]
    for missing, part in ((year, "the year"), (year + 1, "the January after it")):
        if missing not in BREAKS:
            lines.append(f"# {missing}: breaks not announced when this was written; {part} has weekends only")
    lines.append(f"holidays = [{', '.join(map(str, holidays_of(year)))}]")
    lines.append(f"worked_weekend_days = [{', '.join(map(str, worked_of(year)))}]")
    return lines
