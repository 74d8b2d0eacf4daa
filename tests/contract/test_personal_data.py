"""Every installed module that links a person: her copy is whole, nothing mentions her afterwards, no figure moves.

Rows are made from the declarations, with an example where a table's own checks ask for one, so a module that is
added is held to it without a test of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from piccolo import columns as kinds

from core.app import Platform
from core.figures.rebuild import rebuild
from core.host.background import tenant_background
from core.host.jobs import job_handlers
from core.host.offers import switch_plugin
from core.host.personal import PersonalDoor
from core.identity.roles import compartments_of
from core.kernel import clock
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.runner import Runner
from core.kernel.scope import COMPARTMENTS, Scope
from core.kernel.tables import name_of
from core.people.drafts import PersonDraft
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.sdk.contributions import TableUse
from core.sdk.ctx import Actor
from core.testing import Server, Town
from tests.search import places_of

HER = PersonDraft(
    name="欧阳晓岚", alias="阿岚姐姐", phone="13911112222", sex="2", birth_date=date(1990, 10, 17)
)
WORDS = ("欧阳晓岚", "阿岚姐姐", "ouyangxiaolan", "13911112222")
STATION = ("station_staff",)


def linked(platform: Platform) -> list[TableUse]:
    return [use for entry in platform.registry.plugins for use in entry.tables if use.person_column]


async def test_erasure_leaves_nothing_of_her_in_any_module(
    platform: Platform, town: Town, database_server: Server, settled: Callable[[], Awaitable[None]]
) -> None:
    tenant = town.t01.id
    everything = Scope.of_tenant(tenant, COMPARTMENTS)
    async with platform.database.transaction(everything) as tx:
        her = await register_person(tx, platform.server.keyring, HER)
        await record_movement(tx, her, MovementKind.ARRIVE, clock.today() - timedelta(days=60))
    await filled(database_server, platform, tenant, her)
    await settled()
    assert set(await places_of(database_server, platform, WORDS)) >= {"欧阳晓岚", "阿岚姐姐", "ouyangxiaolan"}

    async with (
        platform.database.transaction(Scope.of_tenant(tenant, ["registry"])) as tx,
        tenant_background(platform.server, tx, tenant, "") as ctx,
    ):
        door = PersonalDoor(platform.server, tx, ctx.tenant, STATION, Actor())
        copy = await door.copy(her)
        told = {section.table for section in copy.sections if section.rows}
        opened = compartments_of(STATION)
        open_to_her = {name_of(use.table) for use in linked(platform) if use.compartment in opened}
        assert told == open_to_her
        assert {section.table for section in copy.sections} >= open_to_her
        await door.erase(her, "ASKED")
    # What is off keeps its rows, so they are taken away like the others.
    await switch(platform, tenant, False)
    await Runner(platform.database, job_handlers(platform.server), back_off=lambda _attempt: 0.0).drain()
    await switch(platform, tenant, True)
    await settled()

    assert await places_of(database_server, platform, WORDS) == {}
    assert await rebuild(platform.database, platform.catalogue) == 0


async def switch(platform: Platform, tenant: UUID, is_on: bool) -> None:
    async with platform.database.transaction(Scope.of_tenant(tenant)) as tx:
        for entry in platform.registry.plugins:
            async with tenant_background(platform.server, tx, tenant, entry.name) as ctx:
                await switch_plugin(ctx, platform.registry, entry.name, is_on)


async def filled(server: Server, platform: Platform, tenant: UUID, person: UUID) -> None:
    """A row of hers in each table, her name in every text that has no rule of its own."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        name = await tx.fetchval("SELECT current_database()")
    superuser = await Database.connect({"migrator": server.address(name)})
    try:
        for use in linked(platform):
            async with superuser.transaction(Scope.of_tenant(tenant, COMPARTMENTS), login="migrator") as tx:
                # As a replica the server asks for no foreign key to a table of the platform.
                await tx.execute("SET LOCAL session_replication_role = replica")
                row = row_of(use, person)
                for parent in parents_of(platform, use):
                    key = row[f"{parent.table._meta.tablename}_id"]
                    await parent.table.insert(parent.table(**{**row_of(parent, person), "id": key}))
                await use.table.insert(use.table(**row))
    finally:
        await superuser.close()


def parents_of(platform: Platform, use: TableUse) -> list[TableUse]:
    """Tables of the same module that a row has to belong to: `household_id` is of the table `household`."""
    needed = {column._meta.name for column in use.table._meta.columns if not column._meta.null}
    return [
        each
        for entry in platform.registry.plugins
        for each in entry.tables
        if each.table._meta.schema == use.table._meta.schema
        and f"{each.table._meta.tablename}_id" in needed
        and each is not use
    ]


def row_of(use: TableUse, person: UUID) -> dict[str, Any]:
    """Values for the columns that need one."""
    day = clock.today() - timedelta(days=40)
    values: dict[str, Any] = {}
    for column in use.table._meta.columns:
        name = column._meta.name
        if name in {"id", "tenant_id"}:
            continue
        if name == use.person_column:
            values[name] = person
        elif isinstance(column, kinds.UUID) and not column._meta.null:
            values[name] = new_id()
        elif isinstance(column, kinds.Date):
            values[name] = day
        elif isinstance(column, kinds.Timestamptz):
            values[name] = clock.now()
    return values | EXAMPLES.get(name_of(use.table), {})


# What a table's own checks ask for, and where free words could name her.
EXAMPLES: dict[str, dict[str, Any]] = {
    "registration.record": {"village": "东村", "address_detail": "欧阳晓岚家", "firm_id": None},
    "registration.permit_help": {"kind": "APPLY"},
    "registration.transfer": {
        "direction": "OUT",
        "state": "waiting",
        "other_code": "T02",
        "other_zh": "华星",
        "other_en": "Huaxing",
    },
}
