"""A figure as a page shows it: the number, or a sign with its reason. Never 0 for what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from core.figures.indicators import Indicator
from core.figures.read import Figure
from core.figures.suppression import HIDDEN, NOT_APPLICABLE, NOT_SHOWN, Rule
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "BEFORE",
    "DASH",
    "NOT_BEGUN",
    "OFF",
    "ZERO",
    "Shown",
    "change_of",
    "exact",
    "guarded",
    "in_tens",
    "left_out",
    "number_words",
]

DASH = "—"

OFF = _("The service module of this figure is not switched on here.")
BEFORE = _("The figures begin after this period.")
NOT_BEGUN = _("This month has not begun.")
NOT_REPORTED = _("Nothing was reported for this period.")
NOTHING_TO_COUNT = _("Not applicable: there was nothing of which this could be a part.")
TOO_SMALL = _("Numbers below %(k)s are not shown, so that nobody can be recognised.")
TOO_FEW_PEOPLE = _("Not shown: fewer than %(people)s people are registered here.")
IN_TENS = _("Rounded to tens, so that nobody can be told from the figures beside it.")
LEFT_OUT = _("Not shown, because the figures beside it would tell how few men or women are of this age.")
BESIDE = _("Not shown, because the small number beside it could be worked out from it.")


class Shown(Struct, frozen=True, kw_only=True):
    """`number` is there only where the exact value may be seen; `reason` is a message id with `params`."""

    text: str
    number: float | None = None
    about: float | None = None
    """A rounded number, to be drawn where the exact one may not be seen."""
    numerator: str = ""
    denominator: str = ""
    """Of a ratio: both as shown, so that it can be judged."""
    is_share: bool = False
    """In per cent, so that a change is one of percentage points."""
    reason: str = ""
    params: Mapping[str, int] = {}


ZERO = Shown(text="0", number=0.0)


def exact(figure: Figure | None, indicator: Indicator, missing: str = OFF) -> Shown:
    """The stored value; `missing` is the reason where there is no figure."""
    if figure is None:
        return Shown(text=DASH, reason=missing)
    if figure.value is None:
        return Shown(text=DASH, reason=NOT_REPORTED)
    if indicator.org_rule != "RATIO":
        return Shown(text=number_words(figure.value, indicator.decimals), number=float(figure.value))
    if not figure.den:
        return Shown(text=DASH, reason=NOTHING_TO_COUNT)
    share = figure.value / figure.den * (1 if indicator.is_mean else 100)
    return Shown(
        text=f"{float(share):,.2f}" if indicator.is_mean else f"{float(share):.1f} %",
        number=float(share),
        numerator=number_words(figure.value),
        denominator=number_words(figure.den),
        is_share=not indicator.is_mean,
    )


def guarded(mark: str, figure: Figure | None, indicator: Indicator, rule: Rule, missing: str = OFF) -> Shown:
    """What `core.figures.suppression` left of a figure."""
    if figure is None or figure.value is None or figure.den == 0 or mark == NOT_APPLICABLE:
        return exact(figure, indicator, missing)
    if mark == NOT_SHOWN:
        return Shown(text=DASH, reason=TOO_FEW_PEOPLE, params={"people": rule.least_population})
    if mark == HIDDEN:
        return Shown(text=HIDDEN, reason=BESIDE)
    if mark == rule.too_few:
        return Shown(text=mark, reason=TOO_SMALL, params={"k": rule.k})
    return exact(figure, indicator, missing)


def in_tens(number: int, tens: int, rule: Rule) -> Shown:
    """A side of a pyramid: none is below the threshold as well, since what is missing on one side is on the other."""
    if number < rule.k:
        return Shown(text=rule.too_few, reason=TOO_SMALL, params={"k": rule.k})
    return Shown(text=f"≈{tens:,}", about=float(tens), reason=IN_TENS)


def left_out() -> Shown:
    """A side of an age that a pyramid does not show."""
    return Shown(text=HIDDEN, reason=LEFT_OUT)


def change_of(now: Shown, before: Shown) -> str:
    """The difference with its sign; of a share in percentage points; empty where one of the two is not known."""
    if now.number is None or before.number is None:
        return ""
    difference = Fraction(str(round(now.number - before.number, 1 if now.is_share else 2)))
    if difference == 0:
        return "±0"
    words = number_words(difference, 1 if now.is_share else None)
    return f"+{words}" if difference > 0 else words


def number_words(value: Fraction, decimals: int | None = None) -> str:
    """In groups of three; decimals only where the value has some; below 0 with a minus sign, not a hyphen."""
    if decimals is None:
        decimals = 0 if value.denominator == 1 else 2
    return f"{float(value):,.{decimals}f}".replace("-", "−")
