"""A: the JSON API of the register with all that stands before it, against floor and peers on the same tables."""

from __future__ import annotations

import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
from msgspec import Struct

from tests.bench.environments import python_of
from tests.bench.floor import FUNCTIONS
from tests.bench.goals import Finding, at_least, at_most, missing
from tests.bench.load import SERIAL, Order, pour, request
from tests.bench.processes import answered, free_port, running, weight
from tests.bench.rounds import Ratio, in_turn, ratio
from tests.bench.sizes import Sizes
from tests.bench.town import Bench, Place

__all__ = ["measure"]

KINDS = {
    "list": ("A1", "list of 50 people", 1.0, 10.0, 4.0),
    "one": ("A2", "read one person", 0.75, 10.0, 5.0),
    "create": ("A3", "register a person, the same rows", 0.80, 9.0, 5.0),
}
"""What each kind of request is called, and what it is held to: floor, Django, FastAPI."""

NEW = (
    '{"name": "何雨%s", "id_type": "03", "number": "P%s", "sex": "2", "birth_date": "1999-0%d-1%d", "origin": "43",'
    ' "phone": "1%s", "village": "桥头社区", "is_acknowledged": true}'
)
UNLIMITED = "100000000"
DJANGO = ("gunicorn", "--threads", "4", "--log-level", "error", "tests.bench.peers.rest")

serial = itertools.count(3_800_000_000, 1_000_000)
"""Each pour has numbers of its own; with a 1 before them they are telephone numbers."""


class Overloaded(Exception):
    """Requests failed: there is no rate to tell."""


class Side(Struct, frozen=True, kw_only=True):
    """One of the servers."""

    port: int
    process: int
    requests: dict[str, list[str]]


async def measure(bench: Bench) -> list[Finding]:
    """A1 to A4."""
    await _make_functions(bench)
    findings: list[Finding] = []
    async with AsyncExitStack() as stack:
        floor = await stack.enter_async_context(_floor(bench))
        ours = await stack.enter_async_context(_ours(bench))
        peers = [await stack.enter_async_context(each(bench)) for each in (_django, _fastapi)]
        memory = Ratio.once(weight(ours.process) / weight(floor.process))
        for connections in bench.sizes.connections:
            is_first = connections == bench.sizes.connections[0]
            others = peers if is_first else [None, None]
            tails: dict[str, Ratio] = {}
            for kind, (code, work, *_goals) in KINDS.items():
                try:
                    found, tails[kind] = await _compare(bench.sizes, kind, connections, floor, ours, others)
                except Overloaded as error:
                    found = [missing(code, f"{work}, {connections} connections", "", f"failed: {error}")]
                findings += found
            if is_first:
                findings += [
                    at_most("A4", f"{kind}: p99", "floor, p99", tail, 2.0) for kind, tail in tails.items()
                ]
        worn = weight(ours.process) / weight(floor.process)
    return [
        *findings,
        at_most("A4", "memory before the first request", "floor, RSS", memory, 1.3),
        at_most("A4", "memory after the last", "floor, RSS", Ratio.once(worn), 1.3),
    ]


async def _compare(
    sizes: Sizes, kind: str, connections: int, floor: Side, ours: Side, peers: Sequence[Side | None]
) -> tuple[list[Finding], Ratio]:
    """Rates in ratio to each of the others; the 99th percentile in ratio to the floor's."""
    tails: dict[int, list[float]] = {floor.port: [], ours.port: []}

    def side(which: Side) -> Callable[[], Awaitable[float]]:
        async def poured() -> float:
            order = Order(
                port=which.port,
                requests=which.requests[kind],
                seconds=sizes.seconds,
                connections=connections,
                first=next(serial),
            )
            tally = await pour(order)
            if tally.failed:
                sys.stderr.write(f"{kind}: {tally.failed} failed, one with {tally.status}\n")
                raise Overloaded(f"{tally.failed} requests, {tally.status[9:12]}")
            tails.setdefault(which.port, []).append(tally.p99)
            return tally.rate

        return poured

    there = [peer for peer in peers if peer is not None]
    sides = [side(each) for each in (floor, ours, *there)]
    for warm in sides:
        await warm()
    for kept in tails.values():
        kept.clear()
    least, mine, *others = await in_turn(*sides, rounds=sizes.rounds)
    code, work, *goals = KINDS[kind]
    work = f"{work}, {connections} connections"
    findings = [at_least(code, work, "floor, requests/s", ratio(mine, least), goals[0])]
    rates = iter(others)
    for name, peer, goal in zip(("Django, DRF", "FastAPI, SQLAlchemy"), peers, goals[1:], strict=True):
        if peer is not None:
            findings.append(at_least(code, work, name, ratio(mine, next(rates)), goal))
        elif connections == sizes.connections[0]:
            findings.append(missing(code, work, name))
    return findings, ratio(tails[ours.port], tails[floor.port])


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
        yield await _bare(bench, port, process.pid)


async def _bare(bench: Bench, port: int, process: int) -> Side:
    """A server that knows no authentication, once it answers."""
    requests = _requests(bench.places, lambda place: f"/t/{place.tenant.id}/people", lambda _place: "")
    await answered(f"http://127.0.0.1:{port}/t/{bench.places[0].tenant.id}/people")
    return Side(port=port, process=process, requests=requests)


@asynccontextmanager
async def _django(bench: Bench) -> AsyncIterator[Side | None]:
    port = free_port()
    async with _peer(bench, "django", *DJANGO, "--bind", f"127.0.0.1:{port}") as process:
        yield await _bare(bench, port, process) if process else None


@asynccontextmanager
async def _fastapi(bench: Bench) -> AsyncIterator[Side | None]:
    port = free_port()
    async with _peer(bench, "fastapi", "tests.bench.peers.alchemy", str(port)) as process:
        yield await _bare(bench, port, process) if process else None


@asynccontextmanager
async def _peer(bench: Bench, name: str, *arguments: str) -> AsyncIterator[int | None]:
    python = await python_of(name)
    if python is None:
        yield None
        return
    address = {"TOWNBRIDGE_BENCH_ADDRESS": bench.address("app")}
    async with running(*arguments, python=python, **address) as process:
        yield process.pid


@asynccontextmanager
async def _ours(bench: Bench) -> AsyncIterator[Side]:
    port = free_port()
    arguments = ("core.cli", "--home", str(bench.home), "serve", "--no-worker", "--port", str(port))
    async with running(*arguments, TOWNBRIDGE_API_RATE=UNLIMITED) as process:
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
    return NEW % (SERIAL, SERIAL, number % 9 + 1, number % 10, SERIAL)
