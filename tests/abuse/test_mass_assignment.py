"""Every column of every table, sent along with every form and body: refused, and nothing is changed by it."""

from __future__ import annotations

from urllib.parse import urlsplit

import asyncpg
import pytest
from msgspec import json

from core.testing import Server
from tests.abuse.scene import Found, Scene

pytestmark = pytest.mark.requirement("R34")

MORE = ("is_admin", "permissions", "roles", "__proto__", "constructor", "class")
ON_THEIR_OWN = {
    *("identity.session", "identity.throttle", "identity.api_token"),
    *("kernel.audit", "kernel.audit_head"),
}
"""Asking is enough to write there: who was seen when, and who looked at what."""

LOOKED_AT = {"POST /t/{tenant_slug}/registration/register/look"}
"""Looks at a form that is half typed, and writes nothing."""

_COLUMNS = """
SELECT DISTINCT column_name AS name FROM information_schema.columns
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
_TABLES = """
SELECT schemaname || '.' || relname AS name FROM pg_stat_user_tables ORDER BY 1
"""


class Books:
    """The whole database, past every wall."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def columns(self) -> list[str]:
        return sorted({row["name"] for row in await self._connection.fetch(_COLUMNS)} | set(MORE))

    async def state(self) -> dict[str, tuple[int, int]]:
        """Of each table how many rows it has and a sum over all that stands in them."""
        found: dict[str, tuple[int, int]] = {}
        for name in [row["name"] for row in await self._connection.fetch(_TABLES)]:
            if name not in ON_THEIR_OWN:
                row = await self._connection.fetchrow(
                    f"SELECT count(*) AS rows, coalesce(sum(hashtext(t::text)), 0) AS told FROM {name} AS t"
                )
                assert row is not None
                found[name] = (row["rows"], row["told"])
        return found


def written(scene: Scene) -> list[Found]:
    return [each for each in scene.found if any(one.place in ("form", "body") for one in each.inputs)]


async def test_no_column_can_be_sent_along(scene: Scene, database_server: Server) -> None:
    name = urlsplit(scene.platform.settings.database_url).path.removeprefix("/")
    connection = await asyncpg.connect(database_server.address(name))
    books, wrong = Books(connection), list[str]()
    columns = await books.columns()
    forms = {target.path: await scene.form_values(target) for target in written(scene)}
    before = await books.state()
    for target in written(scene):
        own = {each.name for each in target.inputs}
        extra = dict.fromkeys((name for name in columns if name not in own), "1")
        answer = await scene.send(target, forms[target.path] | extra)
        if answer.status_code != (200 if str(target) in LOOKED_AT else 400):
            wrong.append(f"{target}: {answer.status_code}")
        elif target.is_api:
            told = json.decode(answer.content).get("fields", {})
            wrong += [f"{target}: {name} is taken" for name in extra if name not in told]
    after = await books.state()
    await connection.close()
    print(f"mass assignment: {len(columns)} columns to {len(written(scene))} forms and bodies")  # noqa: T201
    assert len(columns) > 100
    assert len(written(scene)) > 30
    assert not wrong, "\n".join(wrong)
    assert before == after
