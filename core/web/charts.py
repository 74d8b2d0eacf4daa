"""A trend as a drawing: where its line runs and which of its values are written at it.

Drawn by `web/charts.html` as inline SVG with attributes and classes alone, which the content policy allows.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

__all__ = ["Chart", "Dot", "Point", "draw", "width_of"]

WIDTH, HEIGHT = 360.0, 132.0
LEFT, RIGHT, TOP, BOTTOM = 26.0, 334.0, 22.0, 108.0


class Point(Struct, frozen=True):
    """A period and its value; None leaves a gap in the line, `shown` says why."""

    label: str
    value: float | None
    shown: str


class Dot(Struct, frozen=True):
    """A point at its place; `is_named` has its value written at it."""

    x: float
    y: float
    label: str
    shown: str
    is_named: bool
    is_last: bool


class Chart(Struct, frozen=True):
    """Lines between known neighbours (as SVG points), the dots, and the labels under the axis."""

    lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    axis: tuple[tuple[float, str], ...]
    base: float = BOTTOM
    width: float = WIDTH
    height: float = HEIGHT


def draw(points: Sequence[Point]) -> Chart | None:
    """From zero, so that a small change looks small; None where there are fewer than two values to compare."""
    known = [point.value for point in points if point.value is not None]
    if len(known) < 2:
        return None
    top = max(known) or 1.0
    step = (RIGHT - LEFT) / (len(points) - 1)
    xs = [round(LEFT + number * step, 1) for number in range(len(points))]
    named = _named(points)
    dots = tuple(
        Dot(
            x, _height(point.value, top), point.label, point.shown, number in named, number == len(points) - 1
        )
        for number, (x, point) in enumerate(zip(xs, points, strict=True))
        if point.value is not None
    )
    every = max(1, -(-len(points) // 7))
    axis = tuple(
        (x, point.label)
        for number, (x, point) in enumerate(zip(xs, points, strict=True))
        if number % every == 0
    )
    return Chart(tuple(_lines(points, xs, top)), dots, axis)


def width_of(value: float, largest: float) -> str:
    """The length of a bar in a table, in percent of the longest."""
    return f"{100 * value / largest:.1f}%" if largest > 0 and value > 0 else "0%"


def _named(points: Sequence[Point]) -> set[int]:
    """The last value, and the highest and the lowest where they stand far enough from others."""
    known = [number for number, point in enumerate(points) if point.value is not None]
    wanted = [
        known[-1],
        max(known, key=lambda n: points[n].value or 0),
        min(known, key=lambda n: points[n].value or 0),
    ]
    named: list[int] = []
    for number in wanted:
        if all(abs(number - other) >= max(2, len(points) // 5) for other in named):
            named.append(number)
    return set(named)


def _lines(points: Sequence[Point], xs: Sequence[float], top: float) -> list[str]:
    runs: list[list[str]] = [[]]
    for x, point in zip(xs, points, strict=True):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x},{_height(point.value, top)}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _height(value: float | None, top: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * (value or 0.0) / top, 1)
