"""The files `supplies/*.csv` of an exchange folder, read and judged; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, ValidationError, convert

from core.sdk import BadInput, ExchangeFolder, FileOutcome, KnownPeople, RowNote
from core.sdk import gettext_noop as _
from plugins.supplies.imports.stock import AcceptedRow, Rejected, Stock, StockLine, StockRules, day_of
from plugins.supplies.services.catalogue import Product

__all__ = [
    "CATALOGUE",
    "PLUGIN",
    "POINTS",
    "RECALLS",
    "STOCK",
    "FolderPoint",
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

_COUNT = re.compile(r"[0-9]{1,9}")
_POINT_KINDS = ("STATION", "CLINIC", "BOX")


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

    products: Mapping[str, Product] = {}
    points: Mapping[tuple[str, str], FolderPoint] = {}
    recalls: Sequence[FolderRecall] = ()
    accepted: Sequence[AcceptedRow] = ()
    outcomes: Sequence[FileOutcome] = ()


def judge_supplies(folder: ExchangeFolder, known: KnownPeople) -> JudgedSupplies:
    """A file that cannot be read is broken as a whole, and then nothing is taken of any of them."""
    file = CATALOGUE
    try:
        products: dict[str, Product] = {}
        for product in _products(folder):
            products.setdefault(product.sku, product)
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
    products: Mapping[str, Product],
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
        caps={sku: product.max_per_year for sku, product in products.items()},
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


def _products(folder: ExchangeFolder) -> Iterator[Product]:
    for number, row in _rows(folder, CATALOGUE, _PRODUCT, _PRODUCT):
        for name in ("cap_per_person_year", "shelf_life_months"):
            _check(CATALOGUE, number, row, name, not row[name] or _COUNT.fullmatch(row[name]))
        for name in ("anonymous_allowed", "tracer"):
            _check(CATALOGUE, number, row, name, row[name] in ("0", "1"))
        told = {
            name: row[name]
            for name in ("sku", "name_zh", "name_en", "method", "unit_zh", "unit_en", "figure", "gate")
        }
        told |= {
            "cyp": row["cyp_factor"],
            "max_per_year": int(row["cap_per_person_year"]) if row["cap_per_person_year"] else None,
            "shelf_life_months": int(row["shelf_life_months"]) if row["shelf_life_months"] else None,
            "is_anonymous_allowed": row["anonymous_allowed"] == "1",
            "is_tracer": row["tracer"] == "1",
        }
        try:
            yield convert(told, Product)
        except ValidationError as error:
            raise _unreadable(CATALOGUE, number, str(error)) from None


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
        raise _unreadable(file, number, f"{column} {row[column][:40]!r}")


def _unreadable(file: str, number: int, error: str) -> BadInput:
    return BadInput(
        _("%(file)s, line %(line)s, is not what the exchange format says: %(error)s."),
        _("Correct the line and load again."),
        file=file,
        line=number,
        error=error,
    )
