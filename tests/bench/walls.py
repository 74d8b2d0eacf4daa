"""F: what row-level security costs: the same statements, naming the tenant, on a table with walls and one without.

Both sides begin with the product's own message and end with COMMIT, as the login `app`.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from time import perf_counter
from uuid import UUID

import asyncpg

from core.kernel.ddl import Foreign, Index, Table, statements
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from tests.bench.events import make_places
from tests.bench.goals import Finding, at_least
from tests.bench.rounds import in_turn, ratio
from tests.bench.town import Bench

__all__ = ["measure"]

QUERIES = {
    "get": "SELECT * FROM bench.{0}_person WHERE tenant_id = $1 AND id = $2",
    "list": "SELECT * FROM bench.{0}_person WHERE tenant_id = $1 AND is_here AND name > $2 ORDER BY name, id LIMIT 50",
    "aggregate": "SELECT place, count(*), min(day) FROM bench.{0}_person WHERE tenant_id = $1 GROUP BY place",
    "join": """
SELECT p.name, m.day FROM bench.{0}_person p
JOIN bench.{0}_movement m ON m.tenant_id = p.tenant_id AND m.person_id = p.id
WHERE p.tenant_id = $1 AND p.name >= $2 ORDER BY p.name LIMIT 50""",
    "prefix": "SELECT id, name FROM bench.{0}_person WHERE tenant_id = $1 AND name >= $2 AND name < $2 || 'g' LIMIT 50",
}
FILL = """
INSERT INTO bench.{0}_person (tenant_id, id, name, place, day, is_here)
SELECT t.id, md5(t.id::text || n)::uuid, md5(n::text), n % 20, date '2025-01-01' + n % 300, n % 9 > 0
FROM unnest($1::uuid[]) AS t (id), generate_series(1, $2::int) AS n
"""
FILL_TOO = """
INSERT INTO bench.{0}_movement (tenant_id, id, person_id, day)
SELECT tenant_id, id, id, day FROM bench.{0}_person
"""
TENANTS = 200


async def measure(bench: Bench) -> list[Finding]:
    """F, at each size."""
    superuser = await asyncpg.connect(bench.address("bootstrap"), command_timeout=300)
    app = await asyncpg.connect(bench.address("app"))
    try:
        await superuser.execute("CREATE SCHEMA bench")
        await superuser.execute("GRANT USAGE ON SCHEMA bench TO app")
        places = await make_places(superuser, bench.region.id, TENANTS)
        findings: list[Finding] = []
        for rows in bench.sizes.walled_rows:
            await _filled(superuser, places, rows)
            findings += [await _compare(bench, app, places, name, rows) for name in QUERIES]
        return findings
    finally:
        await app.close()
        await superuser.close()


async def _compare(
    bench: Bench, app: asyncpg.Connection, places: list[UUID], name: str, rows: int
) -> Finding:
    numbers = [f"{random.randrange(1 << 12):03x}" for _number in range(200)]

    def side(kind: str) -> Callable[[], Awaitable[float]]:
        query = QUERIES[name].format(kind)

        async def run() -> float:
            started, done = perf_counter(), 0
            while perf_counter() - started < bench.sizes.walled_seconds:
                place = places[done % len(places)]
                given = (
                    ()
                    if name == "aggregate"
                    else (new_id() if name == "get" else numbers[done % len(numbers)],)
                )
                await app.execute(Scope.of_tenant(place, ("registry",)).statement(is_read_only=True))
                await app.fetch(query, place, *given)
                await app.execute("COMMIT")
                done += 1
            return done / (perf_counter() - started)

        return run

    await side("open")()
    await side("walled")()
    bare, walled = await in_turn(side("open"), side("walled"), rounds=bench.sizes.rounds)
    return at_least("F", f"{name}, {rows:,} rows, a second", "no row policy", ratio(walled, bare), 0.95)


async def _filled(superuser: asyncpg.Connection, places: list[UUID], rows: int) -> None:
    for kind in ("open", "walled"):
        tables = _tables(kind)
        for table in reversed(tables):
            await superuser.execute(f"DROP TABLE IF EXISTS {table.full_name}")
        made = statements(*tables)
        for statement in made[: len(tables)]:
            await superuser.execute(statement)
        await superuser.execute(FILL.format(kind), places, rows // len(places))
        await superuser.execute(FILL_TOO.format(kind))
        for statement in made[len(tables) :]:
            if kind == "walled" or not any(word in statement for word in ("ROW LEVEL", "POLICY")):
                await superuser.execute(statement)
        for table in tables:
            await superuser.execute(f"VACUUM ANALYZE {table.full_name}")


def _tables(kind: str) -> tuple[Table, Table]:
    person = Table(
        schema="bench",
        name=f"{kind}_person",
        columns=(
            ("name", 'text COLLATE "C" NOT NULL'),
            ("place", "int NOT NULL"),
            ("day", "date NOT NULL"),
            ("is_here", "boolean NOT NULL"),
        ),
        indexes=(Index(("tenant_id", "name", "id")),),
    )
    movement = Table(
        schema="bench",
        name=f"{kind}_movement",
        columns=(("person_id", "uuid NOT NULL"), ("day", "date NOT NULL")),
        foreign=(Foreign(("tenant_id", "person_id"), person.full_name),),
        indexes=(Index(("tenant_id", "person_id", "day")),),
    )
    return person, movement
