"""What a workload is held to, and the table that says how it went."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan
from typing import Literal

from msgspec import Struct

from tests.bench.environments import NOT_THERE
from tests.bench.rounds import Ratio

__all__ = ["Finding", "at_least", "at_most", "missing", "table"]

HEADINGS = ("", "workload", "in ratio to", "ratio", "(rounds)", "goal", "")


class Finding(Struct, frozen=True, kw_only=True):
    """One line of the table."""

    code: str
    work: str
    limit: str
    ratio: Ratio
    sense: Literal[">=", "<=", ""]
    goal: float = 0.0
    unit: str = ""
    why: str = ""
    """Without a number: why."""

    @property
    def verdict(self) -> str:
        if not self.sense:
            return ""
        is_met = self.ratio.middle >= self.goal if self.sense == ">=" else self.ratio.middle <= self.goal
        return "met" if is_met else "short"

    def cells(self) -> tuple[str, ...]:
        ratio = self.ratio
        if isnan(ratio.middle):
            return (self.code, self.work, self.limit, "", "", "", self.why)
        spread = "" if ratio.least == ratio.most else f"{_said(ratio.least)}-{_said(ratio.most)}"
        goal = f"{self.sense} {self.goal:g}{self.unit}" if self.sense else ""
        return (self.code, self.work, self.limit, _said(ratio.middle) + self.unit, spread, goal, self.verdict)


def at_least(code: str, work: str, limit: str, ratio: Ratio, goal: float) -> Finding:
    """More is better: requests, rows."""
    return Finding(code=code, work=work, limit=limit, ratio=ratio, sense=">=", goal=goal)


def at_most(code: str, work: str, limit: str, ratio: Ratio, goal: float, unit: str = "") -> Finding:
    """Less is better: time, memory."""
    return Finding(code=code, work=work, limit=limit, ratio=ratio, sense="<=", goal=goal, unit=unit)


def missing(code: str, work: str, limit: str, why: str = NOT_THERE) -> Finding:
    """What could not be measured: the table says why instead of a number."""
    return Finding(code=code, work=work, limit=limit, ratio=Ratio.once(nan), sense="", why=why)


def table(findings: Sequence[Finding]) -> str:
    rows = [HEADINGS, *(finding.cells() for finding in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _said(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"
