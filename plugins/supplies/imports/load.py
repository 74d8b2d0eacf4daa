"""`townbridge load`: the verdicts of the whole folder, what the town publishes, then the ledger of each unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from msgspec import structs

from core.sdk import (
    Conflict,
    ExchangeFolder,
    ExchangeTenant,
    FileOutcome,
    LoadCtx,
    TenantCtx,
    TownbridgeError,
    TownCtx,
    derived_id,
    now,
)
from core.sdk import gettext_noop as _
from core.sdk.people import Document, PersonRow
from core.sdk.values import clean
from plugins.supplies.imports.folder import PLUGIN, STOCK, JudgedSupplies, judge_supplies
from plugins.supplies.imports.stock import AcceptedRow
from plugins.supplies.services.catalogue import Product, catalogue_of_town, keep_catalogue
from plugins.supplies.services.vouchers import Kind
from plugins.supplies.services.yearly import YearLine, YearOfFiles, enter_year, unknown_lines
from plugins.supplies.tables import Point, Recall

__all__ = ["load_supplies"]

AT_ONCE = 5_000
LONGEST_REFERENCE = 100
REGISTERS = "registration"

TOLD = (
    "sku", "name_zh", "name_en", "method", "unit_zh", "unit_en", "cyp", "figure", "is_anonymous_allowed", "is_tracer",
    "gate", "shelf_life_months", "max_per_year",
)  # fmt: skip
"""What a folder tells of a product; the rest stays as it was."""

Item = TypeVar("Item")


async def load_supplies(ctx: LoadCtx, folder: ExchangeFolder) -> list[FileOutcome]:
    """The supplies of a year. Loading them again writes nothing and tells the same."""
    judged = judge_supplies(folder, ctx.known)
    outcomes = list(judged.outcomes)
    if any(outcome.broken for outcome in outcomes):
        return outcomes
    if judged.products or judged.recalls:
        async with ctx.town() as town:
            await _publish(town, judged, date(folder.year, 1, 1), folder.factor_set)
    rows: dict[str, list[AcceptedRow]] = defaultdict(list)
    for row in judged.accepted:
        rows[row.tenant].append(row)
    having_it = [tenant for tenant in folder.tenants.values() if PLUGIN in tenant.plugins]
    for done, tenant in enumerate(having_it, start=1):
        fault = await _enter(ctx, folder, tenant, judged, rows[tenant.code])
        if fault:
            outcomes = [FileOutcome(file=STOCK, broken=fault)]
        ctx.tell(_("supplies"), done, len(having_it))
    return outcomes


async def _publish(ctx: TownCtx, judged: JudgedSupplies, day: date, factor_set: str) -> None:
    """The catalogue as it holds from the first day of the year, and the recalls that are new."""
    known = await catalogue_of_town(ctx, day)
    products = [_completed(known.get(sku), product) for sku, product in judged.products.items()]
    if products:
        await keep_catalogue(ctx, products, factor_set, day)
    for recall in sorted(judged.recalls, key=lambda recall: recall.recalled_on):
        row = Recall(
            region_id=ctx.town.id, sku=recall.sku, lot=recall.lot, recalled_on=recall.recalled_on,
            reason=clean(recall.reason)[:200], announced_at=now(),
        )  # fmt: skip
        target = (Recall.region_id, Recall.sku, Recall.lot)
        written = await (
            Recall.insert(row).on_conflict(target=target, action="DO NOTHING").returning(Recall.id)
        )
        if written:
            ctx.audit(
                "supplies.recall.announce", "recall", row.id, detail={"sku": recall.sku, "lot": recall.lot}
            )


def _completed(known: Product | None, told: Product) -> Product:
    """How it is packed and kept, and the rules of a visit, are not told by a folder."""
    return structs.replace(known, **{name: getattr(told, name) for name in TOLD}) if known else told


async def _enter(
    ctx: LoadCtx,
    folder: ExchangeFolder,
    tenant: ExchangeTenant,
    judged: JudgedSupplies,
    rows: Sequence[AcceptedRow],
) -> str:
    """One unit's year; what does not fit the books that are there already, in a sentence or two."""
    try:
        async with ctx.tenant(tenant.code) as desk:
            year = YearOfFiles(number=folder.year, covered_to=_last_day_told(folder))
            await _keep_points(tenant, judged)
            if not judged.outcomes:
                # A folder without a ledger begins no book: what lies there stays.
                return ""
            refs = {_reference(desk, row.ref, year.number): row for row in rows}
            unknown = await unknown_lines(list(refs))
            new = {ref: row for ref, row in refs.items() if ref in unknown}
            people = await _people(desk, tenant, [row.person for row in new.values() if row.person])
            others = _other_halves(judged.accepted)
            lines = [_line(desk, ref, row, judged, people, others, year) for ref, row in new.items()]
            await enter_year(desk, year, lines)
    except TownbridgeError as error:
        return f"{tenant.code}: {error.sentence(_)}"
    return ""


def _last_day_told(folder: ExchangeFolder) -> date:
    """Days after its export are not counted: a folder may be written in the middle of a month."""
    return max(date(folder.year, 1, 1), min(folder.covered_to, folder.exported_on))


async def _keep_points(tenant: ExchangeTenant, judged: JudgedSupplies) -> None:
    """Those that are new; what was corrected in the portal stays."""
    rows = [
        Point(code=point.code, name=point.name, kind=point.kind, opened_on=tenant.starts_on)
        for point in judged.points.values()
        if point.tenant == tenant.code
    ]
    if rows:
        target = (Point.tenant_id, Point.code)
        await Point.insert(*rows).on_conflict(target=target, action="DO NOTHING")


async def _people(ctx: TenantCtx, tenant: ExchangeTenant, rows: Sequence[PersonRow]) -> dict[Document, UUID]:
    """Who they are here. Somebody who was erased is nobody; where people are not registered, they are written."""
    people: dict[Document, UUID] = {}
    by_document = {row.document: row for row in rows}
    for piece in _pieces(list(by_document)):
        found = await ctx.people.by_number(piece)
        passed = await ctx.people.passed_over(piece)
        people |= {document: person for document, person in zip(piece, found, strict=True) if person}
        missing = [
            document
            for document, person, is_passed in zip(piece, found, passed, strict=True)
            if person is None and not is_passed
        ]
        if missing and REGISTERS in tenant.plugins:
            raise Conflict(
                _("People of its roster are not in its register."),
                _("Correct its roster first, and load the folder again."),
            )
        written = await ctx.people.upsert([by_document[document] for document in missing]) if missing else []
        people |= {document: one.person_id for document, one in zip(missing, written, strict=True)}
    return people


def _line(
    ctx: TenantCtx,
    ref: str,
    row: AcceptedRow,
    judged: JudgedSupplies,
    people: Mapping[Document, UUID],
    others: Mapping[int, str],
    year: YearOfFiles,
) -> YearLine:
    is_transfer = row.kind in ("TRANSFER_IN", "TRANSFER_OUT") and row.reference
    told: dict[str, Any] = {
        name: getattr(row, name) for name in ("day", "point", "lot", "expiry", "quantity")
    }
    return YearLine(
        **told,
        row_ref=ref,
        product=judged.products[row.sku],
        kind=cast(Kind, row.kind),
        reason=clean(row.reason)[:40],
        reference=clean(row.reference)[:100],
        is_anonymous=row.kind == "ISSUE" and row.person is None,
        person=people.get(row.person.document) if row.person else None,
        transfer_id=derived_id(ctx.tenant.region_id, f"supplies:{year.number}:{row.reference}")
        if is_transfer
        else None,
        other=others.get(row.row, ""),
    )


def _other_halves(accepted: Sequence[AcceptedRow]) -> dict[int, str]:
    """By row of a transfer the point that its other half is at, or the unit where that is another one."""
    halves: dict[tuple[str, str, str], list[AcceptedRow]] = defaultdict(list)
    for row in accepted:
        if row.kind in ("TRANSFER_IN", "TRANSFER_OUT") and row.reference:
            halves[row.reference, row.sku, row.lot].append(row)
    found: dict[int, str] = {}
    for pair in halves.values():
        if {row.kind for row in pair} == {"TRANSFER_IN", "TRANSFER_OUT"} and len(pair) == 2:
            for one, other in (pair, reversed(pair)):
                found[one.row] = other.point if one.tenant == other.tenant else other.tenant
    return found


def _reference(ctx: TenantCtx, ref: str, year: int) -> str:
    """References are unique in a year's folder; another year may count from one again."""
    is_fit = len(ref) <= LONGEST_REFERENCE and ref.isprintable()
    return f"{year}/{ref if is_fit else derived_id(ctx.tenant.region_id, f'reference:{ref}')}"


def _pieces(items: Sequence[Item], size: int = AT_ONCE) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
