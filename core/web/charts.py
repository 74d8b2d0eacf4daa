"""Charts: a table that is drawn as well, and the sparks that stand inside tables.

`web/charts.html` writes the table; `charts.js` draws what stands in it, so that the two cannot differ. A spark is
inline SVG with attributes and classes alone, which the content policy allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

__all__ = ["MOST_SERIES", "Bar", "Chart", "Kind", "Link", "Series", "Spark", "Value", "spark_of", "width_of"]

Kind = Literal["trend", "bars", "pyramid", "compared"]
"""Lines over periods; one bar for each row; two sides of one table of ages; bars of units beside each other."""

MOST_SERIES = 5
"""More lines than these nobody tells apart."""

WIDTH, HEIGHT = 360.0, 72.0
GAP = 0.3


class Value(Struct, frozen=True, kw_only=True):
    """A cell: what is read, and the number that is drawn. None is not known, and `reason` (a message id) says why."""

    text: str
    number: float | None = None
    reason: str = ""
    params: Mapping[str, int] = {}
    address: str = ""
    """The page of what is behind it, where the reader may open one."""


class Series(Struct, frozen=True):
    """A column of the table: one line, or one bar of each row."""

    name: str
    values: tuple[Value, ...]


class Link(Struct, frozen=True):
    words: str
    address: str


class Chart(Struct, frozen=True, kw_only=True):
    """Everything in the reader's language; only the reasons of the values are message ids."""

    kind: Kind
    caption: str
    period: str
    unit: str
    head: str
    """What the rows are: months, units, provinces."""
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    heard: str = ""
    """`n of m reported`."""
    behind: Link | None = None
    """The page of what is behind the whole chart."""
    drawn: int = 40
    """So many rows are drawn; the table has all."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= MOST_SERIES:
            raise ValueError(f"A chart has one to {MOST_SERIES} series, not {len(self.series)}.")
        if any(len(each.values) != len(self.labels) for each in self.series):
            raise ValueError("Every series has a value for each label.")
        if self.kind == "pyramid" and len(self.series) != 2:
            raise ValueError("A pyramid has two sides.")

    @property
    def is_known(self) -> bool:
        """Whether there is anything to draw."""
        return any(value.number is not None for each in self.series for value in each.values)

    @property
    def values(self) -> tuple[Value, ...]:
        return tuple(value for each in self.series for value in each.values)


class Bar(Struct, frozen=True, kw_only=True):
    left: float
    width: float
    top: float
    height: float
    is_last: bool


class Spark(Struct, frozen=True):
    bars: tuple[Bar, ...]
    width: float = WIDTH
    height: float = HEIGHT


def spark_of(numbers: Sequence[float | None]) -> Spark | None:
    """Bars from zero, up or down, so that a small change looks small; None where fewer than two can be compared."""
    known = [number for number in numbers if number is not None]
    if len(known) < 2:
        return None
    lowest = min(0.0, *known)
    highest = max(0.0, *known) or (0.0 if lowest else 1.0)
    span = highest - lowest
    step = WIDTH / len(numbers)
    bars: list[Bar] = []
    for place, number in enumerate(numbers):
        reached = number or 0.0
        bars.append(
            Bar(
                left=round(step * (place + GAP / 2), 1),
                width=round(step * (1 - GAP), 1),
                top=round(HEIGHT * ((highest - max(reached, 0.0)) / span), 1),
                height=round(HEIGHT * (abs(reached) / span), 1),
                is_last=place == len(numbers) - 1,
            )
        )
    return Spark(tuple(bars))


def width_of(value: float, largest: float) -> str:
    """The length of a bar in a table, in percent of the longest."""
    return f"{100 * value / largest:.1f}%" if largest > 0 and value > 0 else "0%"
