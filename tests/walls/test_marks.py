"""What names a place without an id in the address: cursors, keys of acts, and files that name people and firms."""

from __future__ import annotations

import re

import msgspec

from core.kernel.ids import new_id
from tests.plugins.registration.imports.small import HEADER, Worker
from tests.walls.arranging import CURSORS
from tests.walls.asking import Answer, Asker, Request
from tests.walls.cases import forbidden_words
from tests.walls.conftest import Perform
from tests.walls.doors import Door, fields_of
from tests.walls.play import Play
from tests.walls.table import note

LISTS = "/registration/people"


def with_cursor(play: Play) -> list[tuple[Door, str]]:
    """The lists of a unit that go on from a word of their own, with the name of the field."""
    return [
        (door, field.name)
        for door in play.doors
        if door.is_of_tenant and door.method == "GET"
        for field in fields_of(door)
        if field.name in CURSORS
        and not field.is_id
        and field.owner == getattr(door.binding.query, "__name__", "")
    ]


def path_of(play: Play, door: Door, place: str) -> str:
    things = play.script.places[place].things
    return door.at(place, play.script.asked[str(door)].values | things)


async def cursor_of(play: Play, place: str) -> str:
    """Where a list of two people goes on."""
    clerk = play.asker("station_staff", place)
    request = Request(method="GET", path=f"/api/v1/t/{place}{LISTS}", way="token", query={"limit": "1"})
    answer = msgspec.json.decode((await play.ask(clerk, request)).body)
    assert isinstance(answer["next"], str)
    return answer["next"]


async def test_a_cursor_of_another_unit_or_a_changed_one_opens_nothing(play: Play) -> None:
    wrong: list[str] = []
    own, foreign = await cursor_of(play, "t01"), await cursor_of(play, "t02")
    bad = {
        "foreign": foreign,
        "cut": own[:-6],
        "changed": f"{own[:-4]}AAAA",
        "turned": own[::-1],
        "made up": "eA==",
    }
    lists = with_cursor(play)
    for door, field in lists:
        way = "token" if door.is_api else "session"
        clerk, path = play.asker(door.may[0], "t01"), path_of(play, door, "t01")
        first = await play.ask(clerk, Request(method="GET", path=path, way=way))
        for kind, cursor in bad.items():
            request = Request(method="GET", path=path, way=way, query={field: cursor})
            answer = await play.ask(clerk, request)
            is_refused = answer.status in (400, 404)
            if not (is_refused or is_beginning(answer, first)) or foreign_words(clerk, answer):
                wrong.append(f"{kind} cursor at {door}: {answer.status}")
    assert await goes_on(play, own)
    note("cursors", f"{len(lists) * len(bad)} foreign or changed, {len(wrong)} taken")
    assert not wrong, "\n".join(wrong)


def is_beginning(answer: Answer, first: Answer) -> bool:
    """A page shows its list from the start, and a file is whole anyway; a program is told."""
    kind = dict(answer.headers).get("content-type", "")
    if answer.status != 200 or "json" in kind:
        return False
    return rows_of(answer.text()) == rows_of(first.text()) if "html" in kind else answer.body == first.body


def foreign_words(asker: Asker, answer: Answer) -> list[str]:
    text = answer.text()
    return [word for word in forbidden_words(asker) if word in text]


def rows_of(text: str) -> list[str]:
    return re.findall(r'href="[^"]*/people/([0-9a-f-]{36})"', text)


async def goes_on(play: Play, cursor: str) -> bool:
    """The own one does."""
    request = Request(
        method="GET", path=f"/api/v1/t/t01{LISTS}", way="token", query={"limit": "1", "after": cursor}
    )
    return (await play.ask(play.asker("station_staff", "t01"), request)).status == 200


async def test_a_key_that_another_unit_has_used_is_new_here(perform: Perform) -> None:
    key = str(new_id())
    async with perform() as play:
        ours, theirs = (play.asker("station_staff", place) for place in ("t01", "t02"))
        first = await play.ask(theirs, registering("t02", "鹦洲新", key))
        mine = await play.ask(ours, registering("t01", "晴川新", key))
        again = await play.ask(ours, registering("t01", "晴川新", key))
        other = await play.ask(ours, registering("t01", "晴川另", key))
    assert (first.status, mine.status, again.status, other.status) == (201, 201, 201, 409)
    assert mine.body == again.body != first.body


def registering(place: str, name: str, key: str) -> Request:
    told = {"name": name, "phone": "13911139111", "village": "东村", "is_acknowledged": True}
    return Request(
        method="POST",
        path=f"/api/v1/t/{place}{LISTS}",
        way="token",
        body=msgspec.json.encode(told),
        key=key,
    )


async def test_a_file_that_names_people_and_firms_of_another_unit_finds_ones_own_alone(
    perform: Perform,
) -> None:
    async with perform() as play:
        clerk: Asker = play.asker("station_staff", "t01")
        before = await play.rows_of("t02")
        page = await sent_roster(play, clerk, foreign_roster(play))
        plan = (await play.ask(clerk, Request(method="GET", path=page))).text()
        await play.ask(clerk, Request(method="POST", path=f"{page}/apply", form={}))
        await play.work()
        done = (await play.ask(clerk, Request(method="GET", path=f"/t/t01{LISTS}"))).text()
        after = await play.rows_of("t02")
    assert before == after
    assert "来册" in plan
    assert not [word for word in forbidden_words(clerk) if word in plan + done]


def foreign_roster(play: Play) -> bytes:
    """The numbers of their people under other names, and one of their firms."""
    number = play.script.places["t02"].things["document"]
    own = list(Worker("来册", 1).row())
    own[HEADER.index("证件号码")] = number
    lines = [HEADER, own]
    return "\r\n".join(",".join(cells) for cells in lines).encode("utf-8-sig")


async def sent_roster(play: Play, clerk: Asker, content: bytes) -> str:
    """The page of its plan."""
    sent = await play.ask(
        clerk, Request(method="POST", path="/t/t01/registration/roster", upload=("theirs.csv", content))
    )
    await play.work()
    await play.ask(clerk, Request(method="POST", path=f"{sent.location}/plan", form={}))
    await play.work()
    return sent.location
