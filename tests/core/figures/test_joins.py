"""No figure compares each row of a table with each of another, however wrong the server's estimates are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from core.figures.cells import open_fresh
from core.figures.compute import RegionTotals, compute_tenants
from core.figures.indicators import Catalogue
from core.figures.periods import parse_period
from core.figures.places import Atlas, Place
from core.host.registry import Registry
from core.kernel.db import Database, Transaction
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.testing import Server

JOINS = {"Nested Loop", "Merge Join", "Hash Join"}
EXPECTS_A_ROW_OF_EACH = """
UPDATE pg_class SET relpages = 1, reltuples = 1
WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
"""


class Explaining(Transaction):
    """Asks for the plan of what it is told to write, and writes nothing."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx.connection, tx.scope)
        self.plans: list[dict[str, Any]] = []

    async def execute(self, sql: str, *arguments: object) -> int:
        if not sql.lstrip().startswith("INSERT"):
            return await super().execute(sql, *arguments)
        plan = await self.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
        self.plans.append(json.loads(plan)[0]["Plan"])
        return 0


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def tables(plan: dict[str, Any]) -> set[str]:
    return {node["Relation Name"] for node in nodes(plan) if "Relation Name" in node}


def joins_of_tables(plan: dict[str, Any]) -> list[tuple[str, set[str], set[str]]]:
    """How they are joined, and what."""
    sides = [
        (node["Node Type"], *(tables(each) for each in node["Plans"][:2]))
        for node in nodes(plan)
        if node["Node Type"] in JOINS
    ]
    return [(kind, outer, inner) for kind, outer, inner in sides if outer and inner]


def place(**told: Any) -> Place:
    return Place(code="T99", starts=date(2026, 1, 1), ends=date(2026, 6, 30), **told)


@pytest.fixture
async def unforeseen(database_server: Server, emptied: str, database: Database) -> Database:
    """The server believes that every table has one row."""
    await database_server.run(EXPECTS_A_ROW_OF_EACH, database=emptied)
    return database


async def explained(tx: Explaining, catalogue: Catalogue) -> None:
    """The plans of every indicator's cells of two tenants and of their town."""
    region_id = new_id()
    groups = frozenset(indicator.group for indicator in catalogue.indicators)
    tenants = [place(id=new_id(), region_id=region_id, groups=groups) for _ in range(2)]
    town = place(id=region_id, region_id=region_id)
    atlas = Atlas({tenant.id: tenant for tenant in tenants}, {town.id: town}, {town.id: None})
    periods = [parse_period(name) for name in ("2026-05", "2026-Q2", "2026")]
    totals = RegionTotals(tx, atlas, [town])
    await open_fresh(tx)
    for indicator in catalogue.indicators:
        await compute_tenants(tx, indicator, tenants, periods)
        await totals.compute(indicator, periods)


async def test_tables_are_joined_by_hash_alone(unforeseen: Database, installed_registry: Registry) -> None:
    catalogue = Catalogue.of(installed_registry.indicators())
    async with unforeseen.transaction(Scope.nobody(), login="figures") as tx:
        explaining = Explaining(tx)
        async with tx.joining_by_hash():
            await explained(explaining, catalogue)
        left_to_the_server = Explaining(tx)
        await explained(left_to_the_server, catalogue)
    joins = [join for plan in explaining.plans for join in joins_of_tables(plan)]
    assert len(joins) > 100
    assert [join for join in joins if join[0] != "Hash Join"] == []
    would_be = {kind for plan in left_to_the_server.plans for kind, *_ in joins_of_tables(plan)}
    assert "Nested Loop" in would_be, "where a row is expected of each, the server loops"
