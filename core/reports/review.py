"""One unit's submission as the town may see it: its cells, those of the month before, and what it changed.

The town never gets the exact small numbers: what leaves here is shown, hidden or suppressed already.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from core.figures.breakdowns import Breakdown, break_down
from core.figures.display import BESIDE, OFF, TOO_SMALL, ZERO, Shown, change_of, guarded
from core.figures.indicators import Catalogue, Cut, Indicator
from core.figures.periods import Period, parse_period
from core.figures.protection import Protection
from core.figures.read import Figure, Figures, compared, figures_of
from core.figures.suppression import HIDDEN, NOT_APPLICABLE, Unit, shown
from core.figures.words import value_words
from core.kernel.db import Transaction
from core.reports.cells import (
    Changed,
    Submitted,
    changed_between,
    changed_since,
    figures_in,
    submitted_cells,
)
from core.reports.month import Expected
from core.reports.report import Report

__all__ = ["ChangedCell", "Review", "ReviewLine", "is_closed", "mark_of_sent", "review_report"]

CLOSED = Shown(text=HIDDEN, reason=BESIDE)


class ReviewLine(Struct, frozen=True, kw_only=True):
    """An indicator of the submission beside the month before."""

    indicator: Indicator
    now: Shown
    before: Shown
    change: str
    breakdowns: tuple[Breakdown, ...]
    has_closed: bool
    """A further breakdown is not shown, because of a small number in it, here or in another unit."""
    is_hand_filled: bool
    remark: str


class ChangedCell(Struct, frozen=True, kw_only=True):
    """`value` names a value of a breakdown in words, empty for the total."""

    indicator: Indicator
    value: str
    before: Shown
    after: Shown


class Review(Struct, frozen=True, kw_only=True):
    """`changed` against the submission before, `since` against the books of today."""

    lines: tuple[ReviewLine, ...]
    changed: tuple[ChangedCell, ...]
    since: tuple[ChangedCell, ...]


class Beside(Struct, frozen=True, kw_only=True):
    """A period's figures of all units of the town by code, the town's own, and what is looked at of one unit."""

    units: Mapping[str, Figures]
    town: Figures
    shown: Figures
    """What the unit has sent, or its figures."""


async def review_report(
    tx: Transaction,
    report: Report,
    units: Sequence[Expected],
    catalogue: Catalogue,
    protection: Protection,
    language: str,
) -> Review:
    """The latest submission of `report`; `units` are those of its period, for what stands beside it."""
    tenant, number = report.tenant_id, report.submissions
    period = parse_period(report.period)
    cells = await submitted_cells(tx, tenant, report.id, number)
    sent = figures_in(cells)
    codes = {cell.figure.indicator for cell in cells}
    listed = [indicator for indicator in catalogue.indicators if indicator.code in codes]
    indicators = sorted(listed, key=lambda indicator: indicator.is_reported)
    own = next(unit.code for unit in units if unit.tenant_id == tenant)
    now = await _beside(tx, report.region_id, units, period, own, sent)
    before = await _beside(tx, report.region_id, units, period.previous, own, None)
    eye = _Eye(protection, language, own)
    changed = await changed_between(tx, tenant, report.id, number - 1, number) if number > 1 else []
    since = await changed_since(tx, tenant, report.id, number, report.period)
    return Review(
        lines=tuple(eye.line(indicator, cells, now, before) for indicator in indicators),
        changed=tuple(eye.changes(catalogue, changed, now)),
        since=tuple(eye.changes(catalogue, since, now)),
    )


async def _beside(
    tx: Transaction,
    region: UUID,
    units: Sequence[Expected],
    period: Period,
    own: str,
    sent: Figures | None,
) -> Beside:
    ids = {unit.code: unit.tenant_id for unit in units}
    found = await compared(tx, list(ids.values()), period.name, None, None)
    figures = {code: found[place] for code, place in ids.items()}
    town = await figures_of(tx, region, period.name)
    return Beside(units=figures, town=town, shown=figures[own] if sent is None else sent)


class _Eye:
    """What the town may see of one unit's cells."""

    def __init__(self, protection: Protection, language: str, own: str) -> None:
        self._protection = protection
        self._language = language
        self._own = own

    def line(
        self, indicator: Indicator, cells: Sequence[Submitted], now: Beside, before: Beside
    ) -> ReviewLine:
        mine = [cell for cell in cells if cell.figure.indicator == indicator.code]
        shown_now, shown_before = self._total(indicator, now), self._total(indicator, before)
        cuts = () if shown_now.reason else indicator.cuts
        open_cuts = [
            cut for cut in cuts if all(self._is_open(indicator, cut, each) for each in (now, before))
        ]
        return ReviewLine(
            indicator=indicator,
            now=shown_now,
            before=shown_before,
            change=change_of(shown_now, shown_before),
            breakdowns=tuple(
                break_down(
                    indicator,
                    cut,
                    now.shown,
                    before.shown,
                    language=self._language,
                    protection=self._protection,
                )
                for cut in open_cuts
            ),
            has_closed=len(open_cuts) < len(cuts),
            is_hand_filled=any(cell.source == "hand" for cell in mine),
            remark="; ".join(cell.remark for cell in mine if cell.remark),
        )

    def changes(self, catalogue: Catalogue, changes: Sequence[Changed], now: Beside) -> list[ChangedCell]:
        found: list[ChangedCell] = []
        for change in changes:
            indicator = catalogue.get(change.indicator)
            if indicator is not None:
                found.append(self._change(indicator, change, now))
        return found

    def _change(self, indicator: Indicator, change: Changed, now: Beside) -> ChangedCell:
        """Where one of the two is too small, neither is told: the other is seen elsewhere, or was."""
        name, _equals, value = change.cut.partition("=")
        cut = next((each for each in indicator.cuts if each.name == name), None)
        halves = [self._half(indicator, figure) for figure in (change.before, change.after)]
        is_open = not self._total(indicator, now).reason and not any(
            half.reason == TOO_SMALL for half in halves
        )
        is_open = is_open and (cut is None or self._is_open(indicator, cut, now))
        before, after = halves if is_open else (CLOSED, CLOSED)
        words = self._words(indicator, name, value)
        return ChangedCell(indicator=indicator, value=words, before=before, after=after)

    def _is_open(self, indicator: Indicator, cut: Cut, beside: Beside) -> bool:
        """Whether a breakdown hides nothing in any unit.

        Else a small number of one could be had from the town's breakdown and those of the others.
        """
        marks = self._protection.units(indicator, beside.units, beside.town)
        cells = [
            cell
            for figures in (*beside.units.values(), beside.shown)
            for cell in figures.cut(indicator.code, cut.name).values()
        ]
        return not any(is_closed(mark) for code, mark in marks.items() if code) and not any(
            self._half(indicator, cell).reason == TOO_SMALL for cell in cells
        )

    def _words(self, indicator: Indicator, name: str, value: str) -> str:
        words = next((cut.words for cut in indicator.cuts if cut.name == name), {})
        return value_words(name, value, self._language, words) if value else ""

    def _half(self, indicator: Indicator, figure: Figure | None) -> Shown:
        rule = self._protection.rule(indicator)
        if figure is None:
            return ZERO
        of = figure.den if indicator.org_rule == "RATIO" else None
        unit = Unit(
            code="",
            number=None if figure.value is None else math.ceil(figure.value),
            of=None if of is None else math.ceil(of),
        )
        return guarded(shown(unit, rule), figure, indicator, rule)

    def _total(self, indicator: Indicator, beside: Beside) -> Shown:
        rule = self._protection.rule(indicator)
        figure = beside.shown.get(indicator.code, indicator.totals[0])
        mark = mark_of_sent(self._protection, indicator, self._own, beside.shown, beside.units, beside.town)
        return guarded(mark, figure, indicator, rule, OFF)


def mark_of_sent(
    protection: Protection,
    indicator: Indicator,
    own: str,
    sent: Figures,
    units: Mapping[str, Figures],
    town: Figures,
) -> str:
    """How the total that a unit has sent may be seen: not where its figure of today is hidden, nor itself alone.

    The figures of today stand on other pages, with the same numbers mostly.
    """
    mark = protection.units(indicator, {**units, own: sent}, town)[own]
    is_hidden = is_closed(protection.units(indicator, units, town)[own])
    return HIDDEN if is_hidden and not is_closed(mark) else mark


def is_closed(mark: str) -> bool:
    """The number is not told."""
    return mark != NOT_APPLICABLE and not mark.isdigit()
