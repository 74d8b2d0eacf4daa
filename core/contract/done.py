"""Checks of what is done: jobs and listeners run twice, switching off and on, erasing a person, files out."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec import inspect as kinds

from core.contract.check import Bench, Lived
from core.contract.rows import PEOPLE, everything, insert, people, row_of
from core.contract.search import places_of
from core.figures.loop import settle
from core.figures.rebuild import rebuild
from core.host.background import tenant_background
from core.host.jobs import job_handlers
from core.host.offers import switch_plugin
from core.host.personal import PersonalDoor
from core.host.registry import Registered
from core.identity.roles import compartments_of
from core.kernel import clock, jobs
from core.kernel.db import Transaction
from core.kernel.ids import new_id
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.kernel.tables import name_of
from core.people.drafts import PersonDraft
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.sdk.contributions import Event, Job, TableUse
from core.sdk.ctx import Actor

__all__ = ["DONE"]

HER = PersonDraft(
    name="欧阳晓岚", alias="阿岚姐姐", phone="13911112222", sex="2", birth_date=date(1990, 10, 17)
)
WORDS = ("欧阳晓岚", "阿岚姐姐", "ouyangxiaolan", "13911112222")
STATION = ("station_staff",)
UNMARKED = "RaiseError"
"""Only the watch of `core.testing` raises this."""

# What every run leaves, whatever it does: its own job, its lines in the chain, when somebody was last looked at.
OF_EVERY_RUN = {"kernel.audit", "kernel.audit_head", "kernel.job", "kernel.schedule", "people.access_log"}
_TABLES = """
SELECT n.nspname || '.' || c.relname AS name,
  ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
        AND NOT a.attisdropped AND a.atttypid NOT IN ('timestamptz'::regtype, 'bytea'::regtype)
        ORDER BY a.attname) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
"""
_WAITING = "SELECT name, state, error FROM kernel.job WHERE state <> 'done' ORDER BY created_at"


async def jobs_run_twice(bench: Bench) -> list[str]:
    """Delivered twice, a job has done what it did the first time."""
    await _filled(bench, await people(bench))
    found: list[str] = []
    for entry in bench.plugins:
        for job in entry.jobs:
            payload = await _payload(bench, entry, job)
            if payload is None:
                found.append(
                    f"{entry.name}: the job {job.name} was not run; give an example of its payload under its name in"
                    " the fixture contract_examples."
                )
                continue
            found += [
                f"{entry.name}: {fault}"
                for fault in await _twice(bench, f"the job {job.name}", job.name, payload)
            ]
    return found


async def listeners_run_twice(bench: Bench) -> list[str]:
    (person, *_others) = persons = await people(bench)
    await _filled(bench, persons)
    found: list[str] = []
    kinds_of = {event.name: event for entry in bench.plugins for event in entry.events}
    for entry in bench.plugins:
        for listener in entry.listeners:
            event = kinds_of.get(listener.event)
            if event is not None:
                name = f"listen:{entry.name}:{event.name}"
                payload = _event_of(bench, event, person)
                what = f"the listener of {event.name}"
                found += [f"{entry.name}: {fault}" for fault in await _twice(bench, what, name, payload)]
    return found


async def _payload(bench: Bench, entry: Registered, job: Job) -> Mapping[str, str | int] | None:
    given = bench.examples.get(job.name)
    if given is None:
        return {} if job.every is not None else None
    if not inspect.iscoroutinefunction(given):
        return given
    async with (
        bench.platform.database.transaction(everything(bench.town.t01.id)) as tx,
        tenant_background(bench.platform.server, tx, bench.town.t01.id, entry.name) as ctx,
    ):
        return await given(ctx)


def _event_of(bench: Bench, event: Event, person: UUID) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(event.kind):
        kind = kinds.type_info(field.type)
        values[field.name] = str(person) if field.name.startswith("person") else _plain(kind)
    return values | dict(bench.examples.get(event.name, {}))


def _plain(kind: kinds.Type) -> Any:
    if isinstance(kind, kinds.UUIDType):
        return str(new_id())
    if isinstance(kind, kinds.DateType):
        return clock.today().isoformat()
    if isinstance(kind, kinds.LiteralType):
        return kind.values[0]
    if isinstance(kind, kinds.BoolType):
        return True
    return 1 if isinstance(kind, kinds.IntType) else "x"


async def _twice(bench: Bench, what: str, name: str, payload: Mapping[str, Any]) -> list[str]:
    digests: list[dict[str, list[str]]] = []
    for _time in range(2):
        async with bench.platform.database.transaction(everything(bench.town.t01.id)) as tx:
            await jobs.enqueue(tx, name, payload)
        runner = Runner(
            bench.platform.database, job_handlers(bench.platform.server), back_off=lambda _attempt: 0.0
        )
        await runner.drain()
        if left := await _left(bench, name):
            return [f"{what} did not end: {left}."]
        digests.append(await _digest(bench))
    once, twice = digests
    other = sorted(table for table in once if once[table] != twice[table])
    if other:
        return [f"{what} does more the second time, in {', '.join(other)}; a job is delivered at least once."]
    return []


async def _left(bench: Bench, name: str) -> str:
    async with bench.platform.database.transaction(everything(bench.town.t01.id)) as tx:
        rows = [row for row in await tx.fetch(_WAITING) if row["name"] == name]
    error = rows[0]["error"] or rows[0]["state"] if rows else ""
    if error == UNMARKED:
        return "it writes a table that figures read and marks nothing; call ctx.changed"
    return error


async def _digest(bench: Bench) -> dict[str, list[str]]:
    """Every row of every table as text; moments and sealed bytes, which are new every time, apart."""
    await settle(bench.platform.database, bench.platform.catalogue)
    async with bench.superuser() as superuser, superuser.transaction(Scope.nobody(), login="migrator") as tx:
        return {
            table["name"]: await _rows(tx, table["name"], table["columns"])
            for table in await tx.fetch(_TABLES)
            if table["name"] not in OF_EVERY_RUN
        }


async def _rows(tx: Transaction, table: str, columns: list[str]) -> list[str]:
    found = await tx.fetch(f"SELECT ROW({', '.join(columns)})::text AS row FROM {table} ORDER BY 1")  # noqa: S608 -- names that the database has quoted
    return [row["row"] for row in found]


async def off_and_on(bench: Bench) -> list[str]:
    """Switched off and on again a plug-in has what it had; its own check finds no fault, then no other.

    Rows made from declarations alone need not fit each other, so a check may complain of them.
    """
    found = [_told(entry, fault) for entry in bench.plugins for fault in await _own_faults(bench, entry)]
    await _filled(bench, await people(bench))
    before = await _digest(bench)
    for entry in bench.plugins:
        known = await _own_faults(bench, entry)
        try:
            for is_on in (False, True, False, True):
                await _switch(bench, entry, is_on)
        except Exception as error:  # whatever an author's lifecycle does
            found.append(f"{entry.name}: cannot be switched off and on: {type(error).__name__}: {error}.")
            continue
        await Runner(bench.platform.database, job_handlers(bench.platform.server)).drain()
        after = await _digest(bench)
        other = sorted(table for table in before if before[table] != after[table])
        if other:
            found.append(f"{entry.name}: switching it off and on again changes {', '.join(other)}.")
            before = after
        found += [_told(entry, fault) for fault in await _own_faults(bench, entry) if fault not in known]
    return found


def _told(entry: Registered, fault: str) -> str:
    return f"{entry.name}: its own check says: {fault}"


async def _switch(bench: Bench, entry: Registered, is_on: bool) -> None:
    async with (
        bench.platform.database.transaction(everything(bench.town.t01.id)) as tx,
        tenant_background(bench.platform.server, tx, bench.town.t01.id, entry.name) as ctx,
    ):
        await switch_plugin(ctx, bench.platform.registry, entry.name, is_on)


async def _own_faults(bench: Bench, entry: Registered) -> list[str]:
    if entry.lifecycle is None or entry.lifecycle.check is None:
        return []
    async with (
        bench.platform.database.transaction(everything(bench.town.t01.id)) as tx,
        tenant_background(bench.platform.server, tx, bench.town.t01.id, entry.name) as ctx,
    ):
        return await entry.lifecycle.check(ctx)


async def _filled(bench: Bench, persons: list[UUID]) -> None:
    async with bench.superuser() as superuser:
        for entry in bench.plugins:
            for use in entry.tables:
                for person in persons[: 2 if use.person_column else 1]:
                    await insert(bench, superuser, entry, use, row_of(bench, use, person))


async def erased(bench: Bench) -> list[str]:
    """A person's copy tells every table that links her; after her erasure nothing mentions her, and no figure moves."""
    tenant, platform = bench.town.t01.id, bench.platform
    async with platform.database.transaction(everything(tenant)) as tx:
        her = await register_person(tx, platform.server.keyring, HER)
        await record_movement(tx, her, MovementKind.ARRIVE, clock.today() - timedelta(days=60))
    linked = [(entry, use) for entry in bench.plugins for use in entry.tables if use.person_column]
    async with bench.superuser() as superuser:
        for entry, use in linked:
            await insert(bench, superuser, entry, use, row_of(bench, use, her))
    await settle(platform.database, platform.catalogue)
    found = await _copied(bench, her, linked)
    # What is off keeps its rows, so they are taken away like the others.
    for entry in bench.plugins:
        await _switch(bench, entry, False)
    await Runner(platform.database, job_handlers(platform.server), back_off=lambda _attempt: 0.0).drain()
    for entry in bench.plugins:
        await _switch(bench, entry, True)
    await settle(platform.database, platform.catalogue)
    left = await places_of(bench.server, platform, (*WORDS, str(her)))
    for word, tables in left.items():
        if word != str(her):
            found += [
                f"{table.partition('.')[0]}: {table} still says {word} after her erasure."
                for table in sorted(tables)
            ]
    if moved := await rebuild(platform.database, platform.catalogue):
        found.append(
            f"{moved} cells of figures changed when somebody was erased; what figures count must stay."
        )
    return found


async def _copied(bench: Bench, her: UUID, linked: list[tuple[Registered, TableUse]]) -> list[str]:
    tenant, server = bench.town.t01.id, bench.platform.server
    async with (
        bench.platform.database.transaction(Scope.of_tenant(tenant, ["registry"])) as tx,
        tenant_background(server, tx, tenant, "") as ctx,
    ):
        door = PersonalDoor(server, tx, ctx.tenant, STATION, Actor())
        copy = await door.copy(her)
        await door.erase(her, "ASKED")
    told = {section.table for section in copy.sections if section.rows}
    opened = compartments_of(STATION)
    return [
        f"{entry.name}: the copy of a person says nothing of {name_of(use.table)}; see the export in privacy.py."
        for entry, use in linked
        if (use.compartment is None or use.compartment in opened) and name_of(use.table) not in told
    ]


async def files_out(bench: Bench) -> list[str]:
    """Every export can be read to its end, and has a cell for each column; the host neutralises formulas."""
    await _filled(bench, await people(bench, PEOPLE[:3]))
    tenant, found = bench.town.t01.id, list[str]()
    for entry in bench.plugins:
        for export in entry.exports:
            async with (
                bench.platform.database.transaction(everything(tenant)) as tx,
                tenant_background(bench.platform.server, tx, tenant, entry.name, roles=STATION) as ctx,
            ):
                wide = {len(row) async for row in export.rows(ctx, **_queries(export.rows))}
            if wide - {len(export.columns)}:
                told = f"declares {len(export.columns)} columns and gives rows of {sorted(wide)} cells"
                found.append(f"{entry.name}: the export {export.name} {told}.")
    return found


def _queries(rows: Any) -> dict[str, Struct]:
    """An empty query, where the function asks for one."""
    asked = inspect.get_annotations(rows, eval_str=True)
    return {name: kind() for name, kind in asked.items() if name == "query"}


DONE = (
    Lived("its jobs done twice are done once", jobs_run_twice),
    Lived("its listeners told twice are told once", listeners_run_twice),
    Lived("switching it off and on changes nothing", off_and_on),
    Lived("a person can be copied and erased", erased),
    Lived("its files out have a cell for each column", files_out),
)
