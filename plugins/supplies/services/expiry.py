"""Until when goods can be used: how the day is written, and how near it is."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Literal

from core.sdk import BadInput
from core.sdk import gettext_noop as _

__all__ = ["BUCKETS", "Bucket", "bucket_of", "parse_expiry", "told_expiry"]

BUCKETS = (30, 90, 180)
"""Days: what ends within them is shown, the nearest first."""

Bucket = Literal["", "expired", "30", "90", "180"]

_MONTH = re.compile(r"([0-9]{4})([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def parse_expiry(text: str) -> date:
    """`202706` is the last day of June, `2027-06-15` that day; raises ValueError for anything else."""
    if match := _MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2])
        if not (1 <= month <= 12 and year):
            raise ValueError(text)
        return date(year, month, monthrange(year, month)[1])
    if match := _DAY.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    raise ValueError(text)


def told_expiry(text: str) -> date:
    """The same of what somebody typed as `expiry`; raises `BadInput`."""
    try:
        return parse_expiry(text)
    except ValueError:
        raise BadInput(
            fields={"expiry": _("Write 202706 for the end of June 2027, or 2027-06-15.")}
        ) from None


def bucket_of(expiry: date, day: date) -> Bucket:
    """How near it is on a day; on its last day a lot is still good, and it has expired on the one after."""
    left = (expiry - day).days
    if left < 0:
        return "expired"
    if left > BUCKETS[-1]:
        return ""
    return "30" if left <= BUCKETS[0] else "90" if left <= BUCKETS[1] else "180"
