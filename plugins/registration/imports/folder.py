"""The rosters and movements.csv of an exchange folder, read and judged; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import date
from pathlib import Path

from msgspec import Struct

from core.sdk import BadInput, ExchangeFolder, ExchangeTenant, FileOutcome, RowNote
from core.sdk import gettext_noop as _
from core.sdk.values import read_sheets
from plugins.registration.imports.movements import (
    AcceptedMovement,
    Key,
    MovementLine,
    MovementRules,
    Movements,
)
from plugins.registration.imports.roster import Accepted, Rejected, Roster, RosterEntry, RosterRules
from plugins.registration.imports.verdicts import Finding

__all__ = ["MOVEMENTS", "JudgedRoster", "judge_movements", "judge_roster", "roster_file"]

MOVEMENTS = "movements.csv"
REQUIRED = ("ref", "date", "tenant", "type", "id_type", "id_no")
COLUMNS = (*REQUIRED, "to_tenant", "reason")


class JudgedRoster(Struct, kw_only=True):
    """A roster with its verdicts; `is_whole` is False for one that is broken or missing."""

    entries: dict[Key, RosterEntry] = {}
    outcomes: list[FileOutcome] = []
    is_whole: bool = False


def roster_file(folder: ExchangeFolder, tenant: str) -> Path | None:
    for ending in ("xlsx", "csv"):
        path = folder.path / "rosters" / f"{tenant}.{ending}"
        if path.is_file():
            return path
    return None


async def judge_roster(folder: ExchangeFolder, tenant: ExchangeTenant) -> JudgedRoster:
    """Row by row; a file that cannot be read to its end is broken as a whole."""
    path = roster_file(folder, tenant.code)
    if path is None:
        return JudgedRoster()
    name = f"rosters/{path.name}"
    roster = Roster(
        RosterRules(
            firm_names=tenant.firm_names,
            synthetic_ids=folder.synthetic_ids,
            known_divisions=folder.known_id_prefixes,
        )
    )
    judged = JudgedRoster(is_whole=True)
    notes: dict[str, list[RowNote]] = {}
    try:
        async with aclosing(read_sheets(path)) as rows:
            async for row in rows:
                _take(judged, notes, name, roster.feed(row))
        roster.finish()
    except BadInput as error:
        return JudgedRoster(outcomes=[FileOutcome(file=name, broken=error.sentence(_))])
    judged.outcomes = [
        FileOutcome(
            file=name,
            sheet=sheet,
            rows=tally.rows,
            accepted=tally.accepted,
            notes=tuple(notes.get(sheet, ())),
        )
        for sheet, tally in roster.tallies.items()
    ]
    return judged


def _take(
    judged: JudgedRoster, notes: dict[str, list[RowNote]], file: str, verdict: Accepted | Rejected | None
) -> None:
    if verdict is None:
        return
    told = notes.setdefault(verdict.sheet, [])
    if isinstance(verdict, Rejected):
        told.append(_note(file, verdict.sheet, verdict.row, "reject", verdict.finding))
        return
    judged.entries[verdict.entry.key] = verdict.entry
    told += [_note(file, verdict.sheet, verdict.row, "warning", one) for one in verdict.warnings]


def judge_movements(
    folder: ExchangeFolder, registered_on: Callable[[str, Key], date | None]
) -> tuple[list[AcceptedMovement], FileOutcome | None]:
    """The accepted movements of the whole town, and what to tell; None when there is no such file."""
    if not (folder.path / MOVEMENTS).is_file():
        return [], None
    rules = MovementRules(
        year=folder.year,
        starts_on={code: tenant.starts_on for code, tenant in folder.tenants.items()},
        registered_on=registered_on,
    )
    try:
        verdicts = list(Movements(rules).judge(_lines(folder)))
    except BadInput as error:
        return [], FileOutcome(file=MOVEMENTS, broken=error.sentence(_))
    accepted = [one for one in verdicts if isinstance(one, AcceptedMovement)]
    notes = sorted(
        (
            _note(MOVEMENTS, "", one.row, "reject", one.finding)
            for one in verdicts
            if not isinstance(one, AcceptedMovement)
        ),
        key=lambda note: note.row,
    )
    return accepted, FileOutcome(
        file=MOVEMENTS, rows=len(verdicts), accepted=len(accepted), notes=tuple(notes)
    )


def _lines(folder: ExchangeFolder) -> Iterator[MovementLine]:
    for row, line in folder.lines(MOVEMENTS, REQUIRED):
        yield MovementLine(row=row, **{name: line.get(name) or "" for name in COLUMNS})


def _note(file: str, sheet: str, row: int, severity: str, finding: Finding) -> RowNote:
    kind = "reject" if severity == "reject" else "warning"
    return RowNote(file, sheet, row, kind, str(finding.reason), finding.column)
