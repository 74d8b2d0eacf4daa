"""A: the JSON API of the register with all that stands before it, against the floor on the same tables."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import asyncpg
from msgspec import Struct

from tests.bench.floor import FUNCTIONS
from tests.bench.goals import Finding, at_least, at_most
from tests.bench.load import SERIAL, Order, Tally, pour, request
from tests.bench.processes import answered, free_port, running, weight
from tests.bench.rounds import Ratio, in_turn, ratio
from tests.bench.town import Bench, Place

__all__ = ["measure"]

SECONDS = 1.5
KINDS = {
    "list": ("A1", "list of 50 people", 1.0),
    "one": ("A2", "read one person", 0.75),
    "create": ("A3", "register a person, the same rows", 0.80),
}
NEW = (
    '{"name": "何雨%s", "id_type": "03", "number": "P%s", "sex": "2", "birth_date": "1999-0%d-1%d", "origin": "43",'
    ' "phone": "139' + SERIAL[2:] + '", "village": "桥头社区", "is_acknowledged": true}'
)


class Side(Struct, frozen=True, kw_only=True):
    """One of the two servers."""

    port: int
    process: int
    requests: dict[str, list[str]]


serial = itertools.count(1, 1_000_000)


async def measure(bench: Bench) -> list[Finding]:
    """A1 to A4."""
    await _make_functions(bench)
    async with _floor(bench) as floor, _ours(bench) as ours:
        findings: list[Finding] = []
        tails: dict[str, Ratio] = {}
        for kind, (code, work, goal) in KINDS.items():
            rates, tails[kind] = await _compare(floor, ours, kind)
            findings.append(at_least(code, work, "floor, requests/s", rates, goal))
        findings += [at_most("A4", f"{kind}: p99", "floor, p99", tail, 2.0) for kind, tail in tails.items()]
        memory = weight(ours.process) / weight(floor.process)
        findings.append(at_most("A4", "memory after that", "floor, RSS", Ratio(memory, memory, memory), 1.3))
    return findings


async def _compare(floor: Side, ours: Side, kind: str) -> tuple[Ratio, Ratio]:
    """Rates and 99th percentiles, in ratio to the floor."""
    tallies: dict[int, list[Tally]] = {floor.port: [], ours.port: []}

    def side(which: Side) -> Callable[[], Awaitable[float]]:
        async def poured() -> float:
            order = Order(port=which.port, requests=which.requests[kind], seconds=SECONDS, first=next(serial))
            tally = await pour(order)
            if tally.failed:
                raise RuntimeError(f"{kind}: {tally.failed} failed, one with {tally.status}")
            tallies[which.port].append(tally)
            return tally.rate

        return poured

    await side(floor)()
    await side(ours)()
    for kept in tallies.values():
        kept.clear()
    least, mine = await in_turn(side(floor), side(ours))
    tails = [[tally.p99 for tally in tallies[which.port]] for which in (ours, floor)]
    return ratio(mine, least), ratio(*tails)


async def _make_functions(bench: Bench) -> None:
    connection = await asyncpg.connect(bench.address("bootstrap"))
    try:
        await connection.execute("ANALYZE")
        for statement in FUNCTIONS:
            await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def _floor(bench: Bench) -> AsyncIterator[Side]:
    port = free_port()
    async with running("tests.bench.floor", str(port), bench.address("app")) as process:
        requests = _requests(bench.places, lambda place: f"/t/{place.tenant.id}/people", lambda _place: "")
        await answered(f"http://127.0.0.1:{port}/t/{bench.places[0].tenant.id}/people")
        yield Side(port=port, process=process.pid, requests=requests)


@asynccontextmanager
async def _ours(bench: Bench) -> AsyncIterator[Side]:
    port = free_port()
    arguments = ("core.cli", "--home", str(bench.home), "serve", "--no-worker", "--port", str(port))
    async with running(*arguments) as process:
        requests = _requests(
            bench.places,
            lambda place: f"/api/v1/t/{place.slug}/registration/people",
            lambda place: place.token,
        )
        await answered(f"http://127.0.0.1:{port}/sign-in")
        yield Side(port=port, process=process.pid, requests=requests)


def _requests(
    places: Sequence[Place], base: Callable[[Place], str], token: Callable[[Place], str]
) -> dict[str, list[str]]:
    """For each kind of work one request for every tenant, of single people fifty."""
    return {
        "list": [request("GET", base(place), token(place)) for place in places],
        "one": [
            request("GET", f"{base(place)}/{place.people[number * 7 % len(place.people)]}", token(place))
            for number in range(50)
            for place in places
        ],
        "create": [
            request("POST", base(place), token(place), _new(number), Idempotency_Key=f"bench-{SERIAL}")
            for number, place in enumerate(places)
        ],
    }


def _new(number: int) -> str:
    return NEW % (SERIAL, SERIAL, number % 9 + 1, number % 10)
