"""T1, R01, R05: every address x everybody x own, foreign, absent and malformed; and each "cannot" has its "can"."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.figures.loop import settle
from tests.walls.arranging import BEYOND
from tests.walls.asking import Answer
from tests.walls.cases import Verdicts
from tests.walls.conftest import Perform
from tests.walls.doors import Door
from tests.walls.play import IS_FULL, Play
from tests.walls.stage import FAR_TOWN
from tests.walls.table import note

NOTES = {"kernel.audit", "kernel.audit_head", "people.access_log"}
"""Where it is noted who has read what."""
SENT_WRONG = (400, 409)


@pytest.mark.requirement("R01", "R05")
async def test_everybody_is_refused_what_is_not_hers(perform: Perform) -> None:
    async with perform() as play:
        cases, verdicts = play.cases(is_full=IS_FULL), Verdicts()
        others = [address for address in play.script.places if address != "t01"]
        before, own = await play.rows_of(*others), await play.rows_of("t01")
        people = await play.accounts()
        await play.judged(cases, verdicts)
        after, own_after = await play.rows_of(*others), await play.rows_of("t01")
        assert await play.accounts() == people
    tally = verdicts.tally
    note("addresses behind the gate", str(len({str(case.door) for case in cases})))
    note("cases", f"{tally.cases}, of which {tally.crossing} reach for another place's things")
    note("leaks", str(len(tally.wrong)))
    assert not tally.wrong, "\n".join(tally.wrong[:60])
    assert before == after
    assert {name for name in own if own[name] != own_after[name]} <= NOTES


@pytest.mark.requirement("R01")
async def test_who_may_can_do_it_with_what_is_hers(perform: Perform) -> None:
    """Everything that is read, by every role that may; and every act, on something that nobody has touched."""
    asked: list[tuple[Door, str, Answer]] = []
    async with perform() as play:
        # Units before the town, which can close them.
        for is_of_tenant, others in ((True, ("t02", "t03", "t21", FAR_TOWN)), (False, ("t21", FAR_TOWN))):
            before = await play.rows_of(*others)
            doors = [door for door in play.doors if door.is_of_tenant is is_of_tenant]
            asked += [(door, role, await answered(play, door, role)) for door, role in who_may(doors)]
            assert await play.rows_of(*others) == before
    wrong = [
        f"{door} as {role}: {answer.status}" for door, role, answer in asked if not is_in(door, role, answer)
    ]
    done = sum(answer.is_done for _door, _role, answer in asked)
    note("positive controls", f"{len(asked) - len(wrong)} of {len(asked)} let in, {done} of them done")
    assert not wrong, "\n".join(wrong)


def who_may(doors: Sequence[Door]) -> list[tuple[Door, str]]:
    """Reading before acting, which changes what is read."""
    ordered = sorted(doors, key=lambda door: door.method != "GET")
    return [(door, role) for door in ordered for role in door.may]


async def answered(play: Play, door: Door, role: str) -> Answer:
    if "{period}" in door.address.path and door.method != "GET":
        # A report is not sent while the figures still change.
        await settle(play.platform.database, play.platform.catalogue)
    return await play.can(door, role)


def is_in(door: Door, role: str, answer: Answer) -> bool:
    """Done; or, where nobody has filled in for her what is sent, told what is wrong with it."""
    for tail, status in BEYOND.items():
        if door.address.path.endswith(tail):
            return answer.status == status
    is_sent = door.method != "GET" and (door.is_api or role != door.may[0]) and answer.status in SENT_WRONG
    return answer.is_done or is_sent
