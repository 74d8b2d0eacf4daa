"""Purchase, transfer, stock: the table of a year, each line proved by what must be so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from core.sdk import gettext_noop as _
from core.sdk.figures import UnitFigures
from plugins.supplies.services.catalogue import Catalogue

__all__ = ["FAULTS", "FLOWS", "INDICATORS", "RULES", "Check", "YearLine", "YearTable", "year_table"]

MOVED, ON_HAND, CONDOMS, PROTECTION, SERVED = "SUP-11", "SUP-10", "SUP-01", "SUP-04", "SUP-05"
INDICATORS = (MOVED, ON_HAND, CONDOMS, PROTECTION, SERVED)

FLOWS = ("receipt", "transfer_in", "return", "issue", "transfer_out", "loss", "adjust")
TAKING = frozenset({"issue", "transfer_out", "loss"})

FAULTS: Mapping[str, str] = {
    "BALANCE": _("Opening stock and what came, less what went, is not the closing stock."),
    "OPENING": _("The opening stock is not the closing stock of the year before."),
    "NEGATIVE": _("The closing stock is below 0."),
    "RECEIVED": _("More has come from other points than was sent: what is in transit is below 0."),
    "LOST": _("More was lost on the way than has come and was entered as lost."),
    "R03": _("The condoms of the report are not those of the ledger."),
    "R04": _("The couple-years are not the units multiplied by their factors."),
    "R05": _("More people were served than units were handed out."),
}
RULES: Mapping[str, str] = {
    "R03": _("The condoms of the report are those of the ledger."),
    "R04": _("The couple-years are the units multiplied by their factors."),
    "R05": _("No more people were served than units were handed out."),
}
CENT = Fraction(1, 100)


class YearLine(Struct, frozen=True, kw_only=True):
    """A product in a unit, or in the town (`unit` is empty). `faults` are names of `FAULTS`."""

    unit: str
    sku: str
    opening: int
    flows: Mapping[str, int]
    lost_on_way: int
    """Of what is lost, what was missing or damaged when a shipment was counted."""
    in_transit: int | None = None
    """Of the town, at the end of the year: sent and not counted yet. Of a unit None: others count what it sends."""
    closing: int
    before: int | None
    """The closing stock of the year before; None where no figure of it is known."""
    faults: tuple[str, ...] = ()

    @property
    def reckoned(self) -> int:
        """What the closing stock must be."""
        return self.opening + sum(-self.flows[name] if name in TAKING else self.flows[name] for name in FLOWS)

    @property
    def is_empty(self) -> bool:
        return not (self.opening or self.closing or any(self.flows.values()))


class Check(Struct, frozen=True, kw_only=True):
    """A rule of the reports for a unit; `is_kept` None: one of its numbers may not be seen."""

    unit: str
    rule: str
    is_kept: bool | None


class YearTable(Struct, frozen=True):
    """`town`: the sums of the lines by product."""

    lines: Sequence[YearLine]
    town: Sequence[YearLine]
    checks: Sequence[Check]


def year_table(
    units: Sequence[UnitFigures], before: Iterable[UnitFigures], catalogue: Catalogue
) -> YearTable:
    """From the figures of a year, and of the one before it."""
    earlier = {unit.code: unit for unit in before}
    skus = _skus(units, catalogue)
    lines = [
        line
        for unit in units
        for sku in skus
        if not (line := _line(unit, earlier.get(unit.code), sku)).is_empty
    ]
    town = [
        _sum(sku, found, _left_under_way(sku, list(earlier.values())))
        for sku in skus
        if (found := [line for line in lines if line.sku == sku])
    ]
    checks = [check for unit in units for check in _checks(unit, lines, catalogue)]
    return YearTable(lines, town, checks)


def _skus(units: Iterable[UnitFigures], catalogue: Catalogue) -> list[str]:
    """In the order of the catalogue; then what it does not have any more."""
    moved = {sku for unit in units for name in ("opening", *FLOWS) for sku in unit.parts(MOVED, name)}
    lying = {sku for unit in units for sku in unit.parts(ON_HAND, "sku")}
    return [*catalogue.products, *sorted((moved | lying) - set(catalogue.products))]


def _line(unit: UnitFigures, earlier: UnitFigures | None, sku: str) -> YearLine:
    flows = {name: _whole(unit.number(MOVED, f"{name}={sku}")) for name in FLOWS}
    begun = _whole(unit.number(MOVED, f"opening={sku}"))
    closed = _closing(earlier, sku)
    # A book of files brings its opening stock along; else what lay there goes on.
    has_opening = bool(unit.parts(MOVED, "opening"))
    line = YearLine(
        unit=unit.code,
        sku=sku,
        opening=begun if has_opening else closed or 0,
        flows=flows,
        lost_on_way=_whole(unit.number(MOVED, f"lost_on_way={sku}")),
        closing=_whole(unit.number(ON_HAND, f"sku={sku}")),
        before=closed,
    )
    return _judged(line)


def _closing(earlier: UnitFigures | None, sku: str) -> int | None:
    if earlier is None or (not earlier.number(MOVED) and not earlier.number(ON_HAND)):
        return None
    return _whole(earlier.number(ON_HAND, f"sku={sku}"))


def _judged(line: YearLine) -> YearLine:
    faults: list[str] = []
    if line.reckoned != line.closing:
        faults.append("BALANCE")
    if line.before is not None and line.before != line.opening:
        faults.append("OPENING")
    if line.closing < 0:
        faults.append("NEGATIVE")
    if line.lost_on_way > min(line.flows["loss"], line.flows["transfer_in"]):
        faults.append("LOST")
    if line.in_transit is not None and line.in_transit < 0:
        faults.append("RECEIVED")
    return replace(line, faults=tuple(faults))


def _left_under_way(sku: str, earlier: Sequence[UnitFigures]) -> int:
    """What was sent in the year before and comes in this one."""
    sent, come = (
        sum(_whole(unit.number(MOVED, f"{name}={sku}")) for unit in earlier)
        for name in ("transfer_out", "transfer_in")
    )
    return max(0, sent - come)


def _sum(sku: str, lines: Sequence[YearLine], under_way: int) -> YearLine:
    befores = [line.before for line in lines]
    known = [before for before in befores if before is not None]
    flows = {name: sum(line.flows[name] for line in lines) for name in FLOWS}
    return _judged(
        YearLine(
            unit="",
            sku=sku,
            opening=sum(line.opening for line in lines),
            flows=flows,
            lost_on_way=sum(line.lost_on_way for line in lines),
            in_transit=under_way + flows["transfer_out"] - flows["transfer_in"],
            closing=sum(line.closing for line in lines),
            before=sum(known) if len(known) == len(befores) else None,
        )
    )


def _checks(unit: UnitFigures, lines: Iterable[YearLine], catalogue: Catalogue) -> Iterable[Check]:
    issued = {
        line.sku: line.flows["issue"] - line.flows["return"] for line in lines if line.unit == unit.code
    }
    known = {sku: product for sku in issued if (product := catalogue.get(sku)) is not None}
    condoms = sum(issued[sku] for sku, product in known.items() if product.figure == CONDOMS)
    years = sum((issued[sku] * (product.factor or 0) for sku, product in known.items()), Fraction())
    given = sum(line.flows["issue"] for line in lines if line.unit == unit.code)
    yield _check(unit, "R03", CONDOMS, lambda told: told == condoms)
    yield _check(unit, "R04", PROTECTION, lambda told: abs(Fraction(told) - years) <= CENT)
    yield _check(unit, "R05", SERVED, lambda told: told <= given)


def _check(unit: UnitFigures, rule: str, code: str, holds: Callable[[float], bool]) -> Check:
    told = unit.totals[code].number if code in unit.totals else None
    return Check(unit=unit.code, rule=rule, is_kept=None if told is None else holds(told))


def _whole(number: Fraction | None) -> int:
    return int(number) if number is not None else 0
