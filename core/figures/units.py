"""The units of a town beside each other, for the town's pages of a plug-in: numbers, as much as the town may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from core.figures.display import Shown, guarded
from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.figures.protection import POPULATION, Protection
from core.figures.read import Figure, Figures, compared, figures_of
from core.kernel.db import Transaction
from core.tenancy.tenants import list_tenants
from core.tenancy.town_settings import town_settings

__all__ = ["UnitFigures", "figures_of_units"]


class UnitFigures(Struct, frozen=True, kw_only=True):
    """What the town may see of one unit in a period."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    open_figures: Figures
    totals: Mapping[str, Shown]
    """Of every indicator that was asked for, as the town's own pages show it beside the other units."""

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en

    def figure(self, indicator: str, cut: str = "") -> Figure | None:
        """Exactly: of indicators that count no people (`privacy="O"`) alone. None where there is none."""
        return self.open_figures.get(indicator, cut)

    def number(self, indicator: str, cut: str = "") -> Fraction | None:
        """The value of such a figure; None where nothing is known."""
        figure = self.figure(indicator, cut)
        return figure.value if figure else None

    def parts(self, indicator: str, cut: str) -> dict[str, Fraction]:
        """The values of a breakdown with their numbers, likewise; a value that is 0 is absent."""
        cells = self.open_figures.cut(indicator, cut)
        return {value: cell.value for value, cell in cells.items() if cell.value is not None}


async def figures_of_units(
    tx: Transaction, period: Period, indicators: Sequence[Indicator]
) -> list[UnitFigures]:
    """Of the units that have any of these indicators, in order of code; in the town's scope."""
    tenants = [tenant for tenant in await list_tenants(tx) if tenant.opened_on <= period.last_day]
    codes = [each.code for each in indicators]
    asked = list({POPULATION, *codes})
    found = await compared(tx, [tenant.id for tenant in tenants], period.name, asked, None)
    having = [t for t in tenants if any(_is_there(found[t.id], each) for each in indicators)]
    if not having:
        return []
    town = await figures_of(tx, having[0].region_id, period.name, asked)
    protection = Protection.of(await town_settings(tx))
    beside = {tenant.code: found[tenant.id] for tenant in having}
    marks = {each.code: protection.units(each, beside, town) for each in indicators}
    is_open = {each.code for each in indicators if each.privacy == "O"}
    return [
        UnitFigures(
            code=tenant.code,
            name_zh=tenant.name_zh,
            name_en=tenant.name_en,
            kind=tenant.kind,
            open_figures=found[tenant.id].only(is_open),
            totals={
                each.code: guarded(
                    marks[each.code][tenant.code],
                    found[tenant.id].get(each.code, each.totals[0]),
                    each,
                    protection.rule(each),
                )
                for each in indicators
            },
        )
        for tenant in having
    ]


def _is_there(figures: Figures, indicator: Indicator) -> bool:
    return figures.get(indicator.code, indicator.totals[0]) is not None
