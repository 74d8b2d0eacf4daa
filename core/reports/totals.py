"""The town's totals of a period: of what is in the books now, and of what is approved, side by side.

What is approved is added up from the approved submissions. People cannot be told apart there, so somebody
who is in two units counts in both; the live total counts her once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from core.figures.display import Shown, guarded
from core.figures.indicators import Indicator, totals_in
from core.figures.periods import Period
from core.figures.protection import POPULATION, Protection, unit_of
from core.figures.read import Figure, Figures, compared, figures_of
from core.figures.suppression import HIDDEN, shown
from core.kernel.db import Transaction
from core.kernel.i18n import gettext_noop as _
from core.reports.cells import figures_of_submissions
from core.reports.month import Expected
from core.reports.review import is_closed, mark_of_sent

__all__ = ["Known", "Total", "month_totals", "total_of"]

NOT_APPROVED = _("No unit's report of this period is approved yet.")
NO_FIGURE = _("No unit has figures of this.")


class Total(Struct, frozen=True, kw_only=True):
    """An indicator in the town; `units` are its values in the units, by their codes."""

    indicator: Indicator
    live: Shown
    approved: Shown
    live_units: int
    approved_units: int
    adds_people: bool
    """The approved total counts somebody who is in two units twice."""


class Known(Struct, frozen=True, kw_only=True):
    """The figures of a period: of the town, of its units by code, and of their approved submissions."""

    town: Figures
    live: Mapping[str, Figures]
    approved: Mapping[str, Figures]


async def month_totals(
    tx: Transaction,
    region: UUID,
    units: Sequence[Expected],
    period: Period,
    indicators: Sequence[Indicator],
    protection: Protection,
) -> list[Total]:
    """In the order of the indicators; small numbers, and what would give them away, are not shown."""
    known = await _known(tx, region, units, period, indicators)
    return [total_of(indicator, known, protection) for indicator in indicators]


async def _known(
    tx: Transaction,
    region: UUID,
    units: Sequence[Expected],
    period: Period,
    indicators: Sequence[Indicator],
) -> Known:
    codes = list({POPULATION, *(indicator.code for indicator in indicators)})
    found = await compared(tx, [unit.tenant_id for unit in units], period.name, codes, totals_in(indicators))
    reports = {unit.code: unit.report for unit in units if unit.report and unit.is_approved}
    submissions = [(report.tenant_id, report.id, report.submissions) for report in reports.values()]
    sent = await figures_of_submissions(tx, submissions)
    return Known(
        town=await figures_of(tx, region, period.name, codes),
        live={unit.code: found[unit.tenant_id] for unit in units},
        approved={code: sent[report.id] for code, report in reports.items()},
    )


def total_of(indicator: Indicator, known: Known, protection: Protection) -> Total:
    rule = protection.rule(indicator)
    marks = protection.units(indicator, known.live, known.town)
    live = known.town.get(indicator.code, indicator.totals[0])
    approved = _added(indicator, known.approved)
    return Total(
        indicator=indicator,
        live=guarded(marks[""], live, indicator, rule, NO_FIGURE),
        approved=guarded(
            _approved_mark(indicator, known, protection, marks, approved),
            approved,
            indicator,
            rule,
            NOT_APPROVED,
        ),
        live_units=_having(indicator, known.live),
        approved_units=_having(indicator, known.approved),
        adds_people=indicator.org_rule == "DISTINCT" and len(known.approved) > 1,
    )


def _approved_mark(
    indicator: Indicator,
    known: Known,
    protection: Protection,
    marks: Mapping[str, str],
    approved: Figure | None,
) -> str:
    """Hidden where one hidden number were left over: of the approved total, or of its difference to the live one."""
    inside = {code for code in known.approved if _is_sent_hidden(indicator, known, protection, code)}
    hidden = {code for code in known.live if is_closed(marks[code])}
    same = {
        code
        for code in inside & hidden
        if _value(indicator, known.approved[code]) == _value(indicator, known.live[code])
    }
    if len(inside) == 1 or len(inside - same) + len(hidden - same) == 1:
        return HIDDEN
    rule = protection.rule(indicator)
    figures = Figures([approved] if approved else [])
    return shown(unit_of("", indicator, figures, rule), rule)


def _is_sent_hidden(indicator: Indicator, known: Known, protection: Protection, code: str) -> bool:
    sent = known.approved[code]
    return is_closed(mark_of_sent(protection, indicator, code, sent, known.live, known.town))


def _value(indicator: Indicator, figures: Figures) -> Fraction | None:
    figure = figures.get(indicator.code, indicator.totals[0])
    return figure.value if figure else None


def _added(indicator: Indicator, approved: Mapping[str, Figures]) -> Figure | None:
    found = [figures.get(indicator.code, indicator.totals[0]) for figures in approved.values()]
    figures = [figure for figure in found if figure is not None and figure.value is not None]
    if not figures:
        return None
    dens = [figure.den for figure in figures if figure.den is not None]
    return Figure(
        indicator=indicator.code,
        period="",
        cut=indicator.totals[0],
        value=sum((figure.value or Fraction(0) for figure in figures), Fraction(0)),
        den=sum(dens, Fraction(0)) if dens else None,
    )


def _having(indicator: Indicator, units: Mapping[str, Figures]) -> int:
    found = [figures.get(indicator.code, indicator.totals[0]) for figures in units.values()]
    return sum(figure is not None and figure.value is not None for figure in found)
