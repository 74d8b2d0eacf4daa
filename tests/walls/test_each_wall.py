"""T2: each of the two walls alone; and neither of them, so that the instrument is seen to bite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import pytest
from msgspec import Struct

from tests.walls.cases import Case, Tally, Verdicts
from tests.walls.conftest import Perform
from tests.walls.play import IS_FULL, Play
from tests.walls.removing import without_filters, without_policies
from tests.walls.stage import FAR_TOWN
from tests.walls.table import tell

TOWN_STAFF = "/town/{town_code}/staff/{account}"
"""Who works for a town is no tenant's row: it is read at sign-in, before a region is known, and has no policy."""


MANY = 20


@asynccontextmanager
async def standing(perform: Perform, *walls: str) -> AsyncIterator[Play]:
    with nullcontext() if "filters" in walls else without_filters():
        async with perform() as play:
            if "policies" not in walls:
                assert await without_policies(play.superuser) > 40
            yield play


class Both(Struct, kw_only=True):
    """Of units and of towns."""

    units: Tally
    towns: Tally

    def tell(self, what: str) -> None:
        tell(f"{what}, units", self.units)
        tell(f"{what}, towns", self.towns)


async def crossed(perform: Perform, *walls: str) -> Both:
    async with standing(perform, *walls) as play:
        cases = [case for case in play.cases(is_full=IS_FULL) if is_of_interest(case)]
        tallies: list[Tally] = []
        for is_of_tenant, victims in ((True, ("t01", "t02")), (False, (FAR_TOWN,))):
            verdicts = Verdicts(is_whole=False, has_gate="filters" in walls)
            for victim in victims:
                before = await play.rows_of(victim)
                mine = [
                    case for case in cases if case.door.is_of_tenant is is_of_tenant and reaches(case, victim)
                ]
                await play.judged(mine, verdicts)
                if walls:
                    assert await play.rows_of(victim) == before
            tallies.append(verdicts.tally)
    return Both(units=tallies[0], towns=tallies[1])


def reaches(case: Case, victim: str) -> bool:
    """Whose rows are looked at: who belongs to t02 knocks at t01, everybody else reaches for t02 or the far town."""
    if not case.door.is_of_tenant:
        return victim == FAR_TOWN
    return victim == ("t01" if case.asker.place == "t02" else "t02")


def is_of_interest(case: Case) -> bool:
    """What reaches for another place, and its twin; of those who only knock from outside a few."""
    is_outside = case.kind.endswith("place")
    is_chosen = IS_FULL or (case.asker.role in case.door.may and case.asker.place == "t02")
    return is_chosen if is_outside else case.crosses or "absent" in case.kind


@pytest.mark.requirement("R01", "R02")
async def test_the_policies_alone_stop_what_reaches_for_another_unit(perform: Perform) -> None:
    both = await crossed(perform, "policies")
    both.tell("policies alone")
    assert not both.units.wrong, "\n".join(both.units.wrong)
    assert not [line for line in both.towns.wrong if TOWN_STAFF not in line]


@pytest.mark.requirement("R01")
async def test_the_filters_alone_stop_what_reaches_for_another_unit(perform: Perform) -> None:
    both = await crossed(perform, "filters")
    both.tell("filters alone")
    assert not both.units.wrong + both.towns.wrong, "\n".join(both.units.wrong + both.towns.wrong)


async def test_without_either_wall_much_comes_through(perform: Perform) -> None:
    both = await crossed(perform)
    both.tell("neither wall")
    assert both.units.through > MANY
    assert both.towns.through > MANY
