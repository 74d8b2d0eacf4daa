"""A person's own affairs across all plug-ins: the door of a page, and the jobs that reach every compartment.

A clerk's page opens the compartments of its permission alone, and a station clerk must never see health or
rights. So the page asks, with an id, and a job of the platform does it in one transaction with everything open
and shows nobody anything. Plug-ins that are switched off keep their rows, so they are asked like the others.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.host.background import tenant_background
from core.host.gate import tenant_at
from core.host.neighbours import aside
from core.host.registry import Registered
from core.identity.roles import TENANT_ROLES, compartments_of, detail_of
from core.kernel import clock
from core.kernel.audit import record
from core.kernel.changes import changed
from core.kernel.db import Transaction, translated_errors
from core.kernel.errors import Conflict, Forbidden, NotFound
from core.kernel.i18n import translator
from core.kernel.jobs import LONGEST, JobHandler, SwitchedOff, Work, enqueue
from core.kernel.scope import COMPARTMENTS, Scope
from core.kernel.tables import name_of
from core.people import copying, erasure, merging
from core.people.access import Viewer
from core.people.tables import MergeRow
from core.sdk.contributions import PersonalData, TableUse
from core.sdk.ctx import Actor, TenantCtx, TenantPlace
from core.sdk.personal import PersonalCopy, PersonalSection

if TYPE_CHECKING:
    from core.host.serving import Server

__all__ = ["ERASE", "MERGE", "UNDO", "PersonalDoor", "personal_handlers"]

ERASE = "people.person.erase"
MERGE = "people.person.merge"
UNDO = "people.person.unmerge"
COPY = "people.person.copy"

Run = Callable[["Server", Work], Coroutine[Any, Any, None]]


class PersonalDoor:
    """What `ctx.personal` is; see `core.sdk.personal`."""

    def __init__(
        self,
        server: Server,
        transaction: Transaction,
        place: TenantPlace,
        roles: tuple[str, ...],
        actor: Actor,
    ) -> None:
        self._server = server
        self._tx = transaction
        self._place = place
        self._roles = roles
        self._actor = actor

    async def copy(self, person: UUID) -> PersonalCopy:
        """The platform's record in the page's transaction, the modules' in one that her reader's roles open."""
        detail = detail_of(self._roles)
        if detail is None:
            raise Forbidden
        viewer = Viewer(detail=detail, purpose=COPY)
        known = await copying.person_record(self._tx, self._server.keyring, person, viewer)
        sections = await aside(self._sections([person, *(each.id for each in known.merged)]))
        record(self._tx, COPY, "person", person, detail={"sections": len(sections)})
        return PersonalCopy(record=known, sections=sections, ask=self._others())

    async def erase(self, person: UUID, reason: str) -> None:
        await erasure.ask_erasure(self._tx, person, reason)
        await enqueue(self._tx, ERASE, {"person": str(person)}, dedupe=f"{ERASE}:{person}")

    async def erasure(self, person: UUID) -> erasure.Erasure | None:
        return await erasure.erasure_of(self._tx, person)

    async def merge(
        self, kept: UUID, gone: UUID, reason: str, take_over: Collection[str] = merging.FILLABLE
    ) -> UUID:
        merge = await merging.ask_merge(self._tx, kept, gone, reason, take_over)
        await enqueue(self._tx, MERGE, {"merge": str(merge)}, dedupe=f"{MERGE}:{merge}")
        return merge

    async def merges(self, person: UUID) -> list[merging.Merge]:
        return await merging.merges_of(self._tx, person)

    async def undo_merge(self, merge: UUID) -> None:
        await merging.ask_undo(self._tx, merge)
        await enqueue(self._tx, UNDO, {"merge": str(merge)}, dedupe=f"{UNDO}:{merge}")

    async def _sections(self, people: Sequence[UUID]) -> list[PersonalSection]:
        opened = compartments_of(self._roles)
        scope = Scope.of_tenant(self._place.id, opened, self._actor.id)
        told: dict[str, PersonalSection] = {}
        async with self._server.database.transaction(scope) as tx:
            async for ctx, entry in _everywhere(self._server, tx, self._place.id, self._actor, self._roles):
                for data in _answers(entry, opened):
                    rows: list[dict[str, str]] = []
                    for person in people:
                        # A record that was merged is seen no more: what is linked to it still is, if anything.
                        with suppress(NotFound):
                            work = data.export(ctx, person)
                            rows += await self._server.isolated(entry.name, LONGEST, work)
                    name = name_of(data.table)
                    told[name] = PersonalSection(table=name, title=ctx.tell(data.title), rows=rows)
        return list(told.values())

    def _others(self) -> list[str]:
        """Who keeps what these roles do not open, as far as a module for it is installed."""
        opened = compartments_of(self._roles)
        closed = {
            use.compartment
            for entry in self._server.registry.plugins
            for use in entry.tables
            if use.person_column and use.compartment and use.compartment not in opened
        }
        tell = translator(self._actor.language)
        return [tell(role.title) for role in TENANT_ROLES if role.compartments & closed]


def personal_handlers(server: Server) -> dict[str, JobHandler]:
    """The platform's own jobs, beside those of the plug-ins."""
    runs: dict[str, Run] = {ERASE: _erase, MERGE: _merge, UNDO: _undo}
    return {name: _handler(server, name, run) for name, run in runs.items()}


def _handler(server: Server, name: str, run: Run) -> JobHandler:
    async def bound(work: Work) -> None:
        if server.registry.refused:
            # A module is installed and cannot be used: half an erasure would look like a whole one, so it waits.
            raise SwitchedOff
        await run(server, work)

    return JobHandler(name=name, run=bound, compartments=tuple(sorted(COMPARTMENTS)), time_limit=LONGEST)


async def _erase(server: Server, work: Work) -> None:
    """One transaction for everything, so that nobody is ever half erased; done again it changes nothing."""
    asked = UUID(str(work.payload["person"]))
    place, _enabled = await tenant_at(work.tx, work.tenant_id)
    people = await erasure.begin_erasure(work.tx, asked)
    for person in people:
        await erasure.leave_register(work.tx, person, clock.today(place.time_zone))
        count = 0
        async for ctx, entry in _everywhere(server, work.tx, work.tenant_id):
            for data in entry.personal_data:
                count += await server.isolated(entry.name, LONGEST, data.erase(ctx, person))
        days = [day async for day in _event_days(server, person)]
        await erasure.forget_person(work.tx, server.keyring, person, days)
        record(work.tx, "people.erasure.end", "person", person, detail={"rows": count})
    if people:
        await erasure.end_erasure(work.tx, asked)


async def _merge(server: Server, work: Work) -> None:
    merge = await merging.begin_merge(work.tx, UUID(str(work.payload["merge"])))
    if merge is None:
        return
    for use in _linked(server):
        await _relink(work.tx, use, merge)
    await merging.step_back(work.tx, server.keyring, merge)


async def _undo(server: Server, work: Work) -> None:
    merge = await merging.begin_undo(work.tx, UUID(str(work.payload["merge"])))
    if merge is None:
        return
    for use in _linked(server):
        await _unlink(work.tx, use, merge)
    await merging.put_back(work.tx, server.keyring, merge)


async def _relink(tx: Transaction, use: TableUse, merge: merging.Merge) -> None:
    """Give the rows of the record that goes to the one that stays, and note each of them."""
    link = getattr(use.table, str(use.person_column))
    if use.one_per_person and await use.table.exists().where(link == merge.kept_id):
        return
    rows = await use.table.select(use.table.id).where(link == merge.gone_id)
    moved = await _moved(tx, use, [row["id"] for row in rows], merge.kept_id)
    if not moved:
        return
    name = name_of(use.table)
    noted = [(merge.id, name, row) for row in moved]
    await MergeRow.insert_many(("merge_id", "table_name", "row_id"), noted)
    await _mark(tx, name)


async def _unlink(tx: Transaction, use: TableUse, merge: merging.Merge) -> None:
    """Give back what was noted and is there still."""
    name = name_of(use.table)
    of_table = (MergeRow.merge_id == merge.id) & (MergeRow.table_name == name)
    noted = [row["row_id"] for row in await MergeRow.select(MergeRow.row_id).where(of_table)]
    if not noted:
        return
    link = getattr(use.table, str(use.person_column))
    there = await use.table.select(use.table.id).where((link == merge.kept_id) & use.table.id.is_in(noted))
    await _moved(tx, use, [row["id"] for row in there], merge.gone_id)
    await MergeRow.delete().where(of_table)
    await _mark(tx, name)


async def _moved(tx: Transaction, use: TableUse, rows: Sequence[UUID], person: UUID) -> list[UUID]:
    """The rows that are hers now: all, or where a unique key holds the person, those that do not collide."""
    if not rows:
        return []
    try:
        async with tx.savepoint():
            with translated_errors():
                await use.table.update({use.person_column: person}).where(use.table.id.is_in(list(rows)))
    except Conflict:
        if len(rows) == 1:
            return []
        return [moved for row in rows for moved in await _moved(tx, use, [row], person)]
    return list(rows)


async def _mark(tx: Transaction, table: str) -> None:
    start = await tx.fetchval("SELECT books_from FROM tenancy.tenant WHERE id = $1", tx.scope.tenant)
    changed(tx, table, start, onwards=True)


async def _event_days(server: Server, person: UUID) -> AsyncIterator[date]:
    """The days of hers by which any indicator counts, in every plug-in's tables."""
    dated = {
        (source.table, source.date)
        for entry in server.registry.plugins
        for indicator in entry.indicators
        for source in indicator.reads
        if source.date
    }
    for use in _linked(server):
        link = getattr(use.table, str(use.person_column))
        for column in [name for table, name in dated if table == name_of(use.table)]:
            for row in await use.table.select(getattr(use.table, column)).where(link == person):
                if isinstance(row[column], date):
                    yield row[column]


async def _everywhere(
    server: Server, tx: Transaction, tenant: UUID, actor: Actor | None = None, roles: tuple[str, ...] = ()
) -> AsyncIterator[tuple[TenantCtx, Registered]]:
    """A context of every plug-in in the open transaction, switched on or off."""
    for entry in server.registry.plugins:
        async with tenant_background(server, tx, tenant, entry.name, actor=actor, roles=roles) as ctx:
            yield ctx, entry


def _answers(entry: Registered, opened: frozenset[str]) -> Iterator[PersonalData]:
    """What a plug-in tells from the tables whose compartments are open."""
    closed = {use.table for use in entry.tables if use.compartment and use.compartment not in opened}
    return (data for data in entry.personal_data if data.table not in closed)


def _linked(server: Server) -> list[TableUse]:
    return [use for entry in server.registry.plugins for use in entry.tables if use.person_column]
