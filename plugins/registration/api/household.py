"""Her household: who belongs to it, what each is to its head; for the station alone."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.sdk import Line, Route, TenantCtx
from core.sdk.people import PersonFull
from plugins.registration.api.shapes import PersonId, PersonItem, item_of
from plugins.registration.forms import MemberForm, RelationForm
from plugins.registration.permissions import EDIT
from plugins.registration.services import households
from plugins.registration.services.households import Home

__all__ = ["ROUTES", "HouseholdTold", "told_of"]


class HouseholdMemberTold(Struct, frozen=True, kw_only=True):
    """`relation` is what she is to the head (GB/T 4761, one digit), 0 the head herself; None: not told."""

    id: UUID
    name: str
    relation: str | None


class HouseholdTold(Struct, frozen=True, kw_only=True):
    """The head first."""

    id: UUID
    members: list[HouseholdMemberTold]


class HouseholdDetail(Struct, frozen=True, kw_only=True):
    """`near`: people of the same address who are in no household, perhaps hers."""

    household: HouseholdTold | None
    lacks_guardian: bool
    near: list[PersonItem]


class OthersToFind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sent, not asked for: a name or a number does not stand in an address."""

    q: Line


class OthersFound(Struct, frozen=True, kw_only=True):
    """The first ten who are not of the household."""

    people: list[PersonItem]


class HouseholdMemberNamed(MemberForm, frozen=True, kw_only=True):
    """Somebody of the household."""


class HouseholdRelation(RelationForm, frozen=True, kw_only=True):
    """Somebody, and what she is to the head of the household."""


async def read_household(ctx: TenantCtx, person: UUID) -> HouseholdDetail:
    home = await households.home_of(ctx, person)
    shown = await ctx.people.get(person, EDIT)
    born = shown.birth_date if isinstance(shown, PersonFull) else None
    return HouseholdDetail(
        household=told_of(home) if home else None,
        lacks_guardian=households.lacks_guardian(person, born, home, ctx.today),
        near=[item_of(one, "") for one in await households.same_address(ctx, person)],
    )


async def find_others(ctx: TenantCtx, person: UUID, body: OthersToFind) -> OthersFound:
    found = await households.find_others(ctx, person, body.q)
    return OthersFound(people=[item_of(one, "") for one in found])


async def add_member(ctx: TenantCtx, person: UUID, body: HouseholdRelation) -> PersonId:
    await households.add_member(ctx, person, body.member, body.relation)
    return PersonId(id=body.member)


async def tell_relation(ctx: TenantCtx, person: UUID, body: HouseholdRelation) -> PersonId:
    await households.tell_relation(ctx, person, body.member, body.relation)
    return PersonId(id=body.member)


async def set_head(ctx: TenantCtx, person: UUID, body: HouseholdMemberNamed) -> PersonId:
    await households.set_head(ctx, person, body.member)
    return PersonId(id=body.member)


async def remove_member(ctx: TenantCtx, person: UUID, body: HouseholdMemberNamed) -> PersonId:
    await households.remove_member(ctx, person, body.member)
    return PersonId(id=body.member)


def told_of(home: Home) -> HouseholdTold:
    members = [
        HouseholdMemberTold(id=member.person.id, name=member.person.name, relation=member.relation)
        for member in home.members
    ]
    return HouseholdTold(id=home.id, members=members)


ROUTES = (
    Route(
        path="people/{person}/household",
        handler=read_household,
        permission=EDIT,
        summary="Read the household of a person",
    ),
    Route(
        path="people/{person}/household/find",
        handler=find_others,
        permission=EDIT,
        method="POST",
        summary="Find people who may belong to a household",
        is_repeatable=True,
    ),
    Route(
        path="people/{person}/household/add",
        handler=add_member,
        permission=EDIT,
        method="POST",
        summary="Take somebody into the household of a person",
    ),
    Route(
        path="people/{person}/household/relation",
        handler=tell_relation,
        permission=EDIT,
        method="PATCH",
        summary="Correct what a member is to the head of the household",
    ),
    Route(
        path="people/{person}/household/head",
        handler=set_head,
        permission=EDIT,
        method="POST",
        summary="Make a member the head of the household",
    ),
    Route(
        path="people/{person}/household/remove",
        handler=remove_member,
        permission=EDIT,
        method="POST",
        summary="Take a member out of the household",
    ),
)
