"""One breakdown of an indicator beside the period before, its values in words, with bars to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from core.figures.display import ZERO, Shown, exact, guarded, in_tens, left_out
from core.figures.indicators import AGE_BANDS, Cut, Indicator, Naming
from core.figures.protection import Protection
from core.figures.pyramid import Age, ages_of, hidden_ages, rounded
from core.figures.read import Figure, Figures
from core.figures.words import value_words
from core.web.charts import width_of

__all__ = ["Breakdown", "Names", "Part", "break_down"]

_AGES = {band: place for place, (band, _) in enumerate(AGE_BANDS)} | {"65+": len(AGE_BANDS)}


Names = Mapping[Naming | None, Mapping[str, str]]
"""What the place calls the values of cuts, by who was asked."""


class Part(Struct, frozen=True, kw_only=True):
    """A value of a breakdown; `cut` is its cell, `width` that of its bar."""

    cut: str
    name: str
    now: Shown
    before: Shown
    width: str


class Breakdown(Struct, frozen=True, kw_only=True):
    """`title` is a message id; values that occur in neither period are left out."""

    title: str
    is_partition: bool
    parts: tuple[Part, ...]


def break_down(
    indicator: Indicator,
    cut: Cut,
    now: Figures,
    before: Figures,
    *,
    language: str,
    protection: Protection | None,
    others: Sequence[Indicator] = (),
    names: Names | None = None,
) -> Breakdown:
    """Exact without a protection. A value that is not stored is 0 where there is a total, else unknown.

    `others` are all figures that the reader may see of the place.
    """
    given = (names or {}).get(cut.named, {})
    shown, shown_before = (_shown(indicator, cut, figures, protection, others) for figures in (now, before))
    largest = max((part.number or 0.0 for part in shown.values()), default=0.0)
    absent, absent_before = (_absent(indicator, figures) for figures in (now, before))
    parts = [
        Part(
            cut=f"{cut.name}={value}",
            name=given.get(value) or value_words(cut.kind, value, language, cut.words),
            now=shown.get(value, absent),
            before=shown_before.get(value, absent_before),
            width=width_of(shown.get(value, absent).number or 0.0, largest),
        )
        for value in _ordered(cut, shown, shown_before)
    ]
    return Breakdown(title=cut.title, is_partition=cut.partition, parts=tuple(parts))


def _shown(
    indicator: Indicator,
    cut: Cut,
    figures: Figures,
    protection: Protection | None,
    others: Sequence[Indicator],
) -> dict[str, Shown]:
    cells: Mapping[str, Figure] = figures.cut(indicator.code, cut.name)
    if protection is None:
        return {value: exact(cell, indicator) for value, cell in cells.items()}
    if indicator.is_pyramid:
        return _side(indicator, cut, figures, protection, others)
    rule = protection.rule(indicator)
    marks = protection.parts(indicator, figures.get(indicator.code, indicator.totals[0]), cells)
    return {value: guarded(marks[value], cell, indicator, rule) for value, cell in cells.items()}


def _side(
    indicator: Indicator, cut: Cut, figures: Figures, protection: Protection, others: Sequence[Indicator]
) -> dict[str, Shown]:
    """Of a pyramid: both sides tell of the same ages."""
    hidden = hidden_ages(indicator, figures, protection, others)
    rule = protection.rule(indicator)

    def shown(name: str, age: Age) -> Shown:
        number = age.left if cut is indicator.cuts[0] else age.right
        return left_out() if name in hidden else in_tens(number, rounded(number), rule)

    return {name: shown(name, age) for name, age in ages_of(indicator, figures).items()}


def _absent(indicator: Indicator, figures: Figures) -> Shown:
    total = figures.get(indicator.code, indicator.totals[0])
    return ZERO if total is not None and total.value is not None else exact(total, indicator)


def _ordered(cut: Cut, now: Mapping[str, Shown], before: Mapping[str, Shown]) -> list[str]:
    """Ages by age, origins with the most first, others by their value."""

    def place(value: str) -> tuple[float, str]:
        if cut.kind == "age":
            return float(_AGES.get(value, 99)), value
        if cut.kind == "origin":
            return -(now[value].number or 0.0) if value in now else 0.0, value
        return 0.0, value

    return sorted({*now, *before}, key=place)
