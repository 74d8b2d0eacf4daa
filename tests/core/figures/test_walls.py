from __future__ import annotations

from datetime import date

import asyncpg
import pytest

from core.figures.indicators import Catalogue
from core.figures.loop import settle
from core.kernel.scope import Scope
from tests.core.figures.town import Town

PLACES = "SELECT DISTINCT tenant_id FROM figures.figure"


@pytest.mark.requirement("R01")
async def test_a_tenant_sees_its_own_cells_and_the_town_those_of_its_tenants(
    town: Town, catalogue: Catalogue
) -> None:
    await settle(town.database, catalogue)
    seen = {}
    for scope in (Scope.of_tenant(town.a), Scope.town(town.xinghe), Scope.town(town.county), Scope.nobody()):
        async with town.database.transaction(scope) as tx:
            seen[scope] = {row["tenant_id"] for row in await tx.fetch(PLACES)}
    assert list(seen.values()) == [{town.a}, {town.xinghe, town.a, town.b}, {town.county}, set()]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE figures.figure SET num = 0",
        "DELETE FROM figures.figure",
        "INSERT INTO figures.figure SELECT * FROM figures.figure",
        "DELETE FROM figures.stale",
    ],
)
async def test_the_web_writes_no_cell_and_takes_no_mark(town: Town, sql: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with town.database.transaction(Scope.of_tenant(town.a)) as tx:
            await tx.execute(sql)


async def test_the_web_marks_no_other_tenant(town: Town) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with town.database.transaction(Scope.of_tenant(town.a)) as tx:
            await tx.execute(
                "INSERT INTO figures.stale (tenant_id, id, source, first_day, is_onward) "
                "VALUES ($1, gen_random_uuid(), '*', '2026-01-01', true)",
                town.b,
            )


@pytest.mark.requirement("R48")
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM people.person",
        "SELECT document_index FROM people.person",
        "SELECT 1 FROM people.consent",
        "SELECT 1 FROM identity.account",
        "UPDATE people.person SET sex = '0'",
        "DELETE FROM people.residence",
        "INSERT INTO tenancy.activation SELECT * FROM tenancy.activation",
    ],
)
async def test_the_figures_know_no_names_and_write_no_source(town: Town, sql: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with town.database.transaction(Scope.nobody(), login="figures") as tx:
            await tx.execute(sql)


async def test_the_figures_see_what_they_count_in_every_tenant(town: Town) -> None:
    for tenant in (town.a, town.b):
        await town.newcomer(tenant, date(2026, 5, 1))
    async with town.database.transaction(Scope.nobody(), login="figures") as tx:
        assert await tx.fetchval("SELECT count(DISTINCT tenant_id) FROM people.residence") == 2
