"""Papers that she takes along or signs, in Chinese and English on one sheet: the slip, the consent notice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import NotFound, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import PURPOSES, PersonFull
from plugins.registration.permissions import EDIT
from plugins.registration.settings import Settings

__all__ = ["PAGES"]

NECESSARY = _("necessary: without it there is no record of you, and services without a name stay open")
OPTIONAL = _("optional: refusing closes no service, and nobody asks why")

WITHDRAW = (
    _("You can withdraw each consent at any time, at the counter, in a word and without a reason."),
    _("Then your data are not used for it any more. What was done before stays lawful."),
)

KINDS = (
    _("your name or alias, and one way to reach you"),
    _("if you tell them: document number, sex, birth date, place of origin, address, firm and job"),
    _("who lives in your household, if you tell it"),
    _("when you came, went and were seen to be here, and which help with a residence permit you had"),
    _("Numbers are kept encrypted, and shown as their last two characters."),
)

READERS = (
    _(
        "The station keeps your record. Other staff of this unit see who you are, and no more than their service needs."
    ),
    _("Your employer never sees your family, your health, your contacts or which services you use."),
    _("The town receives numbers without names."),
)

HOW_LONG = (
    _("As long as you are registered here. When you leave the register you are not contacted any more."),
    _("When you ask for it your record is deleted; days without a name stay for the statistics."),
)

RIGHTS = (
    _("You can see your record, have a copy of it, have it corrected and have it deleted."),
    _("You can see who has looked at it."),
    _("You can leave the register at any time. Ask at the counter; it costs nothing."),
    _("If you are refused, complain to the town association or to the authority for personal information."),
)


class Both(Struct, frozen=True):
    """The same words twice."""

    zh: str
    en: str


class Asked(Struct, frozen=True):
    """A purpose on the notice, to be agreed to or not."""

    title: Both
    text: Both
    is_needed: Both


async def show_slip(ctx: TenantCtx, person: UUID) -> Any:
    """A5: what she has in her hand when she leaves the counter."""
    return ctx.render(
        "registration/slip.html",
        **await _paper(ctx, person),
        services=_all(ctx, ctx.services),
        withdraw=_all(ctx, WITHDRAW),
    )


async def show_notice(ctx: TenantCtx, person: UUID) -> Any:
    """A4: what she is told before she agrees (PIPL 17), with a place to sign."""
    return ctx.render(
        "registration/notice.html",
        **await _paper(ctx, person),
        asked=[
            Asked(
                title=_both(ctx, purpose.title),
                text=_both(ctx, purpose.text),
                is_needed=_both(ctx, NECESSARY if purpose.is_necessary else OPTIONAL),
            )
            for purpose in PURPOSES.values()
        ],
        kinds=_all(ctx, KINDS),
        readers=_all(ctx, READERS),
        how_long=_all(ctx, HOW_LONG),
        rights=_all(ctx, (*RIGHTS, *WITHDRAW)),
    )


async def _paper(ctx: TenantCtx, person: UUID) -> dict[str, Any]:
    """What both begin with: whose it is, and how the station is reached."""
    shown = await ctx.people.get(person, EDIT)
    if not isinstance(shown, PersonFull):
        raise NotFound
    settings = await ctx.settings(Settings)
    return {
        "person": shown,
        "unit": Both(ctx.tenant.name_zh, ctx.tenant.name_en),
        "today": ctx.today,
        "address": settings.station_address,
        "phone": settings.station_phone,
        "both": lambda message: _both(ctx, message),
        # Marks the words of the templates, which both languages are made of there.
        "gettext_noop": _,
    }


def _both(ctx: TenantCtx, message: str) -> Both:
    return Both(ctx.tell_in("zh")(message), ctx.tell_in("en")(message))


def _all(ctx: TenantCtx, messages: Any) -> list[Both]:
    return [_both(ctx, message) for message in messages]


PAGES = (
    Page(path="people/{person}/slip", handler=show_slip, permission=EDIT),
    Page(path="people/{person}/notice", handler=show_notice, permission=EDIT),
)
