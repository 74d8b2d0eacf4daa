"""One person: who is this, and what next? What a reader's role does not see is not on her page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs

from core.sdk import Page, TenantCtx
from core.sdk.people import Look, PersonFull, PersonIdentity
from core.sdk.tenancy import staff_names
from plugins.registration.permissions import READ
from plugins.registration.services.codes import DWELLINGS, PURPOSES, REASONS, RELATIONS, title_of
from plugins.registration.services.copies import FIELDS
from plugins.registration.services.history import history_of
from plugins.registration.services.moving import KIND_TITLES
from plugins.registration.services.offers import STATE_TITLES
from plugins.registration.services.profile import profile_of
from plugins.registration.services.records import firm_names, record_of
from plugins.registration.services.words import PRESENCES, SEXES, origin_words

__all__ = ["PAGES", "person_page"]


async def show_person(ctx: TenantCtx, person: UUID) -> Any:
    return await person_page(ctx, person)


async def person_page(
    ctx: TenantCtx, person: UUID, *, revealed: Mapping[str, str | None] = {}, status: int = 200
) -> Any:
    """`revealed` are sealed fields that were asked for, in clear, on this answer alone."""
    shown = await ctx.people.get(person, READ)
    record = await record_of(person)
    firms = await firm_names(ctx)
    return ctx.render(
        "registration/person.html",
        status,
        person=shown,
        is_full=isinstance(shown, PersonFull),
        age=_age(shown, ctx.today),
        born=shown.birth_date if isinstance(shown, PersonIdentity) else None,
        firm=firms.get(record.firm_id, "") if record.firm_id else record.firm_name or "",
        record=record,
        origin=origin_words(ctx, shown.origin),
        sex=SEXES[shown.sex],
        presences=PRESENCES,
        dwelling=title_of(DWELLINGS, record.dwelling),
        purpose=title_of(PURPOSES, record.purpose),
        revealed=revealed,
        pieces=ctx.filled.get("PERSON_TIMELINE", ()),
        more=await _of_the_station(ctx, shown) if isinstance(shown, PersonFull) else None,
    )


async def _of_the_station(ctx: TenantCtx, shown: PersonFull) -> dict[str, Any]:
    """What only the station sees of her."""
    profile = await profile_of(ctx, shown)
    return {
        **structs.asdict(profile),
        "since": profile.permit.since,
        "kinds": KIND_TITLES,
        "reason": lambda code: ctx.tell(title_of(REASONS, code)),
        "offer_states": STATE_TITLES,
        "looks": await _looks(ctx, profile.looks),
        "history": await history_of(ctx, shown.id),
        "relations": RELATIONS,
        "in_town": lambda at: at.astimezone(ZoneInfo(ctx.tenant.time_zone)).date(),
    }


async def _looks(ctx: TenantCtx, looks: list[Look]) -> list[tuple[datetime, str, list[str]]]:
    """When, who, and what was seen; in the town's time."""
    staff = await staff_names(ctx.transaction)
    zone = ZoneInfo(ctx.tenant.time_zone)
    return [
        (
            look.at.astimezone(zone),
            staff.get(look.actor, "") if look.actor else "",
            [FIELDS.get(field, field) for field in look.fields],
        )
        for look in looks
    ]


def _age(shown: object, today: date) -> int | None:
    """In completed years; from the year alone it would be a guess."""
    born = shown.birth_date if isinstance(shown, PersonIdentity) else None
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


PAGES = (Page(path="people/{person}", handler=show_person, permission=READ, slots=("PERSON_TIMELINE",)),)
