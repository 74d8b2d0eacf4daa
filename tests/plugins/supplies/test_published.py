"""What a town makes known, a catalogue and its recalls: its units read it, and nobody but the town writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from core.app import Platform
from core.identity.roles import TENANT_ROLES, compartments_of
from core.kernel.db import Transaction
from core.kernel.ids import new_id
from core.kernel.scope import ARCHIVE, Scope
from core.tenancy.regions import open_region
from core.testing import Town

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
TABLES: Mapping[str, Mapping[str, Any]] = {
    "supplies.catalogue": {
        "version": 1,
        "valid_from": date(2026, 3, 1),
        "factor_set": "tests",
        "body": "[]",
        "published_at": MOMENT,
    },
    "supplies.recall": {
        "sku": "CON-M",
        "lot": "A",
        "recalled_on": date(2026, 3, 1),
        "reason": "damp",
        "announced_at": MOMENT,
    },
}
EVERY = (*compartments_of(role.name for role in TENANT_ROLES), ARCHIVE)

every_table = pytest.mark.parametrize("table", TABLES)


@pytest.fixture
async def other(platform: Platform) -> UUID:
    """Another town."""
    return (await open_region(platform.database, code="000002202", name_zh="邻镇", name_en="Next Town")).id


@pytest.fixture
async def published(platform: Platform, town: Town) -> UUID:
    """A row of each table, of the town of the tests."""
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        for table in TABLES:
            await write(tx, table, town.region.id)
    return town.region.id


async def write(tx: Transaction, table: str, region: UUID, **changes: Any) -> None:
    row = {"id": new_id(), "region_id": region, **TABLES[table], **changes}
    places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    await tx.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())


def strangers(town: Town, other: UUID) -> list[Scope]:
    """Another town, a unit of this one with everything open, an account before its place is known, nobody."""
    return [
        Scope.town(other),
        Scope.of_tenant(town.t01.id, EVERY, new_id()),
        Scope.of_tenant(town.region.id, EVERY),
        Scope.person_of(new_id()),
        Scope.nobody(),
    ]


@pytest.mark.requirement("R03")
@every_table
async def test_nobody_but_the_town_publishes(
    platform: Platform, town: Town, other: UUID, published: UUID, table: str
) -> None:
    for scope in strangers(town, other):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with platform.database.transaction(scope) as tx:
                await write(
                    tx, table, published, **({"version": 2} if "catalogue" in table else {"lot": "B"})
                )
    async with platform.database.transaction(Scope.town(other)) as tx:
        await write(tx, table, other)


@pytest.mark.requirement("R03")
async def test_nobody_but_the_town_corrects_a_recall(
    platform: Platform, town: Town, other: UUID, published: UUID
) -> None:
    withdraw = "UPDATE supplies.recall SET withdrawn_on = '2026-03-02'"
    for scope in strangers(town, other):
        async with platform.database.transaction(scope) as tx:
            assert await tx.execute(withdraw) == 0
    async with platform.database.transaction(Scope.town(published)) as tx:
        assert await tx.execute(withdraw) == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with platform.database.transaction(Scope.town(published)) as tx:
            await tx.execute("UPDATE supplies.recall SET region_id = $1", other)


@pytest.mark.requirement("R03")
@every_table
async def test_what_was_published_is_not_taken_away_nor_a_catalogue_changed(
    platform: Platform, town: Town, other: UUID, published: UUID, table: str
) -> None:
    statements = [f"DELETE FROM {table}", f"TRUNCATE {table}"]
    if table == "supplies.catalogue":
        statements.append("UPDATE supplies.catalogue SET body = ''")
    for scope in (Scope.town(published), *strangers(town, other)):
        for statement in statements:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with platform.database.transaction(scope) as tx:
                    await tx.execute(statement)


@every_table
async def test_every_unit_reads_it_and_other_logins_do_not(
    platform: Platform, town: Town, published: UUID, table: str
) -> None:
    for scope in (Scope.of_tenant(town.t01.id), Scope.of_tenant(town.t02.id), Scope.town(published)):
        async with platform.database.transaction(scope, is_read_only=True) as tx:
            assert await tx.fetchval(f"SELECT count(*) FROM {table} WHERE region_id = $1", published) == 1
    for login in ("figures", "dispatch"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with platform.database.transaction(Scope.nobody(), login=login) as tx:
                await tx.fetchval(f"SELECT count(*) FROM {table}")
