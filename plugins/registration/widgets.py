"""In the platform's own pages: what waits and the counter at home, a person's line of time, what a search finds."""

from __future__ import annotations

from calendar import monthrange
from uuid import UUID

from core.sdk import Hit, Moment, Task, TenantCtx, Widget
from core.sdk import gettext_noop as _
from core.sdk.people import MovementKind
from plugins.registration.imports.uploads import OPEN_STATES, STATE_TITLES, recent_imports
from plugins.registration.permissions import EDIT, MOVE, READ
from plugins.registration.services.listing import basics_of
from plugins.registration.services.offers import waiting_offers
from plugins.registration.services.searching import find
from plugins.registration.services.timeline import moments_of

__all__ = ["WIDGETS"]


async def home(ctx: TenantCtx) -> str:
    """The counter: the month's arrivals and departures, the big actions."""
    first = ctx.today.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    lines = await ctx.people.stock(first, last)
    return ctx.text(
        "registration/home.html",
        arrivals=sum(line.moves.get(MovementKind.ARRIVE, 0) for line in lines),
        departures=sum(line.moves.get(MovementKind.DEPART, 0) for line in lines),
        present=sum(line.closing for line in lines),
    )


async def tasks(ctx: TenantCtx) -> list[Task]:
    """Who moves here and waits for an answer, and the rosters that somebody began to bring in."""
    offers = [
        Task(
            title=_("Somebody moves here from %(unit)s"),
            params={"unit": offer.other(ctx.language)},
            due=offer.moves_on,
            action=_("Accept or decline"),
            address=ctx.address(f"offers/{offer.id}"),
        )
        for offer in await waiting_offers()
    ]
    rosters = [
        Task(
            title=_("Roster %(file)s: %(state)s"),
            params={"file": one.file_name, "state": ctx.tell(STATE_TITLES[one.state])},
            action=_("Look at it"),
            address=ctx.address(f"roster/{one.id}"),
        )
        for one in reversed(await recent_imports())
        if one.state in OPEN_STATES
    ]
    return offers + rosters


async def timeline(ctx: TenantCtx, person: UUID) -> list[Moment]:
    """For the station alone. Raises `NotFound` for whom the reader does not see."""
    await basics_of(ctx, person)
    return await moments_of(ctx, person) if ctx.can(EDIT) else []


async def search(ctx: TenantCtx, words: str) -> list[Hit]:
    return await find(ctx, words)


WIDGETS = (
    Widget(slot="TENANT_TASKS", handler=tasks, permission=MOVE, order=10),
    Widget(slot="TENANT_HOME", handler=home, permission=MOVE, order=10),
    Widget(slot="PERSON_TIMELINE", handler=timeline, permission=READ, order=10),
    Widget(slot="TENANT_SEARCH", handler=search, permission=READ, order=10),
)
