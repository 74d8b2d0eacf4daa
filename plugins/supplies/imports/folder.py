"""The files `supplies/*.csv` of an exchange folder, read and judged; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from msgspec import Struct

from core.sdk import BadInput, ExchangeFolder, FileOutcome, KnownPeople, RowNote
from core.sdk import gettext_noop as _
from plugins.supplies.imports.stock import AcceptedRow, Rejected, Stock, StockLine, StockRules, day_of

__all__ = [
    "CATALOGUE",
    "POINTS",
    "RECALLS",
    "STOCK",
    "FolderPoint",
    "FolderProduct",
    "FolderRecall",
    "JudgedSupplies",
    "judge_supplies",
]

PLUGIN = "supplies"
CATALOGUE = "supplies/catalogue.csv"
POINTS = "supplies/points.csv"
RECALLS = "supplies/recalls.csv"
STOCK = "supplies/stock.csv"

_STOCK = ("ref", "date", "tenant", "point", "sku", "lot", "expiry", "kind", "quantity")
_STOCK_COLUMNS = (*_STOCK, "reason", "id_type", "id_no", "reference")
_PRODUCT = (
    "sku", "name_zh", "name_en", "method", "unit_zh", "unit_en", "cyp_factor", "cap_per_person_year",
    "shelf_life_months", "figure", "anonymous_allowed", "tracer", "gate",
)  # fmt: skip
_POINT = ("tenant", "point", "name_zh", "kind")
_RECALL = ("sku", "lot", "recalled_on", "reason")

_FACTOR = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?")
_COUNT = re.compile(r"[0-9]{1,9}")
_GATES = ("none", "counsel", "clinician_first", "clinician_each", "facility")
_FIGURES = ("SUP-01", "SUP-02", "SUP-03", "")
_POINT_KINDS = ("STATION", "CLINIC", "BOX")


class FolderProduct(Struct, frozen=True, kw_only=True):
    """A line of the catalogue; `factor` None: it does not count as protection."""

    sku: str
    name_zh: str
    name_en: str
    method: str
    unit_zh: str
    unit_en: str
    factor: Fraction | None
    cap: int | None
    shelf_life_months: int | None
    figure: str
    is_anonymous_allowed: bool
    is_tracer: bool
    gate: str


class FolderPoint(Struct, frozen=True, kw_only=True):
    tenant: str
    code: str
    name: str
    kind: str


class FolderRecall(Struct, frozen=True, kw_only=True):
    sku: str
    lot: str
    recalled_on: date
    reason: str


class JudgedSupplies(Struct, frozen=True, kw_only=True):
    """What the folder says of supplies; `accepted` in order of day and row."""

    products: Mapping[str, FolderProduct] = {}
    points: Mapping[tuple[str, str], FolderPoint] = {}
    recalls: Sequence[FolderRecall] = ()
    accepted: Sequence[AcceptedRow] = ()
    outcomes: Sequence[FileOutcome] = ()


def judge_supplies(folder: ExchangeFolder, known: KnownPeople) -> JudgedSupplies:
    """A file that cannot be read is broken as a whole, and then nothing is taken of any of them."""
    file = CATALOGUE
    try:
        products = {product.sku: product for product in reversed(list(_products(folder)))}
        file = POINTS
        points = {(point.tenant, point.code): point for point in reversed(list(_points(folder)))}
        file = RECALLS
        recalls = list(_recalls(folder))
        file = STOCK
        verdicts = list(Stock(_rules(folder, products, points, recalls, known)).judge(_lines(folder)))
    except BadInput as error:
        return JudgedSupplies(outcomes=[FileOutcome(file=file, broken=error.sentence(_))])
    accepted = [one for one in verdicts if isinstance(one, AcceptedRow)]
    return JudgedSupplies(
        products=products,
        points=points,
        recalls=recalls,
        accepted=accepted,
        outcomes=_outcomes(folder, verdicts),
    )


def _outcomes(folder: ExchangeFolder, verdicts: Sequence[AcceptedRow | Rejected]) -> list[FileOutcome]:
    if not (folder.path / STOCK).is_file():
        return []
    notes = [note for one in verdicts if (note := _note(one))]
    return [
        FileOutcome(
            file=STOCK,
            rows=len(verdicts),
            accepted=sum(isinstance(one, AcceptedRow) for one in verdicts),
            notes=tuple(sorted(notes, key=lambda note: note.row)),
        )
    ]


def _note(verdict: AcceptedRow | Rejected) -> RowNote | None:
    if isinstance(verdict, Rejected):
        return RowNote(STOCK, "", verdict.row, "reject", verdict.reason, verdict.column)
    if verdict.is_out_of_turn:
        return RowNote(STOCK, "", verdict.row, "warning", "FEFO_SKIPPED", "lot")
    return None


def _rules(
    folder: ExchangeFolder,
    products: Mapping[str, FolderProduct],
    points: Mapping[tuple[str, str], FolderPoint],
    recalls: Sequence[FolderRecall],
    known: KnownPeople,
) -> StockRules:
    recalled_on: dict[tuple[str, str], date] = {}
    for recall in recalls:
        earlier = recalled_on.get((recall.sku, recall.lot), date.max)
        recalled_on[recall.sku, recall.lot] = min(earlier, recall.recalled_on)
    return StockRules(
        year=folder.year,
        tenants=folder.tenants.keys(),
        having_it={code for code, tenant in folder.tenants.items() if PLUGIN in tenant.plugins},
        points=points.keys(),
        caps={sku: product.cap for sku, product in products.items()},
        anonymous={sku for sku, product in products.items() if product.is_anonymous_allowed},
        recalled_on=recalled_on,
        find=known.find,
    )


def _rows(
    folder: ExchangeFolder, file: str, required: Sequence[str], columns: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """A file that is not there is an empty one."""
    if (folder.path / file).is_file():
        for number, line in folder.lines(file, required):
            yield number, {name: line.get(name) or "" for name in columns}


def _lines(folder: ExchangeFolder) -> Iterator[StockLine]:
    for number, row in _rows(folder, STOCK, _STOCK, _STOCK_COLUMNS):
        yield StockLine(row=number, **row)


def _products(folder: ExchangeFolder) -> Iterator[FolderProduct]:
    for number, row in _rows(folder, CATALOGUE, _PRODUCT, _PRODUCT):
        _check(
            CATALOGUE,
            number,
            row,
            "cyp_factor",
            not row["cyp_factor"] or _FACTOR.fullmatch(row["cyp_factor"]),
        )
        for name in ("cap_per_person_year", "shelf_life_months"):
            _check(CATALOGUE, number, row, name, not row[name] or _COUNT.fullmatch(row[name]))
        for name in ("anonymous_allowed", "tracer"):
            _check(CATALOGUE, number, row, name, row[name] in ("0", "1"))
        _check(CATALOGUE, number, row, "figure", row["figure"] in _FIGURES)
        _check(CATALOGUE, number, row, "gate", row["gate"] in _GATES)
        yield FolderProduct(
            sku=row["sku"], name_zh=row["name_zh"], name_en=row["name_en"], method=row["method"],
            unit_zh=row["unit_zh"], unit_en=row["unit_en"],
            factor=Fraction(row["cyp_factor"]) if row["cyp_factor"] else None,
            cap=int(row["cap_per_person_year"]) if row["cap_per_person_year"] else None,
            shelf_life_months=int(row["shelf_life_months"]) if row["shelf_life_months"] else None,
            figure=row["figure"], is_anonymous_allowed=row["anonymous_allowed"] == "1",
            is_tracer=row["tracer"] == "1", gate=row["gate"],
        )  # fmt: skip


def _points(folder: ExchangeFolder) -> Iterator[FolderPoint]:
    for number, row in _rows(folder, POINTS, _POINT, _POINT):
        _check(POINTS, number, row, "tenant", row["tenant"] in folder.tenants)
        _check(POINTS, number, row, "kind", row["kind"] in _POINT_KINDS)
        yield FolderPoint(tenant=row["tenant"], code=row["point"], name=row["name_zh"], kind=row["kind"])


def _recalls(folder: ExchangeFolder) -> Iterator[FolderRecall]:
    for number, row in _rows(folder, RECALLS, _RECALL, _RECALL):
        recalled_on = day_of(row["recalled_on"])
        _check(RECALLS, number, row, "recalled_on", recalled_on)
        if recalled_on is not None:
            yield FolderRecall(sku=row["sku"], lot=row["lot"], recalled_on=recalled_on, reason=row["reason"])


def _check(file: str, number: int, row: Mapping[str, str], column: str, fits: object) -> None:
    """A master file has no verdicts: a line that is not what the format says makes it broken."""
    if not fits:
        raise BadInput(
            _("%(file)s, line %(line)s: “%(value)s” is no %(column)s of the exchange format."),
            _("Correct the line and load again."),
            file=file,
            line=number,
            value=row[column][:40],
            column=column,
        )
