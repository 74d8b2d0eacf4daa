"""The matrix knows everything that the application answers: what it does not know fails here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from litestar import Litestar, get
from litestar.params import FromPath
from msgspec import structs

from tests.walls.arranging import CURSORS, IDS, KNOWN_FIELDS, WORDS
from tests.walls.asking import Request
from tests.walls.cases import forbidden_words
from tests.walls.conftest import Perform
from tests.walls.doors import OUTSIDE, Door, Field, fields_of, routes_of
from tests.walls.play import Play


def strange_routes(app: Litestar, doors: Iterable[Door]) -> set[str]:
    return set(routes_of(app)) - {str(door) for door in doors} - set(OUTSIDE)


def strange_names(doors: Iterable[Door]) -> Iterator[str]:
    for door in doors:
        for name in door.parameters:
            if name not in IDS and name not in WORDS:
                yield f"{door} names a {name}"
        for field in fields_of(door):
            if is_of_interest(field) and field.name not in KNOWN_FIELDS | CURSORS:
                yield f"{door} takes {field.owner}.{field.name}"


def is_of_interest(field: Field) -> bool:
    """An id by its type, or by what it is called."""
    words = field.name.split("_")
    return (
        field.is_id
        or "id" in words[1:]
        or field.name in {*IDS, "id", "ids", "after", "before", "cursor"} - {"unit"}
    )


async def test_every_route_and_every_name_is_known(play: Play) -> None:
    assert not strange_routes(play.app, play.doors)
    assert not list(strange_names(play.doors))
    assert set(OUTSIDE) <= set(routes_of(play.app))


async def test_a_route_beside_the_gate_is_noticed(perform: Perform) -> None:
    @get("/t/{slug:str}/people")
    async def stray(slug: FromPath[str]) -> str:
        return slug

    async with perform() as play:
        play.app.register(stray)
        assert strange_routes(play.app, play.doors) == {"GET /t/{slug}/people"}


async def test_a_name_that_nobody_has_thought_of_is_noticed(play: Play) -> None:
    door = next(door for door in play.doors if "{person}" in door.address.path)
    assert list(strange_names([_renamed(door)])) == [f"{_renamed(door)} names a patient"]


def _renamed(door: Door) -> Door:
    path = door.address.path.replace("{person}", "{patient}")
    return structs.replace(door, address=structs.replace(door.address, path=path))


async def test_what_stands_outside_shows_nobody_anything_of_anybody(play: Play) -> None:
    assert not await told_outside(play)


async def told_outside(play: Play) -> list[str]:
    wrong: list[str] = []
    values = {
        "code": "AAAA-BBBB",
        "session": play.script.places["t02"].things["person"],
        "digest": "0",
        "name": "x",
    }
    for route in OUTSIDE:
        method, _blank, path = route.partition(" ")
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", value)
        for asker in play.script.askers:
            for way in ("session", "token"):
                if "sign-out" in path:
                    continue
                answer = await play.ask(asker, Request(method=method, path=path, way=way, form={}))
                words = [word for word in forbidden_words(asker) if word in answer.text()]
                if words or answer.status >= 500:
                    wrong.append(f"{route} as {asker}: {answer.status} {words}")
    return wrong
