"""B: the figures from their events. Rebuilt from nothing, grown tenfold, and kept fresh while events come in.

The floor of a rebuild is TRUNCATE and INSERT..SELECT of the same cells, without walls, proofs or definitions.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import perf_counter
from uuid import UUID

import asyncpg

from core.figures.indicators import Catalogue
from core.figures.loop import settle
from core.figures.marks import mark_sink
from core.figures.periods import month
from core.figures.rebuild import check_figures, rebuild
from core.kernel import clock
from core.kernel.changes import changed, set_sink
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from tests.bench.environments import python_of
from tests.bench.events import Events, make_places
from tests.bench.goals import Finding, at_least, at_most, missing
from tests.bench.jobs import drained, worker
from tests.bench.rounds import Ratio, in_turn, ratio
from tests.bench.town import Bench

__all__ = ["FRESH", "measure"]

FULL, TENTH, FEW = Events("event", "EVT"), Events("tenth", "TEN"), Events("few", "FEW")
FRESH = Catalogue.of({"": FULL.indicators()})
ROLLUP = "tests.bench.peers.rollup"
CELLS = """
CREATE TABLE bench.cell (tenant_id uuid, region_id uuid, period text COLLATE "C", indicator text COLLATE "C",
  cut text COLLATE "C", num numeric, PRIMARY KEY (tenant_id, period, indicator, cut));
CREATE TABLE bench.peer_cell (tenant_id uuid, period text, indicator text, num numeric, key text PRIMARY KEY)
"""
SWITCHED_ON = """
WITH offered AS (
  INSERT INTO host.plugin_offer (id, region_id, plugin, mode, changed_at)
  VALUES (gen_random_uuid(), $1, 'few', 'offered', now())
)
INSERT INTO tenancy.activation (tenant_id, id, region_id, plugin, is_on, changed_at)
SELECT u.id, gen_random_uuid(), $1, 'few', true, now() FROM unnest($2::uuid[]) AS u (id)
"""
PEERS = (("Django, a tenant at a time", "tenant", 10.0, 20), ("Django, cell by cell", "cell", 150.0, 1))
"""The last is how many tenants they do; the rest is reckoned, since their time is linear in them."""
WRITTEN = 100
LOOKED_AT = 0.005


async def measure(bench: Bench) -> list[Finding]:
    """B1 to B3."""
    sizes = bench.sizes
    connection = await asyncpg.connect(bench.address("bootstrap"), command_timeout=300)
    try:
        await connection.execute("CREATE SCHEMA bench")
        await connection.execute("GRANT USAGE ON SCHEMA bench TO app, figures")
        await connection.execute(CELLS)
        places = await make_places(connection, bench.region.id, sizes.places)
        few = places[: len(places) // 10]
        await connection.execute(SWITCHED_ON, bench.region.id, few)
        await FULL.fill(connection, places, sizes.events)
        await TENTH.fill(connection, places, sizes.events // 10)
        await FEW.fill(connection, few, sizes.events)
        return [
            *await _rebuilt(bench, connection, len(places)),
            *await _fresh(bench, connection, places),
        ]
    finally:
        await connection.close()


async def _rebuilt(bench: Bench, connection: asyncpg.Connection, places: int) -> list[Finding]:
    sizes, database = bench.sizes, bench.platform.database
    catalogues = [
        Catalogue.of({group: events.indicators()})
        for group, events in (("", TENTH), ("few", FEW), ("", FULL))
    ]

    async def floor() -> float:
        started = perf_counter()
        async with connection.transaction():
            for statement in FULL.floor():
                await connection.execute(statement)
        return perf_counter() - started

    def ours(catalogue: Catalogue) -> Callable[[], Awaitable[float]]:
        async def run() -> float:
            started = perf_counter()
            await connection.execute("TRUNCATE figures.figure")
            await rebuild(database, catalogue)
            return perf_counter() - started

        return run

    await floor()
    least, tenth, few, full = await in_turn(
        floor, *(ours(catalogue) for catalogue in catalogues), rounds=sizes.rounds
    )
    work = f"{sizes.events / 1e6:g} M events of {places} tenants"
    return [
        at_most("B1", f"rebuild: {work}", "TRUNCATE, INSERT..SELECT", ratio(full, least), 1.25),
        *await _peers(bench, work, full, places),
        at_most("B2", f"{work}: ten times the events", "a tenth of the events", ratio(full, tenth), 2.5),
        at_most("B2", f"{work}: ten times the tenants", "a tenth of the tenants", ratio(full, few), 3.0),
    ]


async def _peers(bench: Bench, work: str, full: list[float], places: int) -> list[Finding]:
    python, findings = await python_of("django"), list[Finding]()
    for name, how, goal, tenants in PEERS:
        if python is None:
            findings.append(missing("B1", f"rebuild: {work}", name))
            continue
        done = min(tenants, places)
        address = {"TOWNBRIDGE_BENCH_ADDRESS": bench.address("bootstrap")}
        taken = [
            places / done * await drained(ROLLUP, how, str(done), python=python, **address)
            for _round in range(min(bench.sizes.rounds, 3))
        ]
        findings.append(
            at_least("B1", f"rebuild: {work}", f"{name}, time", ratio(taken, full[: len(taken)]), goal)
        )
    return findings


async def _fresh(bench: Bench, connection: asyncpg.Connection, places: list[UUID]) -> list[Finding]:
    sizes, database = bench.sizes, bench.platform.database
    written = places[: min(len(places), WRITTEN)]
    await connection.execute("TRUNCATE figures.figure, figures.stale")
    await rebuild(database, FRESH)

    def in_a_row(is_marked: bool) -> Callable[[], Awaitable[float]]:
        async def run() -> float:
            """As many as one visitor can, one after the other."""
            started, done = perf_counter(), 0
            while perf_counter() - started < sizes.written_seconds / 4:
                await _write(bench, written[done % len(written)], is_marked)
                done += 1
            return done / (perf_counter() - started)

        return run

    set_sink(mark_sink({"": FULL.indicators()}))
    async with worker("tests.bench.worker", "figures", str(bench.home)) as said:
        await said.readline()
        late = await _lateness(bench, connection, written)
        await settle(database, FRESH)
        wrong = await check_figures(database, FRESH)
        marked, bare = await in_turn(in_a_row(True), in_a_row(False), rounds=sizes.rounds)
    p99 = 1000 * late[len(late) * 99 // 100]
    work = f"{sizes.writes} writes a second"
    return [
        at_most("B3", f"{work}: p99 until the figure has it", "itself", Ratio.once(p99), 250.0, " ms"),
        at_most("B3", f"{work}: cells unlike a rebuild's", "itself", Ratio.once(len(wrong)), 0.0),
        at_least("B3", "writes a second, figures kept fresh", "without figures", ratio(marked, bare), 0.85),
    ]


async def _write(bench: Bench, tenant: UUID, is_marked: bool) -> None:
    async with bench.platform.database.transaction(Scope.of_tenant(tenant, ("registry",))) as tx:
        today = clock.today()
        await tx.execute(
            f"INSERT INTO {FULL.table(0)} (tenant_id, id, day, kind, quantity) VALUES ($1, $2, $3, 0, 1)",
            tenant, new_id(), today,
        )  # fmt: skip
        if is_marked:
            changed(tx, FULL.table(0), today)


async def _lateness(bench: Bench, connection: asyncpg.Connection, places: list[UUID]) -> list[float]:
    """Seconds from each commit until the cell counts it, sorted; looked at every few milliseconds."""
    number = int(bench.sizes.writes * bench.sizes.written_seconds)
    base = await _cells(connection, places)
    waiting: dict[UUID, deque[float]] = {place: deque() for place in places}
    seen, late, started = dict(base), list[float](), perf_counter()

    async def write_all(place: UUID, first: int) -> None:
        for each in range(first, number, len(places)):
            await asyncio.sleep(started + each / bench.sizes.writes - perf_counter())
            await _write(bench, place, True)
            waiting[place].append(perf_counter())

    async def watch() -> None:
        while len(late) < number:
            found, now = await _cells(connection, places), perf_counter()
            for place, cell in found.items():
                while seen[place] < cell and waiting[place]:
                    late.append(now - waiting[place].popleft())
                    seen[place] += 1
            await asyncio.sleep(LOOKED_AT)

    async with asyncio.timeout(180), asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        for first, place in enumerate(places):
            tasks.create_task(write_all(place, first))
    return sorted(late)


async def _cells(connection: asyncpg.Connection, places: list[UUID]) -> dict[UUID, int]:
    rows = await connection.fetch(
        "SELECT tenant_id, num FROM figures.figure WHERE tenant_id = ANY($1) AND period = $2 AND indicator = $3",
        places, month(clock.today()).name, FULL.codes[0],
    )  # fmt: skip
    return {row["tenant_id"]: int(row["num"]) for row in rows}
