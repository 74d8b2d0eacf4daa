"""Who did what: the town's records in plain sentences, for its auditor."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from litestar import Response
from msgspec import Struct

from core.host.portal import TownHallCtx
from core.identity.accounts import account_by_login
from core.kernel.audit import AuditLine
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.town.forms import AuditQuery
from core.town.sentences import accounts_in, sentence_of, thing_of
from core.town.trail import Wanted, names_of, people_of, read_trail, things_of
from core.web.pages import Nav, Page

__all__ = ["AUDIT_PAGES"]


class Told(Struct, frozen=True, kw_only=True):
    """A line for reading; `day` and `clock` are those of the town."""

    number: int
    day: str
    clock: str
    who: str
    sentence: str
    reason: str


async def show_audit(ctx: TownHallCtx, query: AuditQuery) -> Response:
    tx = ctx.transaction
    account = await account_by_login(tx, query.who) if query.who else None
    # Somebody who is not there has done nothing: an id of nobody finds no line.
    actor = (account.id if account else new_id()) if query.who else None
    wanted = Wanted(actor=actor, kind=query.about, since=query.since, until=query.until, before=query.before)
    lines, more = await read_trail(tx, wanted, ctx.town.time_zone)
    names = await names_of(tx, {account for line in lines for account in accounts_in(line)})
    titles = {entry.name: entry.plugin.title for entry in ctx.registry.plugins}
    filters = {
        "who": query.who or None,
        "about": query.about or None,
        "since": query.since.isoformat() if query.since else None,
        "until": query.until.isoformat() if query.until else None,
    }
    return ctx.render(
        "town/audit.html",
        lines=[_told(ctx, line, names, titles) for line in lines],
        more=ctx.address("audit", **filters, before=more) if more else "",
        query=query,
        is_filtered=any(filters.values()),
        people=await people_of(tx),
        things=[(kind, ctx.tell(thing_of(kind))) for kind in await things_of(tx)],
    )


def _told(ctx: TownHallCtx, line: AuditLine, names: dict, titles: dict[str, str]) -> Told:
    at = line.at.astimezone(ZoneInfo(ctx.town.time_zone)) if line.at else None
    return Told(
        number=line.seq,
        day=at.date().isoformat() if at else "",
        clock=f"{at:%H:%M}" if at else "",
        who=names.get(line.actor, "") if line.actor else ctx.tell(_("the system")),
        sentence=sentence_of(line, ctx.tell, titles, names),
        reason=line.reason,
    )


AUDIT_PAGES = (
    Page(
        path="audit",
        place="town",
        handler=show_audit,
        permission="town.audit.read",
        nav=Nav(title=_("Records"), order=950),
    ),
)
