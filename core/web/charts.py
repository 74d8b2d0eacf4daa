"""A trend as a drawing: how high its bars stand and which of their values are written at them.

Drawn by `web/charts.html` as inline SVG with attributes and classes alone, which the content policy allows.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

__all__ = ["Bar", "Chart", "Point", "draw", "width_of"]

WIDTH, TOP, BASE = 360.0, 20.0, 92.0
GAP = 0.3
LABELS = 7


class Point(Struct, frozen=True):
    """A period and its value; None leaves a gap, and `shown` stands for it in the table."""

    label: str
    value: float | None
    shown: str


class Bar(Struct, frozen=True):
    """`middle` is where its texts stand; `is_named` has the value written above it, `is_marked` its label below."""

    left: float
    width: float
    top: float
    height: float
    middle: float
    label: str
    shown: str
    is_named: bool
    is_marked: bool
    is_last: bool


class Chart(Struct, frozen=True):
    bars: tuple[Bar, ...]
    width: float = WIDTH
    height: float = BASE + 20
    base: float = BASE


def draw(points: Sequence[Point]) -> Chart | None:
    """Bars from zero, so that a small change looks small; None where fewer than two values can be compared."""
    known = [point.value for point in points if point.value is not None]
    if len(known) < 2:
        return None
    highest = max(known) or 1.0
    step = WIDTH / len(points)
    named = _named(points)
    every = -(-len(points) // LABELS)
    bars: list[Bar] = []
    for number, point in enumerate(points):
        height = (BASE - TOP) * (point.value or 0.0) / highest
        bars.append(
            Bar(
                left=round(step * (number + GAP / 2), 1),
                width=round(step * (1 - GAP), 1),
                top=round(BASE - height, 1),
                height=round(height, 1),
                middle=round(step * (number + 0.5), 1),
                label=point.label,
                shown=point.shown,
                is_named=number in named,
                is_marked=(len(points) - 1 - number) % every == 0,
                is_last=number == len(points) - 1,
            )
        )
    return Chart(tuple(bars))


def width_of(value: float, largest: float) -> str:
    """The length of a bar in a table, in percent of the longest."""
    return f"{100 * value / largest:.1f}%" if largest > 0 and value > 0 else "0%"


def _named(points: Sequence[Point]) -> set[int]:
    """The last value, and the highest and the lowest where they stand far enough from it and each other."""
    known = {number: point.value for number, point in enumerate(points) if point.value is not None}
    wanted = [max(known), max(known, key=lambda n: known[n]), min(known, key=lambda n: known[n])]
    named: list[int] = []
    for number in wanted:
        if all(abs(number - other) >= max(2, len(points) // 5) for other in named):
            named.append(number)
    # What is hidden is said where it stands.
    return {*named, *(number for number, point in enumerate(points) if point.value is None and point.shown)}
