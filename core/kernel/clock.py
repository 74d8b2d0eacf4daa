"""The only clock: everything that asks for the time asks here, so that tests can stop it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ["TOWN_ZONE", "freeze", "minute_of", "month_of", "now", "offset", "today"]

TOWN_ZONE = "Asia/Shanghai"

_frozen: datetime | None = None


def now() -> datetime:
    """This moment, in UTC."""
    return _frozen or datetime.now(UTC)


def offset() -> timedelta:
    """What tests moved this clock by, else zero. Expiry is the database's `now()` plus this."""
    return _frozen - datetime.now(UTC) if _frozen else timedelta(0)


def today(zone: str = TOWN_ZONE) -> date:
    """The calendar day of the town; the day is the smallest unit of every figure."""
    return now().astimezone(ZoneInfo(zone)).date()


def minute_of(moment: datetime, zone: str = TOWN_ZONE) -> str:
    """The minute in the town, for reading: `2025-03-21 16:40`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def month_of(day: date) -> str:
    """The month period of a day: `2025-03`."""
    return f"{day.year:04d}-{day.month:02d}"


@contextmanager
def freeze(moment: datetime) -> Generator[None]:
    """Stop the clock of this process at `moment` (aware); for tests."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
