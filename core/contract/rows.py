"""Rows made from the declarations: people of every kind, and rows of theirs in every table of a plug-in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import count, product
from typing import Any
from uuid import UUID

from piccolo import columns as kinds

from core.app import plugin_apps
from core.contract.check import Bench
from core.host.registry import Registered
from core.kernel import clock
from core.kernel.catalogue import declared_tables
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.scope import COMPARTMENTS, Scope
from core.kernel.tables import name_of
from core.people.drafts import PersonDraft, Sex
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.sdk.contributions import TableUse

__all__ = ["PEOPLE", "everything", "example_of", "insert", "people", "row_of", "values_of"]

ONE_OF = re.compile(r"^(\w+) IN \('([^)]*)'\)$")

MONTH = 32
SEXES: tuple[Sex, ...] = ("2", "1", "9", "0")
BIRTHS = (date(1990, 2, 28), date(2001, 5, 5), date(2014, 12, 31), date(1955, 6, 1), None)
ORIGINS = ("34", "NS", "FOR", "41", "44")

# Every sex and age, not known among them, from here and from elsewhere: cuts must find one place for each.
PEOPLE: tuple[PersonDraft, ...] = tuple(
    PersonDraft(
        name=f"某人{number}",
        sex=sex,
        birth_date=birth,
        origin=ORIGINS[number % len(ORIGINS)],
        is_floating=number != 5,
        phone=f"139{number:08d}",
    )
    for number, (birth, sex) in enumerate(product(BIRTHS, SEXES))
)


def everything(tenant: UUID) -> Scope:
    return Scope.of_tenant(tenant, COMPARTMENTS)


async def people(bench: Bench, drafts: Sequence[PersonDraft] = PEOPLE) -> list[UUID]:
    """Registered in the first tenant, and here since two months ago."""
    found: list[UUID] = []
    async with bench.platform.database.transaction(everything(bench.town.t01.id)) as tx:
        for draft in drafts:
            person = await register_person(tx, bench.platform.server.keyring, draft)
            await record_movement(tx, person, MovementKind.ARRIVE, clock.today() - timedelta(days=60))
            found.append(person)
    return found


def example_of(bench: Bench, table: str, days_ago: int = 0) -> Mapping[str, Any]:
    """What the examples say of a row of the table; of several, another one from day to day."""
    said: Mapping[str, Any] | Sequence[Mapping[str, Any]] = bench.examples.get(table, {})
    return said if isinstance(said, Mapping) else said[days_ago % len(said)]


def values_of(bench: Bench, table: str, days_ago: int = 0) -> Mapping[str, Any]:
    """What the examples say of a table, and what its own checks ask for: the first of the allowed values."""
    declared = declared_tables(plugin_apps(bench.platform.registry)).get(table)
    allowed = [ONE_OF.match(check) for check in (declared.checks if declared else ())]
    return {each[1]: each[2].split("', '")[0] for each in allowed if each} | dict(
        example_of(bench, table, days_ago)
    )


def row_of(bench: Bench, use: TableUse, person: UUID, days_ago: int = 40) -> dict[str, Any]:
    """Values for the columns that need one, and for dates."""
    # Dates of one row stand in different months, so that it matters by which of them a change is marked.
    days = (clock.today() - timedelta(days=max(0, days_ago - MONTH * number)) for number in count())
    values: dict[str, Any] = {"id": new_id()}
    for column in use.table._meta.columns:
        name, required = column._meta.name, not column._meta.null
        if name in {"id", "tenant_id"}:
            continue
        if name == use.person_column:
            values[name] = person
        elif isinstance(column, kinds.UUID) and required:
            values[name] = new_id()
        elif isinstance(column, kinds.Date):
            values[name] = next(days)
        elif isinstance(column, kinds.Timestamptz):
            values[name] = clock.now()
        elif isinstance(column, kinds.Bytea) and required:
            values[name] = b"\0"
    return {**values, **values_of(bench, name_of(use.table), days_ago)}


async def insert(
    bench: Bench, superuser: Database, entry: Registered, use: TableUse, row: dict[str, Any]
) -> None:
    """The row and those of the same plug-in that it belongs to: `household_id` is of the table `household`."""
    scope = everything(bench.town.t01.id)
    async with superuser.transaction(scope, login="migrator") as tx:
        # As a replica the server asks for no foreign key to a table of the platform.
        await tx.execute("SET LOCAL session_replication_role = replica")
        for parent in _parents(entry, use):
            key = row[f"{parent.table._meta.tablename}_id"]
            await parent.table.insert(parent.table(**{**row_of(bench, parent, new_id()), "id": key}))
        await use.table.insert(use.table(**row))


def _parents(entry: Registered, use: TableUse) -> list[TableUse]:
    needed = {column._meta.name for column in use.table._meta.columns if not column._meta.null}
    return [each for each in entry.tables if f"{each.table._meta.tablename}_id" in needed and each is not use]
