"""What rosters on their way in hold of one person: shown to her, and taken away when she is erased."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import TenantCtx, now
from core.sdk.people import PersonFull
from core.sdk.values import documents
from plugins.registration.imports.lines import NUMBER
from plugins.registration.imports.uploads import turn
from plugins.registration.tables import RosterImport, RosterRow

__all__ = ["RosterLine", "forget_in_rosters", "lines_in_rosters"]

LOOK = "registration.roster.forget"


class RosterLine(Struct, frozen=True, kw_only=True):
    """A row that is hers, or has her name, in a roster that was not applied yet."""

    id: UUID
    import_id: UUID
    file_name: str
    row: int
    verdict: str
    state: str


async def lines_in_rosters(ctx: TenantCtx, person: UUID) -> list[RosterLine]:
    """By her number; a rejected row has no number that could be compared, so there her name decides."""
    shown = await ctx.people.get(person, LOOK)
    if not isinstance(shown, PersonFull):
        return []
    names = [name for name in (shown.legal_name, shown.alias, shown.name_former) if name]
    wanted = (RosterRow.verdict == "rejected") & RosterRow.name.is_in(names) if names else None
    number = await ctx.people.reveal(person, "document", LOOK)
    if number and shown.id_type:
        key = f"{documents.space(shown.id_type)}\n{documents.normal_number(number)}"
        hers = RosterRow.number_index == ctx.blind(NUMBER, key)
        wanted = hers if wanted is None else hers | wanted
    if wanted is None:
        return []
    columns = (RosterRow.id, RosterRow.import_id, RosterRow.row, RosterRow.verdict)
    rows = await RosterRow.select(*columns).where(wanted).order_by(RosterRow.place)
    if not rows:
        return []
    known = await RosterImport.select(RosterImport.id, RosterImport.file_name, RosterImport.state).where(
        RosterImport.id.is_in([row["import_id"] for row in rows])
    )
    files = {each["id"]: each for each in known}
    return [_line(row, files[row["import_id"]]) for row in rows]


async def forget_in_rosters(ctx: TenantCtx, person: UUID) -> int:
    """Delete her rows, and cancel every roster whose file is still kept: nobody can tell whether she is in it."""
    unread = RosterImport.content_sealed.is_not_null()
    for row in await RosterImport.select(RosterImport.id, RosterImport.state).where(unread):
        await turn(row["id"], row["state"], "cancelled", content_sealed=None, finished_at=now())
        await RosterRow.delete().where(RosterRow.import_id == row["id"])
        ctx.audit("registration.roster.cancel", "roster_import", row["id"])
    lines = await lines_in_rosters(ctx, person)
    if lines:
        await RosterRow.delete().where(RosterRow.id.is_in([line.id for line in lines]))
    for incoming in {line.import_id for line in lines}:
        gone = Counter(line.verdict for line in lines if line.import_id == incoming)
        await _count_less(incoming, gone)
    return len(lines)


async def _count_less(incoming: UUID, gone: Counter[str]) -> None:
    """A plan is done when as many rows are written as it counts."""
    columns = {name: getattr(RosterImport, name) for name in gone}
    row = (
        await RosterImport.select(*columns.values())
        .where(RosterImport.id == incoming)
        .first()
        .lock_rows("UPDATE")
    )
    if row is not None:
        left: dict[Any, Any] = {name: max(row[name] - gone[name], 0) for name in columns}
        await RosterImport.update(left).where(RosterImport.id == incoming)


def _line(row: dict[str, Any], file: dict[str, Any]) -> RosterLine:
    return RosterLine(
        id=row["id"],
        import_id=row["import_id"],
        file_name=file["file_name"],
        row=row["row"],
        verdict=row["verdict"],
        state=file["state"],
    )
