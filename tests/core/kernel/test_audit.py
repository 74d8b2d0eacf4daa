"""The audit chain: appended at commit, linked without forks, and every form of tampering is found."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest

from core.kernel import audit
from core.kernel.audit_check import verify_chain
from core.kernel.db import Database, Login
from core.kernel.errors import NoScope
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.testing import Server

A, B = new_id(), new_id()
ACTOR, OBJECT = new_id(), new_id()


async def write(
    database: Database, tenant: UUID = A, count: int = 3, reason: str = "", **states: object
) -> None:
    async with database.transaction(Scope.of_tenant(tenant, actor=ACTOR)) as tx:
        for number in range(count):
            detail = {"n": number, "a": "x"}
            before, after = states.get("before"), states.get("after")
            audit.record(
                tx,
                "test.thing.change",
                "thing",
                OBJECT,
                reason=reason,
                detail=detail,
                before=before,
                after=after,
            )


async def findings(database: Database, tenant: UUID = A) -> list[tuple[int, str]]:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        return [(found.seq, found.what) for found in await verify_chain(tx)]


def name_of(addresses: dict[Login, str]) -> str:
    return urlsplit(addresses["app"]).path[1:]


async def as_superuser(server: Server, addresses: dict[Login, str], *commands: str) -> None:
    """Tamper as only the owner of the machine could: the trigger is switched off first."""
    off = "ALTER TABLE kernel.audit DISABLE TRIGGER only_append"
    await server.run(off, *commands, database=name_of(addresses))


async def test_a_line_keeps_who_what_and_why(database: Database) -> None:
    await write(database, reason="corrected")
    await write(database, tenant=B)

    async with database.transaction(Scope.of_tenant(A)) as tx:
        newest, *older = await audit.lines(tx)
        assert await audit.lines(tx, before_seq=2, object_id=OBJECT) == older[-1:]

    assert (newest.seq, newest.actor, newest.object_id) == (3, ACTOR, OBJECT)
    assert (newest.action, newest.kind, newest.reason) == ("test.thing.change", "thing", "corrected")
    assert newest.detail == {"n": 2, "a": "x"}
    assert [line.seq for line in older] == [2, 1]


async def test_each_tenant_has_a_chain_of_its_own_and_an_untouched_one_verifies(database: Database) -> None:
    for _ in range(2):
        await write(database)
        await write(database, tenant=B)

    assert [await findings(database, tenant) for tenant in (A, B, new_id())] == [[], [], []]


async def test_a_town_act_is_a_line_of_the_region(database: Database) -> None:
    async with database.transaction(Scope.town(A, actor=ACTOR)) as tx:
        audit.record(tx, "town.offer.make", "plugin", None)
    async with database.transaction(Scope.town(A)) as tx:
        assert [line.action for line in await audit.lines(tx)] == ["town.offer.make"]


async def test_a_line_of_a_rolled_back_act_is_not_kept(database: Database) -> None:
    with contextlib.suppress(RuntimeError):
        async with database.transaction(Scope.of_tenant(A)) as tx:
            audit.record(tx, "test.thing.change", "thing", OBJECT)
            raise RuntimeError
    async with database.transaction(Scope.of_tenant(A)) as tx:
        assert await audit.lines(tx) == []


async def test_a_line_without_a_tenant_or_with_a_vague_action_is_refused(database: Database) -> None:
    async with database.transaction(Scope.nobody()) as tx:
        with pytest.raises(NoScope):
            audit.record(tx, "test.thing.change", "thing", OBJECT)
    async with database.transaction(Scope.of_tenant(A)) as tx:
        with pytest.raises(ValueError, match=r"plugin\.noun\.verb"):
            audit.record(tx, "Changed something", "thing", OBJECT)


@pytest.mark.requirement("R45")
async def test_digests_are_keyed_by_tenant_and_absent_without_keys(database: Database) -> None:
    await write(database, count=1, before={"name": "李"}, after={"name": "王"})
    audit.use_digest_keys(lambda tenant: tenant.bytes * 2)
    try:
        for tenant in (A, B):
            await write(database, tenant, count=1, before={"b": 1, "a": 2}, after={"a": 2, "b": 1})
    finally:
        audit.use_digest_keys(None)

    async with database.transaction(Scope.of_tenant(A)) as tx:
        keyed, unkeyed = await audit.lines(tx)
    async with database.transaction(Scope.of_tenant(B)) as tx:
        (other,) = await audit.lines(tx)
    assert (unkeyed.before_digest, unkeyed.after_digest) == (None, None)
    assert keyed.before_digest == keyed.after_digest != other.before_digest
    assert await findings(database) == []


@pytest.mark.requirement("R46")
async def test_the_product_itself_can_neither_change_nor_remove_a_line(
    database: Database, database_server: Server, addresses: dict[Login, str]
) -> None:
    await write(database)
    for act in ("UPDATE kernel.audit SET reason = 'x'", "DELETE FROM kernel.audit", "TRUNCATE kernel.audit"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(Scope.of_tenant(A)) as tx:
                await tx.execute(act)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await database_server.run(act, database=name_of(addresses))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(Scope.of_tenant(A)) as tx:
            await tx.execute("DELETE FROM kernel.audit_head")


ADDED = """INSERT INTO kernel.audit SELECT tenant_id, 6, at, actor, action, kind, object_id, reason, detail,
    before_digest, after_digest, hash FROM kernel.audit WHERE {t} AND seq = 3"""
TAMPERING = {
    "a text is edited": ["UPDATE kernel.audit SET reason = 'x' WHERE {t} AND seq = 3"],
    "a detail is edited": ["UPDATE kernel.audit SET detail = '{{}}' WHERE {t} AND seq = 3"],
    "an actor is edited": ["UPDATE kernel.audit SET actor = NULL WHERE {t} AND seq = 3"],
    "a time is edited": ["UPDATE kernel.audit SET at = at + interval '1 s' WHERE {t} AND seq = 3"],
    "a hash is edited": ["UPDATE kernel.audit SET hash = sha256('x') WHERE {t} AND seq = 3"],
    "a digest is edited": ["UPDATE kernel.audit SET after_digest = 'x' WHERE {t} AND seq = 3"],
    "a line is deleted": ["DELETE FROM kernel.audit WHERE {t} AND seq = 3"],
    "the first lines are deleted": ["DELETE FROM kernel.audit WHERE {t} AND seq < 4"],
    "the tail is cut": ["DELETE FROM kernel.audit WHERE {t} AND seq > 3"],
    "all lines are deleted": ["DELETE FROM kernel.audit WHERE {t}"],
    "two lines change places": [
        "UPDATE kernel.audit SET seq = seq - 7 WHERE {t} AND seq IN (3, 4)",
        "UPDATE kernel.audit SET seq = -seq WHERE {t} AND seq < 0",
    ],
    "a line is added": [
        ADDED,
    ],
    "the tail and the head are cut": [
        "DELETE FROM kernel.audit WHERE {t} AND seq > 3",
        "UPDATE kernel.audit_head SET seq = 3 WHERE {t}",
    ],
    "the head is deleted": ["DELETE FROM kernel.audit_head WHERE {t}"],
    "a line comes from another tenant": [
        "DELETE FROM kernel.audit WHERE {t} AND seq = 3",
        "UPDATE kernel.audit SET tenant_id = '{a}' WHERE tenant_id = '{b}' AND seq = 3",
    ],
}
FOUND = {
    "the first lines are deleted": (1, "missing"),
    "a line is deleted": (3, "missing"),
    "the tail is cut": (4, "missing"),
    "all lines are deleted": (1, "missing"),
    "a line is added": (6, "beyond-head"),
    "the tail and the head are cut": (3, "head-differs"),
    "the head is deleted": (1, "head-missing"),
}


@pytest.mark.requirement("R46")
async def test_every_form_of_tampering_is_found_and_the_neighbour_stays_sound(
    database: Database, database_server: Server, addresses: dict[Login, str]
) -> None:
    for form, commands in TAMPERING.items():
        tenant, neighbour = new_id(), new_id()
        await write(database, tenant, count=5)
        await write(database, neighbour, count=5)
        filled = [command.format(t=f"tenant_id = '{tenant}'", a=tenant, b=neighbour) for command in commands]

        await as_superuser(database_server, addresses, *filled)

        assert FOUND.get(form, (3, "edited")) in await findings(database, tenant), form
        assert ("another tenant" in form) == bool(await findings(database, neighbour)), form


@pytest.mark.requirement("R46")
async def test_writers_in_parallel_make_one_chain_without_forks(database: Database) -> None:
    await asyncio.gather(*(write(database, (A, B)[n % 2], count=1 + n % 3) for n in range(64)))

    async with database.transaction(Scope.of_tenant(A)) as tx:
        rows = await tx.fetch("SELECT seq, at FROM kernel.audit ORDER BY seq")
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert sorted(rows, key=lambda row: row["at"]) == list(rows)
    assert await findings(database, A) == await findings(database, B) == []
