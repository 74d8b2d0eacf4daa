"""Keeping the register fresh: "still here, contact verified", and help with residence permits."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, NotFound, Prepared, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import PeopleFilter
from plugins.registration.services.codes import PERMIT_KINDS
from plugins.registration.settings import Settings
from plugins.registration.tables import Confirmation, PermitHelp

__all__ = [
    "Help",
    "Permit",
    "PermitState",
    "Seen",
    "confirm",
    "confirm_many",
    "help_with_permit",
    "helps_of",
    "months_after",
    "permit_of",
    "permit_state",
    "seen_of",
    "write_confirmation",
]


class Seen(Struct, frozen=True, kw_only=True):
    """A day on which she was seen to be here."""

    day: date
    contact_verified: bool


class Help(Struct, frozen=True, kw_only=True):
    """A case of help with a residence permit."""

    day: date
    kind: str


class PermitState(Struct, frozen=True, kw_only=True):
    """What Decree 663 makes of her residence; information, for the office that issues the permit decides."""

    eligible_on: date | None
    """When she has lived here long enough to apply; None while she is not present."""
    endorse_from: date | None
    """One month before the next full year since she applied; None when no help with it is recorded."""
    endorse_by: date | None


class Permit(Struct, frozen=True, kw_only=True):
    """Her help with residence permits, newest first, and what it and her residence come to."""

    since: date | None
    """The beginning of the present time of residence."""
    state: PermitState
    helps: list[Help]
    months: int
    """Of residence, after which one can be applied for here."""


async def confirm(ctx: TenantCtx, person: UUID, day: date, *, contact_verified: bool) -> None:
    """Somebody who is present was seen, and perhaps reached by her contact; twice on a day is once."""
    if await ctx.people.presence(person) == "absent":
        raise Conflict(
            _("She is not registered as present."), _("Record her arrival first; that confirms her as well.")
        )
    _check_day(ctx, day)
    await write_confirmation(ctx, person, day, contact_verified=contact_verified)


_ON_DAY = Prepared(
    lambda person, day: Confirmation.select(Confirmation.id, Confirmation.contact_verified).where(
        (Confirmation.person_id == person) & (Confirmation.day == day)
    )
)


async def write_confirmation(ctx: TenantCtx, person: UUID, day: date, *, contact_verified: bool) -> None:
    """Without asking whether she is present."""
    known = await _ON_DAY.first(person, day)
    if known is None:
        names = ("person_id", "day", "contact_verified")
        await Confirmation.insert_many(names, [(person, day, contact_verified)])
    elif contact_verified and not known["contact_verified"]:
        await Confirmation.update({"contact_verified": True}).where(Confirmation.id == known["id"])
    else:
        return
    # For 180 days on it makes the register fresh, and for ever the contact verified.
    ctx.changed(Confirmation, day, onwards=True)
    ctx.audit(
        "registration.person.confirm", "person", person,
        detail={"day": day.isoformat(), "contact_verified": int(contact_verified)},
    )  # fmt: skip


async def confirm_many(ctx: TenantCtx, people: Sequence[UUID], day: date) -> int:
    """The same for several at once, as far as they are present; gives how many were. Raises `NotFound`."""
    found = await ctx.people.search(where=PeopleFilter(among=people), limit=len(people))
    if len(found.people) < len(set(people)):
        raise NotFound
    present = [person.id for person in found.people if person.presence != "absent"]
    on_day = Confirmation.select(Confirmation.person_id).where(
        Confirmation.person_id.is_in(present) & (Confirmation.day == day)
    )
    known = {row["person_id"] for row in await on_day} if present else set()
    fresh = [person for person in present if person not in known]
    if fresh:
        rows = [(person, day, False) for person in fresh]
        await Confirmation.insert_many(("person_id", "day", "contact_verified"), rows)
        ctx.changed(Confirmation, day, onwards=True)
    for person in fresh:
        detail = {"day": day.isoformat(), "contact_verified": 0}
        ctx.audit("registration.person.confirm", "person", person, detail=detail)
    return len(present)


async def help_with_permit(ctx: TenantCtx, person: UUID, kind: str, day: date) -> None:
    """One case of help; the same kind twice on a day is once."""
    if kind not in PERMIT_KINDS:
        raise BadInput(fields={"kind": _("Choose one of the list.")})
    await ctx.people.presence(person)  # NotFound for whom the reader does not see
    _check_day(ctx, day)
    same = (PermitHelp.person_id == person) & (PermitHelp.day == day) & (PermitHelp.kind == kind)
    if await PermitHelp.exists().where(same):
        return
    await PermitHelp.insert(PermitHelp(person_id=person, day=day, kind=kind))
    ctx.changed(PermitHelp, day)
    ctx.audit("registration.permit.help", "person", person, detail={"kind": kind, "day": day.isoformat()})


async def seen_of(person: UUID) -> list[Seen]:
    """Newest first."""
    rows = (
        await Confirmation.select()
        .where(Confirmation.person_id == person)
        .order_by(Confirmation.day, ascending=False)
    )
    return [Seen(day=row["day"], contact_verified=row["contact_verified"]) for row in rows]


async def helps_of(person: UUID) -> list[Help]:
    """Newest first."""
    rows = (
        await PermitHelp.select()
        .where(PermitHelp.person_id == person)
        .order_by(PermitHelp.day, ascending=False)
    )
    return [Help(day=row["day"], kind=row["kind"]) for row in rows]


async def permit_of(ctx: TenantCtx, person: UUID) -> Permit:
    settings = await ctx.settings(Settings)
    episodes = await ctx.people.episodes(person)
    since = episodes[-1].started_on if episodes and episodes[-1].ended_on is None else None
    helps = await helps_of(person)
    state = permit_state(since, helps, ctx.today, settings.permit_months)
    return Permit(since=since, state=state, helps=helps, months=settings.permit_months)


def permit_state(present_since: date | None, helps: list[Help], today: date, months: int) -> PermitState:
    """`present_since` is the beginning of her present residence episode."""
    eligible_on = months_after(present_since, months) if present_since else None
    applied = max((case.day for case in helps if case.kind == "APPLY"), default=None)
    if applied is None:
        return PermitState(eligible_on=eligible_on, endorse_from=None, endorse_by=None)
    years = 1
    while months_after(applied, 12 * years) < today:
        years += 1
    due = months_after(applied, 12 * years)
    return PermitState(eligible_on=eligible_on, endorse_from=months_after(due, -1), endorse_by=due)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def _check_day(ctx: TenantCtx, day: date) -> None:
    if day > ctx.today:
        raise BadInput(fields={"day": _("A day that has not come yet cannot be recorded.")})
