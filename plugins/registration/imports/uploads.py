"""A roster that comes through the portal: received, read, planned, applied; each step its own state.

received -> read -> planning -> planned -> applying -> applied; or refused, or cancelled. Within the day an applied
one can be undone: applied -> undoing -> undone. The file and the rows
are sealed, and deleted as soon as they are not needed. Only jobs open the file; the web process never parses.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from msgspec import Struct, json
from msgspec.structs import replace

from core.sdk import BadInput, Conflict, NotFound, TenantCtx, TooLarge, TownbridgeError, Upload, new_id, now
from core.sdk import gettext_noop as _
from core.sdk.values import SheetFile, open_sheets
from plugins.registration.imports.columns import COLUMNS, REQUIRED
from plugins.registration.tables import RosterImport, RosterRow

__all__ = [
    "APPLY",
    "JOB_OF",
    "LARGEST",
    "OPEN_STATES",
    "PLAN",
    "READ_FILE",
    "STATE_TITLES",
    "UNDO",
    "Fault",
    "Incoming",
    "SheetFound",
    "apply_plan",
    "cancel",
    "find_import",
    "forget_imports",
    "is_stuck",
    "make_plan",
    "note_download",
    "opened_file",
    "receive",
    "recent_imports",
    "refuse",
    "turn",
]

READ_FILE = "registration.roster.read"
PLAN = "registration.roster.plan"
APPLY = "registration.roster.apply"
UNDO = "registration.roster.undo"

LARGEST = 10_000_000
CONTENT = "registration.roster_import.content_sealed"

STATE_TITLES: dict[str, str] = {
    "received": _("being read"),
    "read": _("headers found"),
    "planning": _("being compared"),
    "planned": _("waits to be applied"),
    "applying": _("being applied"),
    "applied": _("applied"),
    "undoing": _("being undone"),
    "undone": _("undone"),
    "refused": _("not readable"),
    "cancelled": _("cancelled"),
}
OPEN_STATES = ("received", "read", "planning", "planned", "applying")
JOB_OF = {"received": READ_FILE, "planning": PLAN, "applying": APPLY, "undoing": UNDO}
"""What is at work in a state."""


class Fault(Struct, frozen=True, kw_only=True):
    """Why a file was refused, as message ids."""

    what: str
    todo: str = ""
    params: dict[str, str | int] = {}


class SheetFound(Struct, frozen=True, kw_only=True):
    """What was found in a sheet. `headers` are all cells of its header row, `places` where in it a column stands."""

    name: str
    header_row: int | None = None
    headers: list[str] = []
    places: dict[str, int] = {}
    rows: int = 0
    is_hidden: bool = False

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Pairs: the column as it is known, and as it is headed."""
        return [(column, self.headers[place]) for column, place in self.places.items()]

    @property
    def missing(self) -> list[str]:
        """Required columns that nothing was found for: every row will be rejected."""
        lacking = REQUIRED - self.places.keys() if self.header_row else frozenset[str]()
        return [name for name in COLUMNS if name in lacking]

    @property
    def unmatched(self) -> list[str]:
        """Headers that nothing is taken from."""
        taken = set(self.places.values())
        return [header for place, header in enumerate(self.headers) if header and place not in taken]

    def matched(self, places: Mapping[str, int]) -> SheetFound:
        return replace(self, places=dict(places))


class Incoming(Struct, frozen=True, kw_only=True):
    """A roster on its way in."""

    id: UUID
    file_name: str
    state: str
    sheets: list[SheetFound]
    fault: Fault | None
    total: int
    judged: int
    added: int
    corrected: int
    unchanged: int
    rejected: int
    warned: int
    applied: int
    undone: int
    left_alone: int
    created_at: datetime
    finished_at: datetime | None

    @property
    def to_write(self) -> int:
        return self.added + self.corrected

    @property
    def is_busy(self) -> bool:
        """Something runs in the background: the page asks again."""
        return self.state in JOB_OF

    @property
    def work(self) -> tuple[int, int]:
        """How much of the step that runs is done, and of how much; nobody knows how long a file is to be read."""
        if self.state in ("undoing", "undone"):
            return self.undone, self.applied
        return (self.applied, self.to_write) if self.state == "applying" else (self.judged, self.total)


async def receive(ctx: TenantCtx, upload: Upload | None) -> UUID:
    """Keep the file, sealed, and have it read. Raises `BadInput`, `TooLarge`."""
    if upload is None or not upload.content:
        raise BadInput(fields={"upload": _("Choose a file.")})
    if len(upload.content) > LARGEST:
        raise TooLarge(_("The file is larger than 10 MB."), _("Split it into several files."))
    incoming = new_id()
    sealed = ctx.seal(CONTENT, incoming, b64encode(upload.content).decode())
    await RosterImport.insert(
        RosterImport(
            id=incoming,
            file_name=Path(upload.name).name[:200],
            content_sealed=sealed,
            state="received",
            created_at=now(),
            created_by=ctx.actor.id,
        )
    )
    await ctx.enqueue(READ_FILE, {"import": str(incoming)}, dedupe=f"{READ_FILE}:{incoming}")
    ctx.audit("registration.roster.receive", "roster_import", incoming, detail={"bytes": len(upload.content)})
    return incoming


async def make_plan(ctx: TenantCtx, incoming: UUID) -> None:
    """The headers are right: compare every row with what is known. Raises `NotFound`, `Conflict`."""
    await find_import(incoming)
    await turn(incoming, "read", "planning")
    await ctx.enqueue(PLAN, {"import": str(incoming)}, dedupe=f"{PLAN}:{incoming}")


async def apply_plan(ctx: TenantCtx, incoming: UUID) -> None:
    """Do what the plan shows. Raises `NotFound`, `Conflict`."""
    await find_import(incoming)
    await turn(incoming, "planned", "applying")
    await ctx.enqueue(APPLY, {"import": str(incoming)}, dedupe=f"{APPLY}:{incoming}")
    ctx.audit("registration.roster.apply", "roster_import", incoming)


async def cancel(ctx: TenantCtx, incoming: UUID) -> None:
    """Before anything was written: the file and its rows are deleted."""
    known = await find_import(incoming)
    if known.state not in ("received", "read", "planning", "planned"):
        raise _moved_on()
    await turn(incoming, known.state, "cancelled", content_sealed=None, finished_at=now())
    await RosterRow.delete().where(RosterRow.import_id == incoming)
    ctx.audit("registration.roster.cancel", "roster_import", incoming)


async def is_stuck(ctx: TenantCtx, known: Incoming) -> bool:
    """Whether the step that should run was tried in vain: an administrator has to look."""
    job = JOB_OF.get(known.state)
    return job is not None and await ctx.has_given_up(f"{job}:{known.id}")


async def find_import(incoming: UUID) -> Incoming:
    """Raises `NotFound`."""
    row = await _shown().where(RosterImport.id == incoming).first()
    if row is None:
        raise NotFound
    return _incoming(row)


async def recent_imports(limit: int = 20) -> list[Incoming]:
    rows = await _shown().order_by(RosterImport.created_at, ascending=False).limit(limit)
    return [_incoming(row) for row in rows]


def note_download(ctx: TenantCtx, incoming: UUID, rows: int) -> None:
    """Rejected rows left with what they say."""
    ctx.audit("registration.roster.download", "roster_import", incoming, detail={"rows": rows})


async def turn(incoming: UUID, before: str, after: str, **values: Any) -> None:
    """From one state to the next, once; raises `Conflict` when it is not in `before` any more."""
    done = (
        await RosterImport.update({"state": after, **values})
        .where((RosterImport.id == incoming) & (RosterImport.state == before))
        .returning(RosterImport.id)
    )
    if not done:
        raise _moved_on()


async def refuse(incoming: UUID, before: str, error: TownbridgeError) -> None:
    """The file cannot be used: say why, keep nothing of it."""
    fault = json.encode(Fault(what=error.what, todo=error.todo, params=dict(error.params))).decode()
    await turn(incoming, before, "refused", content_sealed=None, fault=fault, finished_at=now())
    await RosterRow.delete().where(RosterRow.import_id == incoming)


@asynccontextmanager
async def opened_file(ctx: TenantCtx, incoming: UUID) -> AsyncIterator[SheetFile]:
    """The file, parsed by a child process; on disk it has no name that could outlive this."""
    row = await RosterImport.select(RosterImport.content_sealed).where(RosterImport.id == incoming).first()
    if row is None or row["content_sealed"] is None:
        raise NotFound
    content = b64decode(ctx.unseal(CONTENT, incoming, row["content_sealed"]))
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        del row, content
        async with open_sheets(Path(f"/dev/fd/{file.fileno()}")) as sheets:
            yield sheets


async def forget_imports(ctx: TenantCtx, days: int) -> int:
    """Delete what imports of more than `days` ago still hold of people; their numbers stay."""
    before = now() - timedelta(days=days)
    old = RosterImport.select(RosterImport.id).where(RosterImport.created_at < before)
    ids = [row["id"] for row in await old]
    if not ids:
        return 0
    await RosterImport.update({"content_sealed": None}).where(RosterImport.id.is_in(ids))
    of_them = RosterRow.import_id.is_in(ids)
    gone = await RosterRow.count().where(of_them)
    await RosterRow.delete().where(of_them)
    await (
        RosterImport.update({"state": "cancelled", "finished_at": now()})
        .where(RosterImport.id.is_in(ids))
        .where(RosterImport.state.is_in(list(OPEN_STATES)))
    )
    return gone


def _shown() -> Any:
    """Every column but the file."""
    kept = [column for column in RosterImport._meta.columns if column._meta.name != "content_sealed"]
    return RosterImport.select(*kept)


def _incoming(row: Mapping[str, Any]) -> Incoming:
    values = {name: row[name] for name in Incoming.__struct_fields__}
    values["sheets"] = json.decode(row["sheets"], type=list[SheetFound])
    values["fault"] = json.decode(row["fault"], type=Fault) if row["fault"] else None
    return Incoming(**values)


def _moved_on() -> Conflict:
    return Conflict(_("This import has moved on meanwhile."), _("Reload the page to see where it is."))
