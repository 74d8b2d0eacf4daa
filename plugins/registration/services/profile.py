"""What only the station sees of a person, gathered for whoever shows it."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from core.sdk import TenantCtx
from core.sdk.people import ConsentState, Episode, Look, Movement, PersonFull
from core.sdk.personal import Erasure, Merge
from plugins.registration.indicators import FRESH_DAYS
from plugins.registration.services.confirming import Permit, Seen, permit_of, seen_of
from plugins.registration.services.households import Home, home_of, lacks_guardian
from plugins.registration.services.offers import Offer, offers_of

__all__ = ["Profile", "profile_of"]


class Profile(Struct, frozen=True, kw_only=True):
    """`seen` is newest first; `is_stale`: nobody has confirmed for `FRESH_DAYS` that she is still here."""

    consents: list[ConsentState]
    movements: list[Movement]
    episodes: list[Episode]
    seen: list[Seen]
    is_stale: bool
    permit: Permit
    offers: list[Offer]
    looks: list[Look]
    home: Home | None
    lacks_guardian: bool
    erasure: Erasure | None
    merges: list[Merge]


async def profile_of(ctx: TenantCtx, shown: PersonFull) -> Profile:
    person = shown.id
    seen = await seen_of(person)
    latest: date | None = seen[0].day if seen else None
    home = await home_of(ctx, person)
    return Profile(
        consents=await ctx.people.consents(person),
        movements=await ctx.people.movements(person),
        episodes=await ctx.people.episodes(person),
        seen=seen,
        is_stale=latest is None or (ctx.today - latest).days >= FRESH_DAYS,
        permit=await permit_of(ctx, person),
        offers=await offers_of(person),
        looks=await ctx.people.who_looked(person),
        home=home,
        lacks_guardian=lacks_guardian(person, shown.birth_date, home, ctx.today),
        erasure=await ctx.personal.erasure(person),
        merges=await ctx.personal.merges(person),
    )
