"""G: one issue over the API, with its checks, entitlement, ledger and audit, against the same rows in one statement.

A clerk after another: nothing waits for a lot. What an issue and a balance cost is measured again in a unit whose
ledger is ten times as long.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from time import perf_counter
from uuid import UUID

import asyncpg
from msgspec import Struct, json

from core.host.background import tenant_background
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from plugins.supplies.services.shelf import shelf_at
from plugins.supplies.tables import Stock
from tests.bench.goals import Finding, at_least, at_most
from tests.bench.load import SERIAL, Order, pour, request
from tests.bench.processes import answered, free_port, running
from tests.bench.rounds import in_turn, ratio
from tests.bench.town import Bench, Place

__all__ = ["measure"]

LOTS, POINT, SKU = 40, "S1", "CON-M"
TIMES = 10
UNLIMITED = "100000000"
COMPARTMENTS = ("registry", "supplies")

# A ledger of so many lines over the last year, mostly anonymous; every lot has plenty left.
FILL = """
WITH line AS (
  SELECT n, md5($1::uuid::text || n)::uuid AS id, current_date - 1 - n % 300 AS day, 'L' || n % $3::int AS lot,
    CASE WHEN n < $3 THEN 'RECEIPT' ELSE 'ISSUE' END AS kind, CASE WHEN n < $3 THEN 10000000 ELSE 1 END AS quantity
  FROM generate_series(0, $2::int - 1) AS n
), point AS (
  INSERT INTO supplies.point (tenant_id, id, code, name, kind, opened_on)
  VALUES ($1::uuid, gen_random_uuid(), 'S1', 'S1', 'STATION', current_date - 400) RETURNING code
), book AS (
  INSERT INTO supplies.book (tenant_id, id, starts_on, kept_to)
  VALUES ($1::uuid, gen_random_uuid(), current_date - 400, current_date - 1) RETURNING starts_on
), voucher AS (
  INSERT INTO supplies.voucher (tenant_id, id, kind, day, point, is_anonymous, made_at)
  SELECT $1::uuid, id, kind, CASE WHEN n < $3 THEN current_date - 350 ELSE day END, 'S1', n >= $3, now() FROM line
), entry AS (
  INSERT INTO supplies.entry (tenant_id, id, voucher_id, book, day, point, sku, lot, expiry, kind, quantity, change,
    method, figure, is_tracer, cyp_num, cyp_den)
  SELECT $1::uuid, id, id, current_date - 400, CASE WHEN n < $3 THEN current_date - 350 ELSE day END, 'S1', 'CON-M',
    lot, date '2099-12-31', kind, quantity, CASE WHEN n < $3 THEN quantity ELSE -quantity END, 'MALE_CONDOM', 'SUP-01',
    true, 1, 120 FROM line
)
INSERT INTO supplies.stock (tenant_id, id, point, sku, lot, expiry, balance, received_on)
SELECT $1::uuid, gen_random_uuid(), 'S1', 'CON-M', lot, date '2099-12-31',
  sum(CASE WHEN n < $3 THEN quantity ELSE -quantity END), current_date - 350 FROM line GROUP BY lot
"""

# The rows that the product writes for an issue, nothing looked up or compared before.
ISSUE = """
CREATE FUNCTION bench.issue(for_tenant uuid, ids uuid[], person uuid, of_lot text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE today date := current_date; left_over int;
BEGIN
  PERFORM set_config('app.tenant', for_tenant::text, true), set_config('app.scopes', 'registry,supplies', true);
  UPDATE supplies.stock SET balance = balance - 1
    WHERE tenant_id = for_tenant AND point = 'S1' AND sku = 'CON-M' AND lot = of_lot RETURNING balance INTO left_over;
  INSERT INTO supplies.voucher (tenant_id, id, kind, day, point, key, made_at)
    VALUES (for_tenant, ids[1], 'ISSUE', today, 'S1', ids[1]::text, now());
  INSERT INTO supplies.recipient (tenant_id, id, voucher_id, person_id, day)
    VALUES (for_tenant, ids[2], ids[1], person, today);
  INSERT INTO supplies.entry (tenant_id, id, voucher_id, book, day, point, sku, lot, expiry, kind, quantity, change,
      method, figure, is_tracer, cyp_num, cyp_den)
    VALUES (for_tenant, ids[3], ids[1], today - 400, today, 'S1', 'CON-M', of_lot, date '2099-12-31', 'ISSUE', 1, -1,
      'MALE_CONDOM', 'SUP-01', true, 1, 120);
  INSERT INTO supplies.client (tenant_id, id, person_id) VALUES (for_tenant, ids[4], person) ON CONFLICT DO NOTHING;
  INSERT INTO figures.stale (tenant_id, id, source, first_day, is_onward)
    SELECT for_tenant, gen_random_uuid(), source, date_trunc('month', today)::date, true
    FROM unnest(ARRAY['supplies.entry', 'supplies.voucher', 'supplies.recipient']) AS source;
  INSERT INTO kernel.idempotency (tenant_id, key, request_hash, status, response)
    VALUES (for_tenant, ids[1]::text, '', 201, '');
  PERFORM kernel.append_audit(for_tenant, ARRAY[NULL::uuid], ARRAY['bench.a'], ARRAY['voucher'], ARRAY[ids[1]],
    ARRAY[''], ARRAY['{}'], ARRAY[NULL::bytea], ARRAY[''::bytea], ARRAY['\\x00'::bytea]);
  RETURN left_over;
END $$
"""
FUNCTIONS = (
    "CREATE SCHEMA IF NOT EXISTS bench",
    "GRANT USAGE ON SCHEMA bench TO app",
    ISSUE,
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bench TO app",
)

serial = itertools.count(4_000_000_000, 1_000_000)
"""Each pour has keys of its own."""


class Unit(Struct, frozen=True, kw_only=True):
    """A unit with a ledger, and the requests that hand out in it."""

    place: Place
    requests: list[str]


async def measure(bench: Bench) -> list[Finding]:
    """G1, G2."""
    short, long = [
        await _unit(bench, place, bench.sizes.ledger * times)
        for place, times in zip(bench.places, (1, TIMES), strict=False)
    ]
    async with _served(bench) as port, _floor(bench, short.place) as floor:
        sides = (floor, _issues(bench, port, short), _issues(bench, port, long))
        for warm in sides:
            await warm()
        least, mine, more = await in_turn(*sides, rounds=bench.sizes.rounds)
    balances = [_balances(bench, unit.place) for unit in (short, long)]
    for warm in balances:
        await warm()
    few, many = await in_turn(*balances, rounds=bench.sizes.rounds)
    lines = f"{bench.sizes.ledger * TIMES:,} lines"
    return [
        at_least(
            "G1", "hand out over the API, one clerk", "the same rows, one message", ratio(mine, least), 0.1
        ),
        at_most("G2", f"hand out, {lines}, time", "a tenth", ratio(mine, more), 1.2),
        at_most("G2", f"balances of a point, {lines}, time", "a tenth", ratio(few, many), 1.2),
    ]


async def _unit(bench: Bench, place: Place, lines: int) -> Unit:
    superuser = await asyncpg.connect(bench.address("bootstrap"), command_timeout=600)
    try:
        await superuser.execute(FILL, place.tenant.id, lines, LOTS)
        await superuser.execute("ANALYZE")
    finally:
        await superuser.close()
    async with bench.platform.database.transaction(Scope.of_tenant(place.tenant.id, COMPARTMENTS)):
        rows = await Stock.select(Stock.id)
    lots = [row["id"] for row in rows]
    return Unit(
        place=place,
        requests=[_request(place, person, lots[number % LOTS]) for number, person in enumerate(place.people)],
    )


def _request(place: Place, person: UUID, lot: UUID) -> str:
    body = {
        "point": POINT,
        "person": person,
        "lots": [lot],
        "quantities": [1],
        "override": "ASKED_FOR_MORE",
        "key": f"00000000-0000-7000-8000-00{SERIAL}",
    }
    address = f"/api/v1/t/{place.slug}/supplies/issue"
    key = {"Idempotency_Key": f"bench-{SERIAL}"}
    return request("POST", address, place.token, json.encode(body).decode(), **key)


@asynccontextmanager
async def _served(bench: Bench) -> AsyncIterator[int]:
    port = free_port()
    arguments = ("core.cli", "--home", str(bench.home), "serve", "--no-worker", "--port", str(port))
    async with running(*arguments, TOWNBRIDGE_API_RATE=UNLIMITED):
        await answered(f"http://127.0.0.1:{port}/sign-in")
        yield port


def _issues(bench: Bench, port: int, unit: Unit) -> Callable[[], Awaitable[float]]:
    async def run() -> float:
        order = Order(
            port=port,
            requests=unit.requests,
            seconds=bench.sizes.seconds,
            connections=1,
            first=next(serial),
        )
        tally = await pour(order)
        if tally.failed:
            sys.stderr.write(f"{tally.failed} failed, one with {tally.status}\n")
            raise ValueError(tally.status)
        return tally.rate

    return run


@asynccontextmanager
async def _floor(bench: Bench, place: Place) -> AsyncIterator[Callable[[], Awaitable[float]]]:
    superuser = await asyncpg.connect(bench.address("bootstrap"))
    for statement in FUNCTIONS:
        await superuser.execute(statement)
    await superuser.close()
    connection = await asyncpg.connect(bench.address("app"))
    people = itertools.cycle(place.people)

    async def run() -> float:
        started, done = perf_counter(), 0
        while perf_counter() - started < bench.sizes.seconds:
            ids = [new_id() for _id in range(4)]
            asked = (place.tenant.id, ids, next(people), f"L{done % LOTS}")
            await connection.fetchval("SELECT bench.issue($1, $2, $3, $4)", *asked)
            done += 1
        return done / (perf_counter() - started)

    try:
        yield run
    finally:
        await connection.close()


def _balances(bench: Bench, place: Place) -> Callable[[], Awaitable[float]]:
    """How often a second a page learns what lies at the point."""

    async def run() -> float:
        scope = Scope.of_tenant(place.tenant.id, ("supplies",))
        async with (
            bench.platform.database.transaction(scope, is_read_only=True) as tx,
            tenant_background(bench.platform.server, tx, place.tenant.id, "supplies") as ctx,
        ):
            started, done = perf_counter(), 0
            while perf_counter() - started < bench.sizes.seconds / 3:
                assert len((await shelf_at(ctx, POINT, date.today()))[SKU]) == LOTS  # noqa: DTZ011
                done += 1
            return done / (perf_counter() - started)

    return run
