"""The table that a run of the harness ends with: a line for each fault, with what it cost."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Struct

__all__ = ["PROPERTY", "Tally", "Verdict", "table"]

PROPERTY = "fault"
"""Under this name a test leaves its tallies to the report."""
HEADINGS = ("fault", "size", "lost", "double", "leaked", "verify")


class Verdict(Struct, frozen=True, kw_only=True):
    """What a round of faults cost."""

    lost: int
    double: int
    leaked: int
    is_proven: bool
    words: list[str]
    """A sentence for each thing that is wrong."""


class Tally(Struct, kw_only=True):
    """A fault, how often it was made, and what that cost in all its rounds."""

    fault: str
    size: int = 0
    lost: int = 0
    double: int = 0
    leaked: int = 0
    rounds: int = 0
    proven: int = 0
    words: list[str] = []

    def add(self, size: int, verdict: Verdict) -> None:
        self.size += size
        self.rounds += 1
        self.lost += verdict.lost
        self.double += verdict.double
        self.leaked += verdict.leaked
        self.proven += verdict.is_proven
        self.words += verdict.words

    @property
    def is_clean(self) -> bool:
        return (self.lost, self.double, self.leaked, self.proven, self.words) == (0, 0, 0, self.rounds, [])

    @property
    def noted(self) -> tuple[str, object]:
        """For pytest's `record_property`."""
        return PROPERTY, msgspec.to_builtins(self)

    def __add__(self, other: Tally) -> Tally:
        numbers = ("size", "lost", "double", "leaked", "rounds", "proven")
        sums = {name: getattr(self, name) + getattr(other, name) for name in numbers}
        return msgspec.structs.replace(self, **sums, words=[*self.words, *other.words])

    @property
    def cells(self) -> tuple[str, ...]:
        verified = f"{self.proven} of {self.rounds}" if self.rounds else ""
        return (self.fault, *map(str, (self.size, self.lost, self.double, self.leaked)), verified)


def table(noted: Iterable[object]) -> str:
    """A line for each fault, the numbers to the right."""
    tallies: dict[str, Tally] = {}
    for each in noted:
        tally = msgspec.convert(each, Tally)
        known = tallies.get(tally.fault)
        tallies[tally.fault] = known + tally if known else tally
    lines = [HEADINGS, *(tally.cells for tally in tallies.values())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *others = cells
    numbers = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
    return "  ".join([first.ljust(widths[0]), *numbers])
