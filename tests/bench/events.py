"""Events of many tenants over two years, in four tables of a plug-in's form, and fifteen indicators that read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from core.figures.indicators import Indicator, Source
from core.figures.periods import month
from core.kernel import clock
from core.kernel.ddl import Door, Grant, Index, Table, statements
from core.kernel.ids import new_id

__all__ = ["MONTHS", "Events", "make_places"]

MONTHS, TABLES = 24, 4
METRICS = tuple((table, kind) for table in range(TABLES) for kind in range(4))[:15]
"""Of each table three kinds that are counted, and one whose quantities are added up."""


async def make_places(connection: asyncpg.Connection, region: UUID, count: int) -> list[UUID]:
    """Tenants whose books begin two years ago."""
    places = [new_id() for _place in range(count)]
    await connection.execute(
        """INSERT INTO tenancy.tenant (id, region_id, code, slug, kind, name_zh, name_en, opened_on, books_from)
           SELECT u.id, $2, 'E' || u.place, 'e' || u.place, 'joint_branch', u.place, u.place, $3, $3
           FROM unnest($1::uuid[]) WITH ORDINALITY AS u (id, place)""",
        places, region, _opened(),
    )  # fmt: skip
    return places


def _opened() -> date:
    today = clock.today()
    months = today.year * 12 + today.month - 1 - (MONTHS - 1)
    return date(months // 12, months % 12 + 1, 1)


class Events:
    """One set of four tables, and the ways to roll it up."""

    def __init__(self, name: str, prefix: str) -> None:
        self.name = name
        self.codes = tuple(f"{prefix}-{number:02}" for number in range(1, len(METRICS) + 1))

    def table(self, number: int) -> str:
        return f"bench.{self.name}_{number}"

    async def fill(self, connection: asyncpg.Connection, places: Sequence[UUID], count: int) -> None:
        """`count` events, spread evenly; the keys and walls are made when the rows are there."""
        start = _opened()
        days = (month(clock.today()).last_day - start).days + 1
        for number in range(TABLES):
            made, *rest = statements(_declared(f"{self.name}_{number}"))
            await connection.execute(made)
            await connection.execute(
                f"""INSERT INTO {self.table(number)} (tenant_id, id, day, kind, quantity)
                    SELECT t.id, gen_random_uuid(), $2::date + (n * 7919 % $3), n % 4, n % 10
                    FROM unnest($1::uuid[]) AS t (id), generate_series(1, $4::int) AS n""",
                places, start, days, count // TABLES // len(places),
            )  # fmt: skip
            for statement in rest:
                await connection.execute(statement)
            await connection.execute(f"VACUUM ANALYZE {self.table(number)}")

    def indicators(self) -> list[Indicator]:
        return [
            Indicator(
                code=code,
                title=code,
                unit="events",
                org_rule="SUM",
                time_rule="SUM",
                reads=(Source(self.table(table), "day"),),
                select=self._select(table, kind),
            )
            for code, (table, kind) in zip(self.codes, METRICS, strict=True)
        ]

    def _select(self, table: int, kind: int) -> str:
        told = "e.quantity" if kind == 3 else "1"
        counted = "" if kind == 3 else f" AND e.kind = {kind}"
        return (
            f"SELECT e.tenant_id, e.day, '' AS cut, {told} AS num, NULL::numeric AS den FROM {self.table(table)} e"
            f" WHERE e.tenant_id = ANY($1::uuid[]) AND e.day BETWEEN $2::date AND $3::date{counted}"
        )

    def floor(self) -> list[str]:
        """The same cells written in one go: TRUNCATE, an INSERT for each table, one for the town."""
        return ["TRUNCATE bench.cell", *(self._rolled_up(number) for number in range(TABLES)), _TOWN]

    def _rolled_up(self, number: int) -> str:
        counts = ", ".join(f"count(*) FILTER (WHERE kind = {kind})" for kind in range(3))
        codes = [code for code, (table, _kind) in zip(self.codes, METRICS, strict=True) if table == number]
        values = ", ".join(f"('{code}', m.k{kind})" for kind, code in enumerate(codes))
        return f"""
INSERT INTO bench.cell (tenant_id, region_id, period, indicator, cut, num)
SELECT m.tenant_id, t.region_id, p.period, v.code, '', sum(v.num)
FROM (
    SELECT tenant_id, date_trunc('month', day::timestamp)::date AS month, sum(quantity), {counts}
    FROM {self.table(number)} GROUP BY 1, 2
) AS m (tenant_id, month, k3, k0, k1, k2)
JOIN tenancy.tenant t ON t.id = m.tenant_id
CROSS JOIN LATERAL (VALUES {values}) AS v (code, num)
CROSS JOIN LATERAL (VALUES (to_char(month, 'YYYY-MM')), (to_char(month, 'YYYY-"Q"Q')), (to_char(month, 'YYYY')))
    AS p (period)
GROUP BY 1, 2, 3, 4
"""


_TOWN = """
INSERT INTO bench.cell (tenant_id, region_id, period, indicator, cut, num)
SELECT region_id, region_id, period, indicator, cut, sum(num) FROM bench.cell GROUP BY 2, 3, 4, 5
"""


def _declared(name: str) -> Table:
    return Table(
        schema="bench",
        name=name,
        compartment="registry",
        columns=(("day", "date NOT NULL"), ("kind", "smallint NOT NULL"), ("quantity", "int NOT NULL")),
        indexes=(Index(("tenant_id", "day"), include=("kind", "quantity")),),
        doors=(Door("figures_read", "figures", "SELECT", "true"),),
        grants=(Grant("figures", "SELECT"),),
    )
