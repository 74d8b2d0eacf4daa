"""The isolation lint: a clean catalogue has no findings, and every breach that is planted is told."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.app import CORE_AREAS
from core.kernel.catalogue import EXEMPT, LONGEST, declared_tables, examine
from core.kernel.db import Database
from core.kernel.migrations import App, migrate
from core.kernel.scope import Scope
from core.testing import Server
from tests.core.kernel.planted import PLANTED, Breach

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT / "core" / area for area in CORE_AREAS] + sorted((ROOT / "plugins").iterdir())
APPS = [
    App(folder.name, folder / "piccolo_migrations")
    for folder in FOLDERS
    if (folder / "piccolo_migrations").is_dir()
]


class Undo(Exception):
    """Takes everything that was planted away again."""


@pytest.fixture(scope="session")
async def superuser(database_server: Server, template_database: str) -> AsyncIterator[Database]:
    """A database of the lint's own, reached by a login that may break everything."""
    name = f"lint_{template_database}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    connected = await Database.connect({"migrator": database_server.address(name)})
    yield connected
    await connected.close()
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
async def findings(superuser: Database) -> list[str]:
    """What the lint says of a catalogue with all breaches at once."""
    told: list[str] = []
    with contextlib.suppress(Undo):
        async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
            for breach in PLANTED:
                for statement in breach.sql:
                    await tx.execute(statement)
            told = await examine(tx, APPS)
            raise Undo
    return told


@pytest.mark.requirement("R03")
async def test_a_migrated_database_has_no_findings(database: Database):
    async with database.transaction(Scope.nobody(), login="migrator") as tx:
        assert await examine(tx, APPS) == []


async def test_asking_leaves_nothing_behind(database: Database):
    async with database.transaction(Scope.nobody(), login="migrator") as tx:
        count = "SELECT count(*) FROM pg_class"
        before = await tx.fetchval(count)
        await examine(tx, APPS)
        assert await tx.fetchval(count) == before
        assert await tx.fetchval("SELECT current_user = session_user")


@pytest.mark.requirement("R03")
@pytest.mark.parametrize("breach", PLANTED, ids=lambda breach: breach.name)
def test_a_planted_breach_is_told(findings: list[str], breach: Breach):
    assert set(breach.told) <= set(findings)


def test_nothing_but_the_breaches_is_told(findings: list[str]):
    assert sorted(findings) == sorted(sentence for breach in PLANTED for sentence in breach.told)


async def test_a_view_with_the_readers_rights_is_no_finding(superuser: Database):
    with contextlib.suppress(Undo):
        async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
            await tx.execute(
                "CREATE VIEW people.own WITH (security_invoker = true) AS SELECT name FROM people.person"
            )
            assert await examine(tx, APPS) == []
            raise Undo


async def test_a_missing_role_is_told_before_anything_else(superuser: Database):
    with contextlib.suppress(Undo):
        async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
            await tx.execute("ALTER ROLE backup RENAME TO somebody")
            assert await examine(tx, APPS) == ["The role backup is missing; run `townbridge migrate`."]
            raise Undo


@pytest.mark.requirement("R03")
def test_the_reviewed_list_is_short_reasoned_and_not_stale():
    tables = declared_tables(APPS)
    assert len(EXEMPT) <= LONGEST
    assert all(reason.endswith(".") for reason in EXEMPT.values())
    stale = [
        name
        for name in EXEMPT
        if not name.startswith("*") and (tables[name].wall == "tenant" or tables[name].policies)
    ]
    assert stale == []


BAD_PLUGIN = """
from core.kernel.ddl import Door, Foreign, Table, migration

ID = "careless_1"
TABLES = (
    Table(schema="careless", name="catalogue", wall="reference", columns=(("title", "text"),)),
    Table(schema="careless", name="number", columns=(("number", "text NOT NULL"),), unique=(("number",), ("id",))),
    Table(
        schema="careless",
        name="note",
        columns=(("number_id", "uuid"),),
        foreign=(Foreign(("number_id",), "careless.number", ("id",)),),
        doors=(Door("wide", "app", "SELECT", "EXISTS (SELECT FROM tenancy.region)"),),
    ),
)


async def forwards():
    return migration(ID, "careless", "", TABLES)
"""


async def test_a_careless_declaration_is_told_although_the_catalogue_agrees_with_it(
    database_server: Server, database: Database, tmp_path: Path
):
    (tmp_path / "careless_1.py").write_text(BAD_PLUGIN, encoding="utf-8")
    apps = [*APPS, App("careless", tmp_path)]
    async with database.transaction(Scope.nobody()) as tx:
        name = await tx.fetchval("SELECT current_database()")
    await database_server.run(f'GRANT CREATE ON DATABASE "{name}" TO owner')
    await migrate(database, apps)
    async with database.transaction(Scope.nobody(), login="migrator") as tx:
        told = await examine(tx, apps)
    outside = "without tenant_id: it tells what other tenants have."
    assert sorted(told) == [
        "careless.catalogue has no wall between tenants and is not on the reviewed list of such tables.",
        "careless.note has a sub-query in the policy wide, which Citus refuses.",
        "careless.note refers to careless.number by (number_id), without the tenant on both sides.",
        f"careless.number has the unique key number_id_key {outside}",
        f"careless.number has the unique key number_number_key {outside}",
    ]


def test_a_later_migration_has_the_last_word_on_a_table(tmp_path: Path):
    (tmp_path / "careless_1.py").write_text(BAD_PLUGIN, encoding="utf-8")
    later = BAD_PLUGIN.replace('(("title", "text"),)', '(("title", "text"), ("code", "text"))')
    (tmp_path / "careless_2.py").write_text(later, encoding="utf-8")
    tables = declared_tables([App("careless", tmp_path)])
    assert sorted(tables) == ["careless.catalogue", "careless.note", "careless.number"]
    assert [name for name, _ in tables["careless.catalogue"].columns] == ["title", "code"]
