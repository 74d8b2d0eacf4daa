"""What was corrected of a person, as the sentences of her page need it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from core.sdk import TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import FieldCorrection, MovementCorrection, MovementFacts
from core.sdk.tenancy import staff_names
from plugins.registration.services.codes import REASONS, title_of
from plugins.registration.services.moving import KIND_TITLES
from plugins.registration.services.words import SEXES, origin_words

__all__ = ["Entry", "history_of"]

FIELDS = {
    "sex": _("sex"),
    "birth_date": _("birth date"),
    "origin": _("place of origin"),
    "is_floating": _("floating population"),
}

What = Literal["cancelled", "kind", "day", "reason", "field"]


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that changed; `subject` is the movement or the field, `old` and `new` are words or days."""

    at: datetime
    """In the town's time."""
    who: str
    why: str
    what: What
    subject: str
    day: date | None = None
    """Of the movement, as it was."""
    old: str | date | None = None
    new: str | date | None = None


async def history_of(ctx: TenantCtx, person: UUID) -> list[Entry]:
    """Newest first; a correction that changed several things is several entries."""
    corrections = await ctx.people.corrections(person)
    if not corrections:
        return []
    staff = await staff_names(ctx.transaction)
    zone = ZoneInfo(ctx.tenant.time_zone)
    entries: list[Entry] = []
    for one in corrections:
        who = staff.get(one.by, "") if one.by else ""
        if isinstance(one, MovementCorrection):
            entries += _of_movement(ctx, one, one.at.astimezone(zone), who)
        else:
            entries.append(_of_field(ctx, one, one.at.astimezone(zone), who))
    return entries


def _of_movement(ctx: TenantCtx, one: MovementCorrection, at: datetime, who: str) -> list[Entry]:
    def entry(what: What, old: str | date | None = None, new: str | date | None = None) -> Entry:
        subject = ctx.tell(KIND_TITLES[one.old.kind])
        return Entry(
            at=at, who=who, why=one.why, what=what, subject=subject, day=one.old.day, old=old, new=new
        )

    if one.new is None:
        return [entry("cancelled")]
    changes: list[Entry] = []
    if one.old.kind != one.new.kind:
        changes.append(entry("kind", new=ctx.tell(KIND_TITLES[one.new.kind])))
    if one.old.day != one.new.day:
        changes.append(entry("day", one.old.day, one.new.day))
    if one.old.reason != one.new.reason:
        changes.append(entry("reason", _reason(ctx, one.old), _reason(ctx, one.new)))
    return changes


def _of_field(ctx: TenantCtx, one: FieldCorrection, at: datetime, who: str) -> Entry:
    return Entry(
        at=at,
        who=who,
        why=one.why,
        what="field",
        subject=ctx.tell(FIELDS[one.field]),
        old=_value(ctx, one.field, one.old),
        new=_value(ctx, one.field, one.new),
    )


def _reason(ctx: TenantCtx, facts: MovementFacts) -> str | None:
    return ctx.tell(title_of(REASONS, facts.reason)) or None


def _value(ctx: TenantCtx, field: str, text: str | None) -> str | date | None:
    if text is None:
        return None
    if field == "birth_date":
        return date.fromisoformat(text)
    if field == "sex":
        return ctx.tell(SEXES[text])
    if field == "origin":
        return origin_words(ctx, text)
    return ctx.tell(_("yes")) if text == "true" else ctx.tell(_("no"))
