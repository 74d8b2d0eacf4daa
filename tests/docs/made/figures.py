"""The figures, from the indicators that are declared."""

from __future__ import annotations

from core.app import plugins
from core.figures.indicators import AGE_BANDS, Indicator
from core.kernel.i18n import translator
from tests.docs.made.table import code, listed, table

OVER_UNITS = {
    "SUM": "added up",
    "DISTINCT": "each person once",
    "RATIO": "numerators and denominators added up",
}
OVER_TIME = {"SUM": "added up", "LAST": "the last day", "DISTINCT": "each once", "RATIO": "both added up"}
HIDDEN = {"N": "`k_normal`", "H": "`k_high`", "O": "never: counts no people"}


def indicators() -> str:
    found = [indicator for entry in plugins().plugins for indicator in entry.indicators]
    head = ("code", "figure", "in Chinese", "over units", "over months", "broken down by", "hidden below")
    return table(head, [_row(each) for each in sorted(found, key=lambda each: each.code)])


def _row(each: Indicator) -> tuple[str, ...]:
    return (
        each.code if each.is_exchanged else f"{each.code} *",
        f"{each.title} ({each.unit})",
        translator("zh")(each.title),
        OVER_UNITS[each.org_rule],
        OVER_TIME[each.time_rule],
        listed(cut.name for cut in each.cuts),
        HIDDEN[each.privacy],
    )


def sources() -> str:
    found = [indicator for entry in plugins().plugins for indicator in entry.indicators]
    rows = [
        (each.code, ", ".join(code(source.table) for source in each.reads))
        for each in sorted(found, key=lambda each: each.code)
    ]
    return table(("code", "read from"), rows)


def bands() -> str:
    return ", ".join([*(code(name) for name, _limit in AGE_BANDS), code("65+"), code("NS")])


BLOCKS = {"figures": indicators, "figure-sources": sources, "age-bands": bands}
