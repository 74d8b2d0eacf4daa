"""The plan of a roster: what applying it would do, row by row; made in pieces, so that no job runs long."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

from msgspec import Struct, json

from core.sdk import BadInput, TenantCtx, new_id
from core.sdk.tenancy import list_firms, town_settings
from core.sdk.values import Row, SheetFile
from plugins.registration.imports import columns as col
from plugins.registration.imports.entries import MOST_ENTRIES, compare_entries
from plugins.registration.imports.roster import Accepted, Rejected, Roster, RosterEntry, RosterRules
from plugins.registration.imports.uploads import (
    PLAN,
    SheetFound,
    find_import,
    opened_file,
    refuse,
    turn,
)
from plugins.registration.imports.verdicts import Finding, Reason
from plugins.registration.tables import RosterRow

__all__ = [
    "NUMBER",
    "PIECE",
    "ROW",
    "PlanRow",
    "plan_piece",
    "plan_rows",
    "read_headers",
    "rejected_cells",
    "rejected_rows",
]

PIECE = 20_000
"""Data rows that one job judges; it passes over those before."""
ROW = "registration.roster_row.row_sealed"
NUMBER = "registration.roster_row.number_index"

_NAMES = (
    "import_id",
    "place",
    "sheet",
    "row",
    "verdict",
    "findings",
    "name",
    "row_sealed",
    "number_index",
    "id",
)


class PlanRow(Struct, frozen=True, kw_only=True):
    """A line of the plan as a page shows it."""

    place: int
    sheet: str
    row: int
    verdict: str
    name: str
    findings: tuple[Finding, ...]


class _Judged(Struct):
    place: int
    row: Row
    verdict: Accepted | Rejected
    cells: dict[str, str]


async def read_headers(ctx: TenantCtx, incoming: UUID) -> None:
    """Find the headers of every sheet and count the rows under them."""
    if (await find_import(incoming)).state != "received":
        return
    roster = Roster(RosterRules(firm_names=frozenset()))
    try:
        async with opened_file(ctx, incoming) as file:
            sheets = await _found(file, roster)
        roster.finish()
    except BadInput as error:
        await refuse(incoming, "received", error)
        return
    total = sum(sheet.rows for sheet in sheets)
    await turn(incoming, "received", "read", sheets=json.encode(sheets).decode(), total=total)


async def plan_piece(ctx: TenantCtx, incoming: UUID, piece: int = PIECE) -> None:
    """Judge the next rows; when none are left the plan stands and the file is deleted."""
    known = await find_import(incoming)
    if known.state != "planning":
        return
    try:
        tally = await _judge(ctx, incoming, known.judged, piece)
    except BadInput as error:
        await refuse(incoming, "planning", error)
        return
    judged = known.judged + tally["judged"]
    counts: dict[str, Any] = {
        "judged": judged,
        **{
            name: getattr(known, name) + tally[name]
            for name in ("added", "corrected", "unchanged", "rejected")
        },
        "warned": known.warned + tally["warned"],
    }
    if tally["judged"] < piece:
        await turn(incoming, "planning", "planned", content_sealed=None, **counts)
    else:
        await turn(incoming, "planning", "planning", **counts)
        await ctx.enqueue(PLAN, {"import": str(incoming)}, dedupe=f"{PLAN}:{incoming}")


async def plan_rows(incoming: UUID, verdict: str = "", after: int = -1, limit: int = 50) -> list[PlanRow]:
    """A page of the plan in the order of the file; `after` is the place of the last line before."""
    shown = (
        RosterRow.place,
        RosterRow.sheet,
        RosterRow.row,
        RosterRow.verdict,
        RosterRow.name,
        RosterRow.findings,
    )
    query = RosterRow.select(*shown).where((RosterRow.import_id == incoming) & (RosterRow.place > after))
    if verdict == "warned":
        query = query.where((RosterRow.findings != "") & (RosterRow.verdict != "rejected"))
    elif verdict:
        query = query.where(RosterRow.verdict == verdict)
    rows = await query.order_by(RosterRow.place).limit(limit)
    return [PlanRow(**{**row, "findings": findings_of(row["findings"])}) for row in rows]


async def rejected_cells(ctx: TenantCtx, incoming: UUID) -> AsyncIterator[tuple[PlanRow, dict[str, str]]]:
    """The rejected rows with their cells by standard column, for a file to correct them in."""
    after = -1
    while page := await rejected_rows(ctx, incoming, after, 1000):
        for line, cells in page:
            yield line, cells
            after = line.place


async def rejected_rows(
    ctx: TenantCtx, incoming: UUID, after: int, limit: int
) -> list[tuple[PlanRow, dict[str, str]]]:
    """A page of them; `after` is the place of the last one before."""
    page = await plan_rows(incoming, "rejected", after, limit)
    if not page:
        return []
    sealed = await RosterRow.select(RosterRow.id, RosterRow.place, RosterRow.row_sealed).where(
        (RosterRow.import_id == incoming) & RosterRow.place.is_in([line.place for line in page])
    )
    cells = {row["place"]: ctx.unseal(ROW, row["id"], row["row_sealed"]) for row in sealed}
    return [(line, json.decode(cells[line.place], type=dict[str, str])) for line in page]


def findings_of(text: str) -> tuple[Finding, ...]:
    pairs = (part.split(":", 1) for part in text.split(";") if part)
    return tuple(Finding(Reason(reason), column) for reason, column in pairs)


async def _found(file: SheetFile, roster: Roster) -> list[SheetFound]:
    sheets: dict[str, SheetFound] = {}
    counts: Counter[str] = Counter()
    async with aclosing(file.rows()) as rows:
        async for row in rows:
            was_known = row.sheet in roster.tallies
            counts[row.sheet] += roster.data_places(row) is not None
            if not was_known and row.sheet in roster.tallies:
                sheets[row.sheet] = _header(row, roster.tallies[row.sheet].missing)
    known = [
        SheetFound(
            name=sheet.name,
            header_row=sheet.header_row,
            columns=sheet.columns,
            missing=sheet.missing,
            rows=counts[sheet.name],
        )
        for sheet in sheets.values()
    ]
    others = [SheetFound(name=name) for name in file.sheets if name not in sheets]
    return known + others + [SheetFound(name=name, is_hidden=True) for name in file.hidden]


def _header(row: Row, missing: Sequence[str]) -> SheetFound:
    places = col.header_of(row.cells) or {}
    headed = [(name, " ".join(str(row.cells[place]).split())) for name, place in places.items()]
    return SheetFound(name=row.sheet, header_row=row.number, columns=headed, missing=list(missing))


async def _judge(ctx: TenantCtx, incoming: UUID, done: int, piece: int) -> Counter[str]:
    roster = Roster(
        await _rules(ctx), digest=lambda text: ctx.blind(NUMBER, text), seen=await _seen(incoming)
    )
    tally: Counter[str] = Counter()
    waiting: list[_Judged] = []
    place = 0
    async with opened_file(ctx, incoming) as file, aclosing(file.rows()) as rows:
        async for row in rows:
            if place < done:
                place += roster.data_places(row) is not None
                continue
            verdict = roster.feed(row)
            if verdict is None:
                continue
            waiting.append(_Judged(place, row, _at_the_counter(ctx, verdict), {}))
            if isinstance(waiting[-1].verdict, Rejected):
                waiting[-1].cells = roster.texts(row)
            place += 1
            if len(waiting) == MOST_ENTRIES:
                await _keep(ctx, incoming, roster, waiting, tally)
                waiting = []
            if place == done + piece:
                break
    await _keep(ctx, incoming, roster, waiting, tally)
    return tally


def _at_the_counter(ctx: TenantCtx, verdict: Accepted | Rejected) -> Accepted | Rejected:
    """A live register has one rule more than a year's folder: nobody arrives tomorrow."""
    if isinstance(verdict, Accepted) and verdict.entry.registered_on > ctx.today:
        return Rejected(verdict.sheet, verdict.row, Finding(Reason.DATE_TO_COME, col.REGISTERED_ON))
    return verdict


async def _rules(ctx: TenantCtx) -> RosterRules:
    firms = await list_firms(ctx.transaction)
    town = await town_settings(ctx.transaction)
    names = (name for firm in firms for name in (firm.name_zh, firm.short_zh, firm.former_zh) if name)
    return RosterRules(
        firm_names=frozenset(names),
        synthetic_ids=town.synthetic_ids,
        known_divisions=frozenset(town.known_id_prefixes),
    )


async def _seen(incoming: UUID) -> list[bytes]:
    rows = await RosterRow.select(RosterRow.number_index).where(
        (RosterRow.import_id == incoming) & RosterRow.number_index.is_not_null()
    )
    return [row["number_index"] for row in rows]


async def _keep(
    ctx: TenantCtx, incoming: UUID, roster: Roster, waiting: Sequence[_Judged], tally: Counter[str]
) -> None:
    entries = [one.verdict.entry for one in waiting if isinstance(one.verdict, Accepted)]
    verdicts = iter(await compare_entries(ctx, entries, ctx.today.year) if entries else ())
    rows: list[tuple[Any, ...]] = []
    for one in waiting:
        told, findings = "rejected", (one.verdict.finding,) if isinstance(one.verdict, Rejected) else ()
        if isinstance(one.verdict, Accepted):
            verdict = next(verdicts)
            told = "added" if verdict.is_new else "corrected" if verdict.is_changed else "unchanged"
            findings = one.verdict.warnings
            tally["warned"] += bool(findings)
        tally[told] += 1
        rows.append(_row(ctx, incoming, roster, one, told, findings))
    tally["judged"] += len(rows)
    await RosterRow.insert_many(_NAMES, rows)


def _row(
    ctx: TenantCtx, incoming: UUID, roster: Roster, one: _Judged, verdict: str, findings: Sequence[Finding]
) -> tuple[Any, ...]:
    entry: RosterEntry | None = one.verdict.entry if isinstance(one.verdict, Accepted) else None
    key = new_id()
    kept: RosterEntry | Mapping[str, str] = entry if entry is not None else one.cells
    return (
        incoming,
        one.place,
        one.row.sheet,
        one.row.number,
        verdict,
        ";".join(f"{finding.reason}:{finding.column}" for finding in findings),
        (entry.name if entry is not None else one.cells.get(col.NAME, ""))[:100],
        ctx.seal(ROW, key, json.encode(kept).decode()),
        roster.digest_of(entry) if entry is not None else None,
        key,
    )
