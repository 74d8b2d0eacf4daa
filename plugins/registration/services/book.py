"""The months of the book: end = start + in - out, month by month, up to the present one."""

from __future__ import annotations

from datetime import date

from core.sdk import BadInput
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, month, parse_period

__all__ = ["month_named"]


def month_named(text: str, today: date) -> Period:
    """'' is the present month, and what has not come yet too. Raises `BadInput` for what is no month."""
    try:
        period = parse_period(text) if text else month(today)
    except BadInput:
        period = None
    if period is None or period.kind != "month":
        raise BadInput(fields={"month": _("Write a month such as 2025-03.")})
    return min(period, month(today))
