"""What is wrong or odd about a cell before it is sent (domain, 5.4): an error blocks, an oddity wants a word."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Protocol

from msgspec import Struct

from core.sdk import Indicator
from core.sdk import gettext_noop as _
from core.sdk.figures import Figure
from plugins.reporting.services.form import FormCell

__all__ = ["Problem", "check_cell"]

CHANGE_PERCENT, CHANGE_LEAST = 30, 20
"""R08: a change against the month before of more than both wants a remark."""

MISSING = _("Fill this in; 0 if there was none.")
FEWER = _("Fewer people than activities: correct one of the two, or say why in the remark.")
JUMPED = _("More than %(percent)s %% away from the month before: say why in the remark.")
EXPLAINED = _("It differs much from the month before; the remark says why.")

ACTIVITIES, PARTICIPANTS = FormCell(indicator="COM-02", source="hand"), "measure=PARTICIPANTS"


class Problem(Struct, frozen=True, kw_only=True):
    """`message` is a message id; one that `blocks` has to be settled before the report is sent.

    A remark settles it where `wants_remark`.
    """

    message: str
    blocks: bool
    wants_remark: bool = True
    params: Mapping[str, int] = {}


class CellValues(Protocol):
    def figure(self, cell: FormCell, indicator: Indicator) -> Figure | None: ...


def check_cell(
    cell: FormCell, values: CellValues, indicator: Indicator, before: Fraction | None, remark: str
) -> Problem | None:
    """The most serious problem of a cell; `before` is its value of the month before."""
    figure = values.figure(cell, indicator)
    value = figure.value if figure else None
    if value is None:
        return Problem(message=MISSING, blocks=True, wants_remark=False) if cell.source == "hand" else None
    if cell.cut == PARTICIPANTS and not remark:
        held = values.figure(ACTIVITIES, indicator)
        if held is not None and held.value is not None and value < held.value:
            return Problem(message=FEWER, blocks=True)
    if not cell.cut and before is not None and indicator.org_rule != "RATIO" and _jumped(value, before):
        if remark:
            return Problem(message=EXPLAINED, blocks=False)
        return Problem(message=JUMPED, blocks=True, params={"percent": CHANGE_PERCENT})
    return None


def _jumped(value: Fraction, before: Fraction) -> bool:
    change = abs(value - before)
    return change > CHANGE_LEAST and change * 100 > before * CHANGE_PERCENT
