"""Periods, breakdowns and their values as people say them; a code stands nowhere on a page."""

from __future__ import annotations

from collections.abc import Mapping

from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.kernel.i18n import gettext_noop as _
from core.kernel.i18n import translator
from core.people.divisions import FOREIGN, LOCAL, NOT_STATED, PROVINCES

__all__ = ["MONTHS", "part_words", "period_words", "short_period", "value_words"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SEXES = {"0": _("sex unknown"), "1": _("men"), "2": _("women"), "9": _("sex not stated")}
_ORIGINS = {FOREIGN: _("from abroad"), LOCAL: _("from this town"), NOT_STATED: _("origin not stated")}


def period_words(period: Period, language: str) -> str:
    """`2025年3月`, `2025年第1季度`, `2025年`; `Mar 2025`, `Q1 2025`, `2025`."""
    year, month = period.first_day.year, period.first_day.month
    number = (month + 2) // 3
    if language == "zh":
        return {"month": f"{year}年{month}月", "quarter": f"{year}年第{number}季度", "year": f"{year}年"}[
            period.kind
        ]
    return {"month": f"{MONTHS[month - 1]} {year}", "quarter": f"Q{number} {year}", "year": str(year)}[
        period.kind
    ]


def short_period(period: Period, language: str) -> str:
    """For the axis of a chart: the year only where it begins."""
    year, month = period.first_day.year, period.first_day.month
    if period.kind == "year":
        return str(year)
    if period.kind == "quarter":
        number = f"{(month + 2) // 3}季" if language == "zh" else f"Q{(month + 2) // 3}"
        return number if month > 1 else f"{year}年{number}" if language == "zh" else f"{number} {year}"
    if language == "zh":
        return f"{month}月" if month > 1 else f"{year}年"
    return MONTHS[month - 1] if month > 1 else str(year)


def value_words(cut: str, value: str, language: str, words: Mapping[str, str] = {}) -> str:
    """A value of a breakdown in words: `sex`, `age` and `origin` are the platform's own; others bring their `words`."""
    tell = translator(language)
    if value in words:
        return tell(words[value])
    if cut == "sex":
        return tell(_SEXES.get(value, value))
    if cut == "age":
        if value == NOT_STATED:
            return tell(_("age not stated"))
        shown = f"{value[:-1]}+" if value.endswith("+") else value.replace("-", "–")
        return tell(_("%(ages)s years")) % {"ages": shown}
    if cut == "origin":
        if province := PROVINCES.get(value):
            return province.zh if language == "zh" else province.en
        return tell(_ORIGINS.get(value, _("origin not stated")))
    return value


def part_words(indicator: Indicator, cell: str, language: str) -> str:
    """A cell `name=value` of a breakdown in words, '' for the total: `women`, `women by age: 25–34 years`."""
    name, _equals, value = cell.partition("=")
    cut = next((each for each in indicator.cuts if each.name == name), None)
    if not value or cut is None:
        return ""
    words = value_words(cut.kind, value, language, cut.words)
    return f"{translator(language)(cut.title)}: {words}" if cut.values else words
