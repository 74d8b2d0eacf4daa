"""Her household: who belongs to it, what each is to its head; for the station alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import BadInput, Conflict, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import Person, PersonFull
from plugins.registration.forms import FindForm, MemberForm, RelationForm
from plugins.registration.permissions import EDIT
from plugins.registration.services import households
from plugins.registration.services.codes import HEAD, RELATIONS
from plugins.registration.services.words import PRESENCES

__all__ = ["PAGES"]


async def show_household(ctx: TenantCtx, person: UUID) -> Any:
    return await _shown(ctx, person)


async def find(ctx: TenantCtx, person: UUID, form: Form[FindForm]) -> Any:
    """Sent, not asked for: a name or a number does not stand in an address."""
    text = form.value.q
    return await _shown(ctx, person, text=text, found=await households.find_others(ctx, person, text))


async def add(ctx: TenantCtx, person: UUID, form: Form[RelationForm]) -> Any:
    try:
        told = _told(form)
        await households.add_member(ctx, person, told.member, told.relation)
    except (BadInput, Conflict) as error:
        return await _shown(ctx, person, problem=error)
    return _back(ctx, person, _("She is in the household."))


async def relate(ctx: TenantCtx, person: UUID, form: Form[RelationForm]) -> Any:
    try:
        told = _told(form)
        await households.tell_relation(ctx, person, told.member, told.relation)
    except (BadInput, Conflict) as error:
        return await _shown(ctx, person, problem=error)
    return _back(ctx, person, _("The relation is saved."))


async def make_head(ctx: TenantCtx, person: UUID, form: Form[MemberForm]) -> Any:
    await households.set_head(ctx, person, form.value.member)
    return _back(ctx, person, _("She is the head now. Tell what the others are to her."))


async def remove(ctx: TenantCtx, person: UUID, form: Form[MemberForm]) -> Any:
    try:
        await households.remove_member(ctx, person, form.value.member)
    except Conflict as error:
        return await _shown(ctx, person, problem=error)
    return _back(ctx, person, _("She is not of the household any more. Her own record is as it was."))


def _told(form: Form[RelationForm]) -> RelationForm:
    if form.is_valid:
        return form.value
    raise BadInput(
        _("What she is to the head was not chosen."), _("Choose it beside her name, then send again.")
    )


async def _shown(
    ctx: TenantCtx,
    person: UUID,
    *,
    text: str = "",
    found: list[Person] | None = None,
    problem: BadInput | Conflict | None = None,
) -> Any:
    home = await households.home_of(ctx, person)
    shown = await ctx.people.get(person, EDIT)
    born = shown.birth_date if isinstance(shown, PersonFull) else None
    inside = {member.person.id for member in home.members} if home else {person}
    near = await households.same_address(ctx, person) if found is None else []
    return ctx.render(
        "registration/household.html",
        problem.status if problem else 200,
        person=shown,
        home=home,
        head=home.head if home else shown,
        problem=problem,
        text=text,
        found=found,
        near=[one for one in near if one.id not in inside],
        relations=[(code, ctx.tell(choice.title)) for code, choice in RELATIONS.items() if code != HEAD],
        titles=RELATIONS,
        presences=PRESENCES,
        lacks_guardian=households.lacks_guardian(person, born, home, ctx.today),
    )


def _back(ctx: TenantCtx, person: UUID, said: str) -> Any:
    return ctx.redirect(ctx.address(f"people/{person}/household"), said)


PAGES = (
    Page(path="people/{person}/household", handler=show_household, permission=EDIT),
    Page(path="people/{person}/household/find", handler=find, permission=EDIT, method="POST"),
    Page(path="people/{person}/household/add", handler=add, permission=EDIT, method="POST"),
    Page(path="people/{person}/household/relation", handler=relate, permission=EDIT, method="POST"),
    Page(path="people/{person}/household/head", handler=make_head, permission=EDIT, method="POST"),
    Page(path="people/{person}/household/remove", handler=remove, permission=EDIT, method="POST"),
)
