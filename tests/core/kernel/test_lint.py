"""The isolation lint: a clean catalogue has no findings, and every breach that is planted is told."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path

import pytest

from core.app import CORE_AREAS
from core.kernel.catalogue import EXEMPT, Finding, Rule, declared_tables, examine
from core.kernel.catalogue.reviewed import DOORS, FUNCTIONS, LISTS
from core.kernel.db import Database
from core.kernel.ddl import policies, statements
from core.kernel.migrations import App, modules
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


NAMED = re.compile(r"CREATE (?:FUNCTION|AGGREGATE) ([\w.]+)")


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
async def findings(superuser: Database) -> list[Finding]:
    """What the lint says of a catalogue with all breaches at once, in two rounds."""
    return [
        *await planted(superuser, [breach for breach in PLANTED if not breach.second]),
        *await planted(superuser, [breach for breach in PLANTED if breach.second]),
    ]


async def planted(superuser: Database, breaches: Sequence[Breach]) -> list[Finding]:
    told: list[Finding] = []
    with contextlib.suppress(Undo):
        async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
            for breach in breaches:
                for statement in breach.sql:
                    await tx.execute(statement)
            told = await examine(tx, APPS)
            raise Undo
    return told


def texts(findings: Iterable[Finding]) -> list[str]:
    return sorted(finding.text for finding in findings)


@pytest.mark.requirement("R03")
async def test_a_migrated_database_has_no_findings(database: Database):
    async with database.transaction(Scope.nobody(), login="migrator") as tx:
        assert texts(await examine(tx, APPS)) == []


async def test_asking_leaves_nothing_behind(database: Database):
    async with database.transaction(Scope.nobody(), login="migrator") as tx:
        count = "SELECT count(*) FROM pg_class"
        before = await tx.fetchval(count)
        await examine(tx, APPS)
        assert await tx.fetchval(count) == before
        assert await tx.fetchval("SELECT current_user = session_user")


@pytest.mark.requirement("R03")
@pytest.mark.parametrize("breach", PLANTED, ids=lambda breach: breach.name)
def test_a_planted_breach_is_told(findings: list[Finding], breach: Breach):
    assert set(breach.told) <= set(texts(findings))


def test_nothing_else_is_told(findings: list[Finding]):
    assert texts(findings) == sorted(sentence for breach in PLANTED for sentence in breach.told)


@pytest.mark.requirement("R03")
async def test_every_rule_has_a_planted_fault(
    findings: list[Finding],
    careless: list[Finding],
    superuser: Database,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
):
    monkeypatch.setitem(LISTS, "doors", (DOORS, len(DOORS) - 1))
    others = [await planted(superuser, [each]) for each in (Breach("nothing", (), ()), NO_ROLE)]
    caught = {finding.rule for finding in chain(findings, careless, *others)}
    record_property("lint", f"{len(PLANTED)} faults planted, {len(caught)} of {len(Rule)} rules caught one")
    assert [rule.name for rule in Rule if rule not in caught] == []


async def test_a_view_with_the_readers_rights_is_no_finding(superuser: Database):
    view = "CREATE VIEW people.own WITH (security_invoker = true) AS SELECT name FROM people.person"
    assert await planted(superuser, [Breach("view", (view,), ())]) == []


NO_ROLE = Breach(
    "no role",
    ("ALTER ROLE backup RENAME TO somebody",),
    ("The role backup is missing; run `townbridge migrate`.",),
)


async def test_a_missing_role_is_told_before_anything_else(superuser: Database):
    assert texts(await planted(superuser, [NO_ROLE])) == list(NO_ROLE.told)


@pytest.mark.requirement("R03")
def test_the_reviewed_lists_are_short_reasoned_and_not_stale():
    tables = declared_tables(APPS)
    for name, (listed, longest) in LISTS.items():
        assert len(listed) <= longest, f"the list of {name} may have {longest} lines"
        assert all(reason.endswith(".") and len(reason) > 15 for reason in listed.values())
    stale = [
        name
        for name in EXEMPT
        if not name.startswith("*") and (tables[name].wall == "tenant" or tables[name].policies)
    ]
    assert stale == []
    declared = {f"{table.full_name}.{door.name}" for table in tables.values() for door in policies(table)}
    assert [name for name in DOORS if name not in declared] == []
    functions = {
        name
        for app in APPS
        for module in modules(app)
        for name in NAMED.findall(str(getattr(module, "FUNCTIONS", "")))
    }
    assert functions == set(FUNCTIONS)


CARELESS = """
from core.kernel.ddl import Door, Foreign, Grant, Table, migration

ID = "careless_1"
OF_REGION = "tenant_id = NULLIF(current_setting('app.region', true), '')::uuid"
TABLES = (
    Table(schema="careless", name="catalogue", wall="reference", columns=(("title", "text"),)),
    Table(schema="careless", name="number", columns=(("number", "text NOT NULL"),), unique=(("number",), ("id",))),
    Table(
        schema="careless",
        name="note",
        columns=(("number_id", "uuid"), ("price", "numeric(10,2)")),
        foreign=(Foreign(("number_id",), "careless.number", ("id",)),),
        doors=(Door("wide", "app", "SELECT", "EXISTS (SELECT FROM tenancy.region)"),),
    ),
    Table(
        schema="careless",
        name="result",
        compartment="health",
        columns=(
            ("author", "text DEFAULT current_setting('app.actor')"),
            ("weight", "numeric CHECK (weight <> 'NaN')"),
        ),
        doors=(Door("everything", "app", "SELECT", "true"), Door("town", "app", "SELECT", OF_REGION)),
        grants=(Grant("figures", "SELECT, UPDATE"), Grant("app", "TRUNCATE")),
    ),
)


async def forwards():
    return migration(ID, "careless", "", TABLES)
"""

TOLD_OF_CARELESS = [
    "careless.catalogue has no wall between tenants and is not on the reviewed list of such tables.",
    "careless.note declares the door wide for app, which is not on the reviewed list.",
    "careless.note has a sub-query in the policy wide, which Citus refuses.",
    "careless.note lets NaN into the column price; add the check price <> 'NaN'.",
    "careless.note refers to careless.number by (number_id), without the tenant on both sides.",
    "careless.number has the unique key number_id_key without tenant_id: it tells what other tenants have.",
    "careless.number has the unique key number_number_key without tenant_id: it tells what other tenants have.",
    "careless.result declares TRUNCATE for app, which no login but its own may have.",
    "careless.result declares UPDATE for figures, which no login but its own may have.",
    "careless.result declares the door everything for app, which is not on the reviewed list.",
    "careless.result declares the door town for app, which is not on the reviewed list.",
    "careless.result fills the column author from a setting, a sequence or a function of ours.",
    "careless.result is in a compartment and opens it to the town by the door town.",
]


@pytest.fixture(scope="session")
async def careless(superuser: Database, tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What the lint says of a plug-in whose tables are as its migration declares them, and wrong."""
    folder = tmp_path_factory.mktemp("careless")
    (folder / "careless_1.py").write_text(CARELESS, encoding="utf-8")
    told: list[Finding] = []
    with contextlib.suppress(Undo):
        async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
            await tx.execute("CREATE SCHEMA careless AUTHORIZATION owner")
            await tx.execute("SET LOCAL ROLE owner")
            for statement in statements(*declared_tables([App("careless", folder)]).values()):
                await tx.execute(statement)
            await tx.execute("RESET ROLE")
            told = await examine(tx, [*APPS, App("careless", folder)])
            raise Undo
    return told


def test_a_careless_declaration_is_told_although_the_catalogue_agrees_with_it(careless: list[Finding]):
    assert texts(careless) == sorted(TOLD_OF_CARELESS)


def test_a_later_migration_has_the_last_word_on_a_table(tmp_path: Path):
    (tmp_path / "careless_1.py").write_text(CARELESS, encoding="utf-8")
    later = CARELESS.replace('(("title", "text"),)', '(("title", "text"), ("code", "text"))')
    (tmp_path / "careless_2.py").write_text(later, encoding="utf-8")
    tables = declared_tables([App("careless", tmp_path)])
    assert sorted(tables) == ["careless.catalogue", "careless.note", "careless.number", "careless.result"]
    assert [name for name, _ in tables["careless.catalogue"].columns] == ["title", "code"]
