"""A page of records: the filter of the address, the lines in words, and where to go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from core.host.portal import PortalCtx, TownHallCtx
from core.host.records.sentences import Words, accounts_in
from core.host.records.trail import PAGE, Wanted, names_of, people_of, read_trail, things_of
from core.identity.accounts import account_by_login
from core.kernel.audit import AuditLine
from core.kernel.cursors import Cursor
from core.kernel.i18n import Translate
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id

__all__ = ["Leaf", "RecordsQuery", "Told", "read_leaf"]

LISTING = "records"


class RecordsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The filter of the records: who, what about, from and to which day, and where the last page ended."""

    who: Annotated[str, Meta(max_length=100)] = ""
    about: Annotated[str, Meta(max_length=40)] = ""
    since: date | None = None
    until: date | None = None
    after: Cursor = ""

    @property
    def filters(self) -> dict[str, str | None]:
        """What the address of the next page repeats."""
        return {
            "who": self.who or None,
            "about": self.about or None,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


class Told(Struct, frozen=True, kw_only=True):
    """A line for reading; `day` and `clock` are those of the town."""

    day: str
    clock: str
    who: str
    sentence: str
    reason: str
    person: UUID | None
    """Whom the act is about, where it is a person that a unit looks after."""


class Leaf(Struct, frozen=True, kw_only=True):
    """One page; `next` is the cursor of the one after it, '' at the end."""

    lines: list[Told]
    next: str
    people: list[tuple[str, str]]
    things: list[tuple[str, str]]
    query: RecordsQuery
    is_filtered: bool


async def read_leaf(
    ctx: PortalCtx | TownHallCtx,
    query: RecordsQuery,
    *,
    areas: Sequence[str] | None = None,
    limit: int = PAGE,
) -> Leaf:
    """The lines of the place's chain that fit; with `areas` no others, not even in the choices of the filter.

    The cursor is sealed: from the numbers of two lines a reader could count those between that are not hers.
    """
    tx, at = ctx.transaction, ctx.at(LISTING, query.after)
    account = await account_by_login(tx, query.who) if query.who else None
    # Somebody who is not there has done nothing: an id of nobody finds no line.
    actor = (account.id if account else new_id()) if query.who else None
    wanted = Wanted(
        actor=actor,
        kind=query.about,
        since=query.since,
        until=query.until,
        before=int(at[0]) if at else None,
        areas=areas,
    )
    zone = ctx.tenant.time_zone if isinstance(ctx, PortalCtx) else ctx.town.time_zone
    lines, more = await read_trail(tx, wanted, zone, limit)
    names = await names_of(tx, {account for line in lines for account in accounts_in(line)})
    words = Words(ctx.registry, ctx.language, names)
    told = _teller(words, names, ctx.tell, zone)
    return Leaf(
        lines=[told(line) for line in lines],
        next=ctx.cursor(LISTING, more) if more else "",
        people=await people_of(tx, areas),
        things=[(kind, words.thing(kind)) for kind in await things_of(tx, areas)],
        query=query,
        is_filtered=any(query.filters.values()),
    )


def _teller(
    words: Words, names: dict[UUID, str], tell: Translate, time_zone: str
) -> Callable[[AuditLine], Told]:
    def told(line: AuditLine) -> Told:
        at = line.at.astimezone(ZoneInfo(time_zone)) if line.at else None
        return Told(
            day=at.date().isoformat() if at else "",
            clock=f"{at:%H:%M}" if at else "",
            who=names.get(line.actor, "") if line.actor else tell(_("the system")),
            sentence=words.sentence(line),
            reason=line.reason,
            person=line.object_id if line.kind == "person" else None,
        )

    return told
