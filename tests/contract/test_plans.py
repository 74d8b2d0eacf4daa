"""How the database reads for the requests that come all day: by an index, with the tenant in its condition.

Statistics decide which plan is cheapest today. Asked here is what can be planned: with scans of whole tables switched
off, every reading of a tenant's table has to find an index that begins with the tenant.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
import pytest

from core.kernel.db import Transaction
from core.kernel.pool import Connection
from core.testing import Program, Visitor

PEOPLE = "/api/v1/t/t01/registration/people"
NEW = {
    "name": "何雨", "id_type": "03", "number": "P0000001", "sex": "2", "birth_date": "1999-01-11", "origin": "43",
    "phone": "13800000001", "village": "桥头社区", "is_acknowledged": True,
}  # fmt: skip
READS = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
ACROSS_TENANTS = {
    "people.pseudonym": "the door `elsewhere` asks the whole town for one pseudonym, by the index of pseudonyms",
    "identity.membership": "the door `actor` asks for an account's own roles before there is a tenant",
}
TENANT_TABLES = """
SELECT n.nspname || '.' || c.relname AS name FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attname = 'tenant_id' AND c.relkind = 'r' AND c.relrowsecurity
"""

Connect = Callable[..., Awaitable[Program]]
Come = Callable[[str], Awaitable[Visitor]]
InTenant = Callable[..., AbstractAsyncContextManager[Transaction]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> dict[str, None]:
    """The statements that reach the server, each once."""
    seen: dict[str, None] = {}
    for name in ("execute", "fetch", "fetchrow", "fetchval"):
        ask = getattr(Connection, name)

        async def noted(connection: Connection, sql: str, *given: Any, ask: Any = ask, **named: Any) -> Any:
            seen.setdefault(sql)
            return await ask(connection, sql, *given, **named)

        monkeypatch.setattr(Connection, name, noted)
    return seen


async def test_every_hot_request_reads_by_its_tenant(
    program: Connect, visit: Come, in_tenant: InTenant, sent: dict[str, None]
) -> None:
    await _all_day(await program("station_staff"), await visit("station_staff"))
    statements = [sql for sql in sent if READS.match(sql)]
    wrong: list[str] = []
    async with in_tenant("registry") as tx:
        tables = {row["name"] for row in await tx.fetch(TENANT_TABLES)}
        read = set[str]()
        for sql in statements:
            for table, condition in await _scans(tx, sql):
                if table in tables:
                    read.add(table)
                if table in tables and "tenant_id" not in condition and table not in ACROSS_TENANTS:
                    wrong.append(f"{table}: {condition or 'read whole'}: {' '.join(sql.split())[:120]}")
    assert {"people.person", "people.movement", "registration.record"} <= read
    assert wrong == []


async def test_a_statement_without_its_tenant_is_found(in_tenant: InTenant) -> None:
    async with in_tenant("registry") as tx:
        ((table, condition),) = await _scans(tx, "SELECT reason FROM people.movement WHERE kind = $1")
        assert (table, "tenant_id" in condition) == ("people.movement", True)  # the row policy names it
        ((table, condition),) = await _scans(tx, "SELECT role FROM identity.membership WHERE account_id = $1")
        assert (table, "tenant_id" in condition) == ("identity.membership", False)


async def _all_day(program: Program, visitor: Visitor) -> None:
    new = await program.send("POST", PEOPLE, NEW)
    assert new.status_code == 201
    for _way in ("long", "short"):
        for address in (PEOPLE, f"{PEOPLE}?q=heyu", f"{PEOPLE}?present=true", f"{PEOPLE}/{new.json()['id']}"):
            assert (await program.get(address)).status_code == 200, address
    for page in ("people", f"people/{new.json()['id']}"):
        assert (await visitor.get(f"/t/t01/registration/{page}")).status_code == 200, page
    assert (await visitor.post("/t/t01/registration/people/search", {"q": "heyu"})).status_code == 200


async def _scans(tx: Transaction, sql: str) -> Iterator[tuple[str, str]]:
    count = max((int(number) for number in re.findall(r"\$(\d+)", sql)), default=0)
    given = f"({', '.join(['NULL'] * count)})" if count else ""
    await tx.execute("SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan")
    await tx.execute(f"PREPARE asked AS {sql}")
    plan = await tx.fetchval(f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE asked{given}")
    await tx.execute("DEALLOCATE asked")
    return _read(msgspec.json.decode(plan)[0]["Plan"])


def _read(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if node["Node Type"].endswith("Scan") and "Relation Name" in node:
        yield (
            f"{node['Schema']}.{node['Relation Name']}",
            node.get("Index Cond", "") + node.get("Recheck Cond", ""),
        )
    for child in node.get("Plans", ()):
        yield from _read(child)
