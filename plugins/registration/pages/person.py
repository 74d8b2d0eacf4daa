"""One person: who is this, and what next? What a reader's role does not see is not on her page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from core.sdk import Page, TenantCtx
from core.sdk.people import Episode, PersonFull, PersonIdentity
from core.sdk.tenancy import staff_names
from plugins.registration.pages.choices import PRESENCES, SEXES, origin_words
from plugins.registration.pages.copies import FIELDS
from plugins.registration.pages.history import history_of
from plugins.registration.permissions import READ
from plugins.registration.services.codes import DWELLINGS, PURPOSES, REASONS, RELATIONS, title_of
from plugins.registration.services.confirming import helps_of, permit_state, seen_of
from plugins.registration.services.households import home_of, lacks_guardian
from plugins.registration.services.moving import KIND_TITLES
from plugins.registration.services.offers import STATE_TITLES, offers_of
from plugins.registration.services.records import firm_names, record_of
from plugins.registration.settings import Settings

__all__ = ["PAGES", "person_page"]

FRESH_DAYS = 180


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
        timeline=ctx.filled.get("PERSON_TIMELINE", ()),
        more=await _of_the_station(ctx, shown) if isinstance(shown, PersonFull) else None,
    )


async def _of_the_station(ctx: TenantCtx, shown: PersonFull) -> dict[str, Any]:
    """What only the station sees of her."""
    person = shown.id
    settings = await ctx.settings(Settings)
    episodes = await ctx.people.episodes(person)
    seen = await seen_of(person)
    latest = seen[0].day if seen else None
    home = await home_of(ctx, person)
    return {
        "consents": await ctx.people.consents(person),
        "movements": await ctx.people.movements(person),
        "kinds": KIND_TITLES,
        "reason": lambda code: ctx.tell(title_of(REASONS, code)),
        "episodes": episodes,
        "since": _since(episodes),
        "latest": latest,
        "is_stale": latest is None or (ctx.today - latest).days >= FRESH_DAYS,
        "permit": permit_state(_since(episodes), await helps_of(person), ctx.today, settings.permit_months),
        "offers": await offers_of(person),
        "offer_states": STATE_TITLES,
        "looks": await _looks(ctx, person),
        "history": await history_of(ctx, person),
        "home": home,
        "relations": RELATIONS,
        "lacks_guardian": lacks_guardian(person, shown.birth_date, home, ctx.today),
        "in_town": lambda at: at.astimezone(ZoneInfo(ctx.tenant.time_zone)).date(),
        "erasure": await ctx.personal.erasure(person),
        "merges": await ctx.personal.merges(person),
    }


async def _looks(ctx: TenantCtx, person: UUID) -> list[tuple[datetime, str, list[str]]]:
    """When, who, and what was seen; in the town's time."""
    staff = await staff_names(ctx.transaction)
    zone = ZoneInfo(ctx.tenant.time_zone)
    return [
        (
            look.at.astimezone(zone),
            staff.get(look.actor, "") if look.actor else "",
            [FIELDS.get(field, field) for field in look.fields],
        )
        for look in await ctx.people.who_looked(person)
    ]


def _since(episodes: list[Episode]) -> date | None:
    """The beginning of the present time of residence."""
    return episodes[-1].started_on if episodes and episodes[-1].ended_on is None else None


def _age(shown: object, today: date) -> int | None:
    """In completed years; from the year alone it would be a guess."""
    born = shown.birth_date if isinstance(shown, PersonIdentity) else None
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


PAGES = (Page(path="people/{person}", handler=show_person, permission=READ, slots=("PERSON_TIMELINE",)),)
