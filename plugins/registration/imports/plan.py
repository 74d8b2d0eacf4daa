"""The plan of a roster: what applying it would do, row by row; made in pieces, so that no job runs long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any
from uuid import UUID

from msgspec import Struct, json

from core.sdk import BadInput, TenantCtx, new_id
from core.sdk.tenancy import list_firms, town_settings
from core.sdk.values import Row
from plugins.registration.imports import columns as col
from plugins.registration.imports.entries import MOST_ENTRIES, compare_entries
from plugins.registration.imports.lines import CELLS, NUMBER, ROW
from plugins.registration.imports.roster import Accepted, Header, Rejected, Roster, RosterEntry, RosterRules
from plugins.registration.imports.uploads import PLAN, Incoming, find_import, opened_file, refuse, turn
from plugins.registration.imports.verdicts import Finding, Reason
from plugins.registration.tables import RosterRow

__all__ = ["PIECE", "VERDICTS", "Judge", "plan_piece"]

PIECE = 20_000
"""Data rows that one job judges; it passes over those before."""
VERDICTS = ("added", "corrected", "unchanged", "rejected")

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
    "cells_sealed",
    "id",
)


class _Judged(Struct, frozen=True, kw_only=True):
    """A row with its verdict, to be kept under `id`."""

    id: UUID
    place: int
    row: Row
    verdict: Accepted | Rejected
    cells: Mapping[str, str]
    """Of a row that can be corrected; empty otherwise."""


class Judge:
    """Judges rows of an import, in the order of the file or one again, and keeps them as lines of its plan."""

    def __init__(self, ctx: TenantCtx, incoming: UUID, roster: Roster) -> None:
        self._ctx = ctx
        self._incoming = incoming
        self._waiting: list[_Judged] = []
        self.roster = roster
        self.tally: Counter[str] = Counter()

    @classmethod
    async def of(
        cls,
        ctx: TenantCtx,
        incoming: UUID,
        *,
        headers: Mapping[str, Header] | None = None,
        but: UUID | None = None,
    ) -> Judge:
        """`but`: a line whose number does not count as seen, because it is judged again."""
        seen = await _seen(incoming, but)
        return cls(
            ctx,
            incoming,
            Roster(await _rules(ctx), digest=partial(ctx.blind, NUMBER), seen=seen, headers=headers),
        )

    def feed(self, row: Row, place: int, line: UUID | None = None) -> bool:
        """Whether it is a data row. `line`: of one that is judged again, whose cells are kept whatever comes of it."""
        verdict = self.roster.feed(row)
        if verdict is None:
            return False
        verdict = _at_the_counter(self._ctx, verdict)
        is_open = line is not None or isinstance(verdict, Rejected) or bool(verdict.warnings)
        cells = self.roster.texts(row) if is_open else {}
        self._waiting.append(_Judged(id=line or new_id(), place=place, row=row, verdict=verdict, cells=cells))
        return True

    async def keep(self, at_least: int = 1) -> None:
        """Write what was fed, as soon as there is that much of it."""
        if len(self._waiting) < at_least:
            return
        waiting, self._waiting = self._waiting, []
        entries = [one.verdict.entry for one in waiting if isinstance(one.verdict, Accepted)]
        year = self._ctx.today.year
        verdicts = iter(await compare_entries(self._ctx, entries, year) if entries else ())
        rows: list[tuple[Any, ...]] = []
        for one in waiting:
            told, findings = "rejected", (one.verdict.finding,) if isinstance(one.verdict, Rejected) else ()
            if isinstance(one.verdict, Accepted):
                verdict = next(verdicts)
                told = "added" if verdict.is_new else "corrected" if verdict.is_changed else "unchanged"
                findings = one.verdict.warnings
                self.tally["warned"] += bool(findings)
            self.tally[told] += 1
            rows.append(self._row(one, told, findings))
        self.tally["judged"] += len(rows)
        await RosterRow.insert_many(_NAMES, rows)

    def _row(self, one: _Judged, verdict: str, findings: Sequence[Finding]) -> tuple[Any, ...]:
        entry: RosterEntry | None = one.verdict.entry if isinstance(one.verdict, Accepted) else None
        kept: RosterEntry | Mapping[str, str] = entry if entry is not None else one.cells
        beside = one.cells if entry is not None else {}
        return (
            self._incoming,
            one.place,
            one.row.sheet,
            one.row.number,
            verdict,
            ";".join(f"{finding.reason}:{finding.column}" for finding in findings),
            (entry.name if entry is not None else one.cells.get(col.NAME, ""))[:100],
            self._ctx.seal(ROW, one.id, json.encode(kept).decode()),
            self.roster.digest_of(entry) if entry is not None else None,
            self._ctx.seal(CELLS, one.id, json.encode(beside).decode()) if beside else None,
            one.id,
        )


async def plan_piece(ctx: TenantCtx, incoming: UUID, piece: int = PIECE) -> None:
    """Judge the next rows; when none are left the plan stands and the file is deleted."""
    known = await find_import(incoming)
    if known.state != "planning":
        return
    try:
        tally = await _judge(ctx, known, piece)
    except BadInput as error:
        await refuse(incoming, "planning", error)
        return
    counts: dict[str, Any] = {
        name: getattr(known, name) + tally[name] for name in ("judged", "warned", *VERDICTS)
    }
    if tally["judged"] < piece:
        await turn(incoming, "planning", "planned", content_sealed=None, **counts)
    else:
        await turn(incoming, "planning", "planning", **counts)
        await ctx.enqueue(PLAN, {"import": str(incoming)}, dedupe=f"{PLAN}:{incoming}")


async def _judge(ctx: TenantCtx, known: Incoming, piece: int) -> Counter[str]:
    headers = {
        sheet.name: Header(sheet.header_row, sheet.places) for sheet in known.sheets if sheet.header_row
    }
    judge = await Judge.of(ctx, known.id, headers=headers)
    place = 0
    async with opened_file(ctx, known.id) as file, aclosing(file.rows()) as rows:
        async for row in rows:
            if place < known.judged:
                place += judge.roster.data_places(row) is not None
                continue
            place += judge.feed(row, place)
            await judge.keep(MOST_ENTRIES)
            if place == known.judged + piece:
                break
    await judge.keep()
    return judge.tally


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


async def _seen(incoming: UUID, but: UUID | None) -> list[bytes]:
    query = RosterRow.select(RosterRow.number_index).where(
        (RosterRow.import_id == incoming) & RosterRow.number_index.is_not_null()
    )
    if but is not None:
        query = query.where(RosterRow.id != but)
    return [row["number_index"] for row in await query]
