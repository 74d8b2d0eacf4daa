"""Households: a head, what each is to her, one household for each, and who may know of it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from core.people.desk import PeopleDesk
from core.sdk import BadInput, Conflict, NotFound, TenantCtx
from core.testing import Town
from plugins.registration.services import households
from plugins.registration.services.households import Home, home_of
from plugins.registration.services.records import Residence
from plugins.registration.services.registering import Registration, register
from tests.plugins.registration.conftest import Counter, resident, wang

BORN = {"母": date(1990, 1, 1), "夫": date(1988, 1, 1), "女": date(2015, 5, 1), "弟": date(2008, 12, 1)}


@pytest.fixture
async def family(counter: Counter) -> dict[str, UUID]:
    """Four people of one room, each registered on her own."""
    people: dict[str, UUID] = {}
    async with counter() as ctx:
        for number, (name, born) in enumerate(BORN.items()):
            draft = wang(
                name=name,
                document=resident(number, born, "1" if name in "夫弟" else "2"),
                sex="1" if name in "夫弟" else "2",
                phone=f"1380013800{number}",
            )
            home = Residence(village="东村", address_detail="3 幢 201")
            people[name] = await register(
                ctx, Registration(draft=draft, residence=home, day=date(2026, 11, 2))
            )
    return people


def told(home: Home | None) -> dict[str, str | None]:
    return {member.person.name: member.relation for member in home.members} if home else {}


async def test_a_household_is_made_told_turned_and_ended(counter: Counter, family: dict[str, UUID]) -> None:
    async with counter() as ctx:
        near = await households.same_address(ctx, family["母"])
        assert {one.name for one in near} == {"夫", "女", "弟"}
        for name, relation in (("夫", "1"), ("女", "3"), ("弟", "7"), ("夫", "1")):
            await households.add_member(ctx, family["母"], family[name], relation)
        home = await home_of(ctx, family["女"])
        assert told(home) == {"母": "0", "夫": "1", "女": "3", "弟": "7"}
        assert home is not None
        assert home.head is not None
        assert home.head.name == "母"
        assert await households.same_address(ctx, family["母"]) == []

        await households.set_head(ctx, family["夫"], family["夫"])
        assert told(await home_of(ctx, family["母"])) == {"夫": "0", "母": "1", "女": None, "弟": None}
        await households.set_head(ctx, family["夫"], family["女"])
        assert told(await home_of(ctx, family["母"]))["夫"] is None
        await households.tell_relation(ctx, family["夫"], family["夫"], "5")
        await households.set_head(ctx, family["夫"], family["夫"])
        assert told(await home_of(ctx, family["夫"]))["女"] == "3"

        with pytest.raises(Conflict):
            await households.remove_member(ctx, family["夫"], family["夫"])
        with pytest.raises(Conflict):
            await households.tell_relation(ctx, family["夫"], family["夫"], "1")
        for name in ("女", "弟", "母", "母", "夫"):
            await households.remove_member(ctx, family["夫"], family[name])
        assert await home_of(ctx, family["夫"]) is None
        assert await ctx.transaction.fetchval("SELECT count(*) FROM registration.household") == 0


async def test_nobody_is_in_two_households_or_her_own_relative(
    counter: Counter, family: dict[str, UUID]
) -> None:
    async with counter() as ctx:
        await households.add_member(ctx, family["母"], family["女"], "3")
        await households.add_member(ctx, family["夫"], family["弟"], "7")
        with pytest.raises(Conflict):
            await households.add_member(ctx, family["夫"], family["女"], "3")
        for member, relation in ((family["夫"], "1"), (family["弟"], "0"), (family["弟"], "9")):
            with pytest.raises(BadInput):
                await households.add_member(ctx, family["夫"], member, relation)
        assert told(await home_of(ctx, family["母"])) == {"母": "0", "女": "3"}


async def test_only_the_station_of_this_unit_knows(
    counter: Counter, town: Town, family: dict[str, UUID]
) -> None:
    async with counter() as ctx:
        await households.add_member(ctx, family["母"], family["夫"], "1")
        assert told(await as_role(ctx, "station_staff", family["母"])) == {"母": "0", "夫": "1"}
        for role in ("tenant_officer", "medical_staff", "rights_consultant"):
            with pytest.raises(NotFound):
                await as_role(ctx, role, family["母"])
    async with counter(town.t02) as ctx:
        with pytest.raises(NotFound):
            await home_of(ctx, family["母"])
        assert await ctx.transaction.fetchval("SELECT count(*) FROM registration.household_member") == 0


async def as_role(ctx: TenantCtx, role: str, person: UUID) -> Home | None:
    ctx.people = PeopleDesk(ctx.transaction, ctx._keyring, [role])
    return await home_of(ctx, person)


async def test_a_child_without_an_adult_is_noted(counter: Counter, family: dict[str, UUID]) -> None:
    child, today = family["女"], date(2026, 11, 20)

    async def lacks(born: date | None = BORN["女"]) -> bool:
        return households.lacks_guardian(child, born, await home_of(ctx, child), today)

    async with counter() as ctx:
        assert await lacks()
        assert not await lacks(None)
        assert not await lacks(date(2012, 11, 20))
        await households.add_member(ctx, child, family["弟"], "7")
        assert await lacks()
        await households.add_member(ctx, child, family["夫"], "5")
        assert not await lacks()


async def test_an_erased_head_leaves_a_household_without_one(
    counter: Counter, family: dict[str, UUID]
) -> None:
    async with counter() as ctx:
        await households.add_member(ctx, family["母"], family["夫"], "1")
        await households.add_member(ctx, family["母"], family["女"], "3")
        assert await households.forget_member(family["母"]) == 1
        assert await households.forget_member(family["母"]) == 0
        home = await home_of(ctx, family["夫"])
        assert home is not None
        assert home.head is None
        assert told(home) == {"夫": None, "女": None}
        await households.set_head(ctx, family["夫"], family["夫"])
        assert told(await home_of(ctx, family["女"])) == {"夫": "0", "女": None}
