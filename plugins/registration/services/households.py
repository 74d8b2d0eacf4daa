"""Who lives as one household, told from its head: what each member is to her.

A relation tells whether somebody is married, so only the station reads and writes this; for every other reader a
person has no household.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, NotFound, TenantCtx, now
from core.sdk import gettext_noop as _
from core.sdk.people import PeopleFilter, Person
from plugins.registration.services.codes import HEAD, RELATIONS
from plugins.registration.services.listing import basics_of
from plugins.registration.services.records import record_of
from plugins.registration.tables import Household, HouseholdMember, Record

__all__ = [
    "MOST_MEMBERS",
    "Home",
    "Member",
    "add_member",
    "find_others",
    "forget_member",
    "home_of",
    "lacks_guardian",
    "remove_member",
    "same_address",
    "set_head",
    "tell_relation",
]

MOST_MEMBERS = 30
MOST_FOUND = 10
CHILD = 14
"""Below this age a parent or guardian agrees for her (PIPL 31)."""
GROWN = 18

_INVERSE: Mapping[str, str] = {"1": "1", "2": "5", "3": "5", "4": "6", "6": "4", "7": "7", "8": "8"}
"""What the head was to somebody who becomes the head; a parent's child also depends on the child's sex."""

_CHILD_OF: Mapping[str, str] = {"1": "2", "2": "3"}


class Member(Struct, frozen=True, kw_only=True):
    """Somebody of a household, as a list shows her; `relation` None: what she is to the head is not told."""

    person: Person
    relation: str | None


class Home(Struct, frozen=True, kw_only=True):
    """A household, the head first."""

    id: UUID
    members: tuple[Member, ...]

    @property
    def head(self) -> Person | None:
        """None after an erasure, until another is chosen."""
        return next((member.person for member in self.members if member.relation == HEAD), None)


async def home_of(ctx: TenantCtx, person: UUID) -> Home | None:
    """Her household; None where she is in none. Raises `NotFound` for everybody but the station."""
    await _seen(ctx, person)
    row = await _row(person)
    if row is None:
        return None
    relations = {each["person_id"]: each["relation"] for each in await _rows(row["household_id"])}
    found = await ctx.people.search(where=PeopleFilter(among=list(relations)), limit=MOST_MEMBERS)
    members = [Member(person=each, relation=relations[each.id]) for each in found.people]
    members.sort(key=lambda member: member.relation or "9")
    return Home(id=row["household_id"], members=tuple(members))


async def add_member(ctx: TenantCtx, person: UUID, member: UUID, relation: str) -> None:
    """Take `member` into the household of `person`, who heads a new one where she had none.

    The same again changes nothing. Raises `Conflict` for somebody of another household, `BadInput`.
    """
    _check_relation(relation)
    await _seen(ctx, person)
    await _seen(ctx, member)
    if member == person:
        raise BadInput(_("She is the one whose household this is."), _("Choose somebody else."))
    own, others = await _row(person), await _row(member)
    if others is not None:
        if own is not None and own["household_id"] == others["household_id"]:
            return await tell_relation(ctx, person, member, relation)
        raise Conflict(
            _("She is in another household already."),
            _("Remove her there first; nobody is in two households."),
        )
    household = own["household_id"] if own else await _found(ctx, person)
    if len(await _locked(household)) >= MOST_MEMBERS:
        raise Conflict(
            _("A household has at most 30 members."), _("Is this a dormitory? Then it is no household.")
        )
    await HouseholdMember.insert(HouseholdMember(household_id=household, person_id=member, relation=relation))
    _note(ctx, "add", member, household)
    return None


async def tell_relation(ctx: TenantCtx, person: UUID, member: UUID, relation: str) -> None:
    """Say what a member of the household of `person` is to the head."""
    _check_relation(relation)
    row = await _member(ctx, person, member)
    rows = await _locked(row["household_id"])
    stands = rows.get(member)
    if stands == relation:
        return
    if stands == HEAD:
        raise Conflict(_("She is the head of the household."), _("Make another member the head first."))
    await _tell(member, relation)
    _note(ctx, "relate", member, row["household_id"])


async def set_head(ctx: TenantCtx, person: UUID, member: UUID) -> None:
    """Make a member of the household of `person` the head.

    What the former head is to her follows; of the others it has to be told anew.
    """
    row = await _member(ctx, person, member)
    rows = await _locked(row["household_id"])
    if rows.get(member) == HEAD:
        return
    for other, relation in rows.items():
        if other != member:
            told = await _turned(ctx, other, rows[member]) if relation == HEAD else None
            await _tell(other, told)
    await _tell(member, HEAD)
    _note(ctx, "head", member, row["household_id"])


async def remove_member(ctx: TenantCtx, person: UUID, member: UUID) -> None:
    """She is not of the household of `person` any more; an empty one ends. Raises `Conflict` for a head of others.

    Nothing happens where she is in none.
    """
    await _seen(ctx, person)
    await _seen(ctx, member)
    if await _row(member) is None:
        return
    row = await _member(ctx, person, member)
    rows = await _locked(row["household_id"])
    if rows.get(member) == HEAD and len(rows) > 1:
        raise Conflict(_("She is the head of the household."), _("Make another member the head first."))
    await _leave(member, row["household_id"], len(rows))
    _note(ctx, "remove", member, row["household_id"])


async def forget_member(person: UUID) -> int:
    """For an erasure: without a head, what the others are to her is nothing any more."""
    row = await _row(person)
    if row is None:
        return 0
    rows = await _locked(row["household_id"])
    if rows.get(person) == HEAD:
        await HouseholdMember.update({"relation": None}).where(
            HouseholdMember.household_id == row["household_id"]
        )
    await _leave(person, row["household_id"], len(rows))
    return 1


async def find_others(ctx: TenantCtx, person: UUID, text: str) -> list[Person]:
    """People whom the text finds and who are not of her household; nobody for an empty one."""
    home = await home_of(ctx, person)
    inside = {member.person.id for member in home.members} if home else {person}
    found = (await ctx.people.search(text, limit=MOST_FOUND + len(inside))).people if text else []
    return [one for one in found if one.id not in inside][:MOST_FOUND]


async def same_address(ctx: TenantCtx, person: UUID) -> list[Person]:
    """People in the same village and house who are in no household: perhaps hers."""
    await _seen(ctx, person)
    record = await record_of(person)
    if not (record.village and record.address_detail):
        return []
    rows = (
        await Record.select(Record.person_id)
        .where((Record.village == record.village) & (Record.address_detail == record.address_detail))
        .limit(MOST_MEMBERS)
    )
    near = {row["person_id"] for row in rows} - {person}
    if not near:
        return []
    housed = await HouseholdMember.select(HouseholdMember.person_id).where(
        HouseholdMember.person_id.is_in(list(near))
    )
    free = near - {row["person_id"] for row in housed}
    if not free:
        return []
    return (await ctx.people.search(where=PeopleFilter(among=list(free)), limit=MOST_MEMBERS)).people


def lacks_guardian(person: UUID, born: date | None, home: Home | None, today: date) -> bool:
    """Whether she is a child under 14 and no adult of her household is recorded; by year for the others."""
    if born is None or _age(born, today) >= CHILD:
        return False
    others = [member.person for member in home.members if member.person.id != person] if home else []
    return not any(other.birth_year is not None and today.year - other.birth_year > GROWN for other in others)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


async def _seen(ctx: TenantCtx, person: UUID) -> Person:
    if ctx.people.viewer().detail != "full":
        raise NotFound
    return await basics_of(ctx, person)


async def _member(ctx: TenantCtx, person: UUID, member: UUID) -> dict[str, Any]:
    """Raises `NotFound` for whoever is not of the household of `person`."""
    await _seen(ctx, person)
    await _seen(ctx, member)
    own, row = await _row(person), await _row(member)
    if own is None or row is None or own["household_id"] != row["household_id"]:
        raise NotFound
    return row


async def _row(person: UUID) -> dict[str, Any] | None:
    return await HouseholdMember.select().where(HouseholdMember.person_id == person).first()


async def _rows(household: UUID) -> list[dict[str, Any]]:
    return await HouseholdMember.select().where(HouseholdMember.household_id == household)


async def _locked(household: UUID) -> dict[UUID, str | None]:
    """The relations of all members, once nobody else changes them; raises `NotFound` when it has just ended."""
    row = await Household.select(Household.id).where(Household.id == household).first().lock_rows("UPDATE")
    if row is None:
        raise NotFound
    return {each["person_id"]: each["relation"] for each in await _rows(household)}


async def _found(ctx: TenantCtx, head: UUID) -> UUID:
    household = Household(made_at=now())
    await Household.insert(household)
    await HouseholdMember.insert(HouseholdMember(household_id=household.id, person_id=head, relation=HEAD))
    _note(ctx, "add", head, household.id)
    return household.id


async def _leave(member: UUID, household: UUID, count: int) -> None:
    await HouseholdMember.delete().where(HouseholdMember.person_id == member)
    if count <= 1:
        await Household.delete().where(Household.id == household)


async def _tell(member: UUID, relation: str | None) -> None:
    await HouseholdMember.update({"relation": relation}).where(HouseholdMember.person_id == member)


async def _turned(ctx: TenantCtx, former: UUID, was: str | None) -> str | None:
    """What the former head is to the new one, who `was` this to her."""
    if was == "5":
        return _CHILD_OF.get((await basics_of(ctx, former)).sex)
    return _INVERSE.get(was or "")


def _check_relation(relation: str) -> None:
    if relation not in RELATIONS or relation == HEAD:
        raise BadInput(fields={"relation": _("Choose one of the list.")})


def _note(ctx: TenantCtx, verb: str, person: UUID, household: UUID) -> None:
    # Not which relation: it tells who is married.
    ctx.audit(f"registration.household.{verb}", "person", person, detail={"household": str(household)})
