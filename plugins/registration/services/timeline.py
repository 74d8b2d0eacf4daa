"""What registration tells on a person's line of time: her movements, what she agreed to, when she was seen, permits."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from core.sdk import Moment, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import ConsentState, Movement, MovementKind
from plugins.registration.permissions import MOVE
from plugins.registration.services.codes import PERMIT_KINDS, REASONS, title_of
from plugins.registration.services.confirming import helps_of, seen_of
from plugins.registration.services.moving import KIND_TITLES

__all__ = ["moments_of"]

ICONS = {
    MovementKind.OPENING: "book",
    MovementKind.ARRIVE: "plane-arrival",
    MovementKind.CHANGE_EMPLOYER_IN: "arrows-left-right",
    MovementKind.CHANGE_EMPLOYER_OUT: "arrows-left-right",
    MovementKind.RETURN: "arrow-back-up",
    MovementKind.TEMP_LEAVE: "clock",
    MovementKind.MOVE_WITHIN_TOWN: "map-pin",
}
"""Of the movements; every other leads out."""


async def moments_of(ctx: TenantCtx, person: UUID) -> list[Moment]:
    """For the station alone. Of one day the latest movement first, then what was noted with it."""
    movements = await ctx.people.movements(person)
    return [
        *(_moved(ctx, person, movement) for movement in reversed(movements)),
        *(moment for state in await ctx.people.consents(person) for moment in _said(ctx, state)),
        *(
            Moment(
                day=one.day,
                title=_("still here, contact verified") if one.contact_verified else _("still here"),
                icon="circle-check",
            )
            for one in await seen_of(person)
        ),
        *(
            Moment(day=one.day, title=PERMIT_KINDS[one.kind].title, icon="certificate")
            for one in await helps_of(person)
        ),
    ]


def _moved(ctx: TenantCtx, person: UUID, movement: Movement) -> Moment:
    return Moment(
        day=movement.day,
        title=KIND_TITLES[movement.kind],
        note=ctx.tell(title_of(REASONS, movement.reason)) if movement.reason else "",
        address=ctx.address(f"people/{person}/movements/{movement.id}") if ctx.can(MOVE) else "",
        icon=ICONS.get(movement.kind, "plane-departure"),
    )


def _said(ctx: TenantCtx, state: ConsentState) -> list[Moment]:
    what = {"what": ctx.tell(state.purpose.title)}
    said: list[Moment] = []
    if state.withdrawn_at:
        day = _day(ctx, state.withdrawn_at)
        said.append(
            Moment(day=day, title=_("took back her consent: %(what)s"), params=what, icon="shield-check")
        )
    if state.given_at:
        day = _day(ctx, state.given_at)
        said.append(Moment(day=day, title=_("agreed: %(what)s"), params=what, icon="shield-check"))
    return said


def _day(ctx: TenantCtx, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(ctx.tenant.time_zone)).date()
