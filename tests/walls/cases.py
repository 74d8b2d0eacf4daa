"""The matrix: every address x everybody x every way to name something, and what must come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec
from msgspec import Struct, structs

from core.kernel.ids import new_id
from core.testing import TOWN
from tests.walls.arranging import IDS, WORDS, Sent, thing_of
from tests.walls.asking import Answer, Asker, Request
from tests.walls.doors import Door, fields_of
from tests.walls.stage import FAR_TOWN, MARKS

__all__ = ["Case", "Tally", "Verdicts", "cases_of", "forbidden_words", "request_to"]

Expected = Literal["the door", "nothing", "forbidden", "either", "as its twin"]

MALFORMED = "7' OR '1'='1"
DOUBLES = ("stranger", "former")
"""In a choice of the cases too they ask for every place, so that the answers can be compared."""
ABSENT_WORDS = {"unit": "T98", **dict.fromkeys(WORDS, "nothing-of-that-name"), "period": "1999-01"}
PLACES = {
    "tenant": {"own": "t01", "foreign": "t02", "absent": "t98", "malformed": "t0'1"},
    "town": {"own": TOWN, "foreign": FAR_TOWN, "absent": "000009998", "malformed": "0'1"},
}


class Case(Struct, frozen=True, kw_only=True):
    """One request. `twin` names the group whose answers must be equal; `said` is what only the request says."""

    door: Door
    asker: Asker
    request: Request
    kind: str
    """`own`, `foreign`, `absent` or `malformed`, of what: `foreign person`."""
    expected: Expected
    twin: str = ""
    said: tuple[str, ...] = ()
    crosses: bool = False
    """It reaches for what belongs to another unit or town than the asker's."""

    def __str__(self) -> str:
        return f"{self.door} as {self.asker} by {self.request.way}, {self.kind}"


def cases_of(
    door: Door, askers: list[Asker], own: Sent, foreign: Mapping[str, str], *, is_full: bool
) -> Iterator[Case]:
    """Those that must be refused."""
    place = "tenant" if door.is_of_tenant else "town"
    home = PLACES[place]["own"]
    for asker in askers:
        if asker.place == PLACES[place]["foreign"]:
            yield from _at(door, asker, own, home, "own", is_full=is_full)
            continue
        chosen = PLACES[place] if is_full or asker.name in DOUBLES else {"own": home}
        for name, address in chosen.items():
            yield from _at(door, asker, own, address, name, is_full=is_full)
        if asker.place == home:
            yield from _ids(door, asker, own, foreign, home, is_full=is_full)


def _at(door: Door, asker: Asker, own: Sent, address: str, name: str, *, is_full: bool) -> Iterator[Case]:
    """The place itself: somebody else's, one that is not there, or her own where she may not."""
    right, wrong = ("token", "session") if door.is_api else ("session", "token")
    for way in (right, wrong) if is_full or asker.place == address else (right,):
        is_known = way == right and not asker.is_anonymous
        if is_known and asker.place == address and asker.role in door.may:
            continue  # she may: that is the other half of the matrix
        expected: Expected = (
            "the door" if not is_known else "forbidden" if asker.place == address else "nothing"
        )
        yield Case(
            door=door,
            asker=asker,
            request=request_to(door, address, own, way),
            kind=f"{name} place",
            expected=expected,
            twin=f"{door}|{asker}|{way}|place" if expected == "nothing" else "",
            said=(address,),
            crosses=expected == "nothing",
        )


def _ids(
    door: Door, asker: Asker, own: Sent, foreign: Mapping[str, str], home: str, *, is_full: bool
) -> Iterator[Case]:
    """In her own place: each thing that the address or the form names is another's, absent, or no id."""
    if not is_full and asker.role != (*door.may, "")[0]:
        return
    may = asker.role in door.may
    way = "token" if door.is_api else "session"
    named = [name for name in door.parameters if name in IDS or name in WORDS]
    groups = [(name,) for name in named] + ([tuple(named)] if len(named) > 1 else [])
    for group in groups:
        for kind in ("absent", "foreign", "malformed"):
            values = {name: _other(name, kind, foreign) for name in group}
            if None in values.values() or "lamp" in group:
                continue
            told = {name: str(value) for name, value in values.items()}
            sent = structs.replace(own, values=own.values | told)
            yield Case(
                door=door,
                asker=asker,
                request=request_to(door, home, sent, way),
                kind=f"{kind} {' and '.join(group)}",
                expected="nothing" if may else "either" if is_nowhere(group, kind) else "forbidden",
                twin=f"{door}|{asker}|{group}" if kind != "malformed" else "",
                said=tuple(told.values()),
                crosses=kind == "foreign",
            )
    yield from _fields(door, asker, own, foreign, home, way)


def is_nowhere(group: tuple[str, ...], kind: str) -> bool:
    """What is no id, or no word that an address has, may be nowhere before the gate asks who comes."""
    return kind == "malformed" or all(name in WORDS for name in group)


def _fields(
    door: Door, asker: Asker, own: Sent, foreign: Mapping[str, str], home: str, way: str
) -> Iterator[Case]:
    """Each id in a form, a body or a query."""
    for field in fields_of(door):
        name = thing_of(field)
        if not name:
            continue
        is_query = door.binding.query is not None and field.owner == door.binding.query.__name__
        for kind, value in (("absent", absent(foreign[name])), ("foreign", foreign[name])):
            sent = _put(own, field.name, value, is_query=is_query)
            yield Case(
                door=door,
                asker=asker,
                request=request_to(door, home, sent, way),
                kind=f"{kind} {field.name} in {field.owner}",
                expected="as its twin" if asker.role in door.may else "forbidden",
                twin=f"{door}|{asker}|{field.owner}.{field.name}",
                said=(value,),
                crosses=kind == "foreign",
            )


def _put(own: Sent, name: str, value: str, *, is_query: bool) -> Sent:
    if is_query:
        return structs.replace(own, query=own.query | {name: value})
    if own.body is not None:
        body = msgspec.json.decode(own.body)
        told = [value] if isinstance(body.get(name), list) else value
        return structs.replace(own, body=msgspec.json.encode(body | {name: told}))
    return structs.replace(own, form=(own.form or {}) | {name: value})


def absent(foreign: str) -> str:
    """An id like the foreign one, made in the same moment, which nothing has."""
    return foreign[:-4] + f"{int(foreign[-4:], 16) ^ 0xFFFF:04x}"


def _other(name: str, kind: str, foreign: Mapping[str, str]) -> str | None:
    if name in WORDS:
        return ABSENT_WORDS[name] if kind == "absent" else MALFORMED if kind == "malformed" else None
    if kind == "foreign":
        return foreign.get(name)
    if kind == "malformed":
        return MALFORMED
    return ABSENT_WORDS.get(name) or absent(foreign[name]) if name in foreign else None


def request_to(door: Door, address: str, sent: Sent, way: str) -> Request:
    unsafe = door.is_api and door.method != "GET"
    return Request(
        method=door.method,
        path=door.at(address, sent.values),
        way=way,
        query=sent.query,
        form=sent.form,
        body=sent.body,
        upload=sent.upload,
        key=str(new_id()) if unsafe else "",
    )


def forbidden_words(asker: Asker) -> list[str]:
    """What stands in other places only; the town sees a unit's firms and officers, never its people."""
    words: set[str] = set()
    for place, mark in MARKS.items():
        if place == asker.place:
            continue
        words.add(mark.people)
        if not (asker.place == TOWN and place not in (FAR_TOWN, "t21")):
            words.add(mark.place)
    words -= {MARKS[TOWN].people}  # what the town tells all its units
    return sorted(
        words - ({MARKS[asker.place].people, MARKS[asker.place].place} if asker.place in MARKS else set())
    )


class Tally(Struct, kw_only=True):
    """What was asked, and what was wrong, by kind."""

    cases: int = 0
    crossing: int = 0
    through: int = 0
    wrong: list[str] = []
    kinds: Counter[str] = Counter()

    def blame(self, case: Case, what: str) -> None:
        self.wrong.append(f"{case}: {what}")
        self.kinds[f"{what.split(':')[0]} ({case.kind})"] += 1


class Verdicts:
    """Judges each answer by itself and beside its twin.

    `has_gate` is False where the gate's condition on the address was taken away: then every address opens one's own
    place, and the answers differ by the address that they repeat. Whose words stand in them is looked at all the same.
    """

    def __init__(self, *, is_whole: bool = True, has_gate: bool = True) -> None:
        self.tally = Tally(wrong=[], kinds=Counter())
        self._is_whole = is_whole
        self._has_gate = has_gate
        self._twins: dict[str, tuple[Case, object]] = {}

    def judge(self, case: Case, answer: Answer) -> None:
        tally = self.tally
        tally.cases += 1
        tally.crossing += case.crosses
        before = len(tally.wrong)
        if answer.status >= 500 and self._is_whole:
            tally.blame(case, f"fault: {answer.status}")
        elif self._is_whole and not _is_as_expected(case, answer):
            tally.blame(case, f"status: {answer.status} instead of {case.expected}")
        text = answer.text()
        for word in forbidden_words(case.asker):
            if word in text or word in answer.location:
                tally.blame(case, f"word: {word}")
        if case.twin and (self._has_gate or not case.kind.endswith("place")):
            self._beside(case, answer)
        tally.through += case.crosses and len(tally.wrong) > before

    def _beside(self, case: Case, answer: Answer) -> None:
        mine = answer.without(*case.said)
        first, others = self._twins.setdefault(case.twin, (case, mine))
        if mine != others:
            self.tally.blame(case, f"twin: not the same as {first.kind}")


def _is_as_expected(case: Case, answer: Answer) -> bool:
    if case.expected == "the door":
        return answer.is_at_the_door
    if case.expected == "either":
        return answer.status in (403, 404)
    if case.expected == "as its twin":
        return answer.status < 500  # that nothing was written is told by the rows
    # A program may be told first what is wrong with its body, whatever the address names: the twin is told the same.
    is_body = answer.status == 400 and case.door.binding.body is not None and not case.kind.endswith("place")
    if case.expected == "nothing" and is_body:
        return True
    return answer.status == (404 if case.expected == "nothing" else 403)
