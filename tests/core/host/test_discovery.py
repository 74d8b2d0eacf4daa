"""A plug-in that can be used is read; one that cannot is refused with its reason, and the others go on."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.host.discovery import Found, read_plugins
from core.host.registry import Registry
from tests.specimens import importable

PLUGIN = """
from core.sdk import Plugin
plugin = Plugin(name="{name}", title="T", description="D", requires_sdk="{sdk}")
"""
PERMISSIONS = """
from core.sdk import Permission
PERMISSIONS = (Permission(code="{code}", title="T", roles=("station_staff",), compartments={compartments}),)
"""
PAGES = """
from core.sdk import Page
async def show(ctx): return ctx.render("x")
PAGES = ({pages},)
"""
PAGE = 'Page(path="{path}", handler=show, permission="{permission}")'
TABLES = """
from piccolo.columns import UUID
from core.sdk import TableUse, TenantTable
class Note(TenantTable, tablename="note", schema="{schema}"):
    person_id = UUID()
TABLES = (TableUse(table=Note, person_column="person_id"),)
"""
PRIVACY = """
from core.sdk import PersonalData
from {package}.tables import Note
async def rows(ctx, person): return []
async def gone(ctx, person): return 0
PERSONAL_DATA = (PersonalData(table=Note, title="Notes", export=rows, erase=gone),)
"""
INDICATORS = """
from core.sdk import Indicator, Source
INDICATORS = (Indicator(code="{code}", title="T", unit="U", org_rule="SUM", time_rule="SUM",
    reads=(Source("{table}", "day"),),
    select="{select}"),)
"""
SELECT = (
    "SELECT tenant_id, day, '' AS cut, 1 AS num, NULL AS den FROM {table} "
    "WHERE tenant_id = ANY($1) AND day BETWEEN $2 AND $3"
)

Install = Callable[..., Found]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Write a plug-in package of the given files; importable for this test alone."""

    def write(name: str, *, sdk: str = ">=1.0,<2", called: str = "", plugin: str = "", **files: str) -> Found:
        package = tmp_path / f"specimen_{name}"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "plugin.py").write_text(PLUGIN.format(name=called or name, sdk=sdk) + plugin)
        for file, text in files.items():
            (package / f"{file}.py").write_text(text)
        return Found(name, lambda: importlib.import_module(f"specimen_{name}.plugin"))

    with importable(tmp_path):
        yield write


def reason(registry: Registry) -> str:
    assert registry.plugins == ()
    (refusal,) = registry.refused
    return refusal.reason


def test_fixed_name_files_are_read_without_registration_code(install: Install) -> None:
    found = install(
        "notes",
        permissions=PERMISSIONS.format(code="notes.note.read", compartments=()),
        pages=PAGES.format(pages=PAGE.format(path="list", permission="notes.note.read")),
        tables=TABLES.format(schema="notes"),
        privacy=PRIVACY.format(package="specimen_notes"),
    )
    registry = read_plugins([found])
    assert registry.refused == ()
    (entry,) = registry.plugins
    assert [page.path for page in entry.pages] == ["list"]
    assert list(registry.permissions()) == ["notes.note.read"]
    assert len(entry.tables) == len(entry.personal_data) == 1


def test_marked_override_replaces_the_file(install: Install) -> None:
    override = """
from core.sdk import Permission, hookimpl
@hookimpl
def declare_permissions():
    return (Permission(code="notes.note.write", title="T", roles=()),)
"""
    found = install(
        "notes", plugin=override, permissions=PERMISSIONS.format(code="notes.note.read", compartments=())
    )
    assert list(read_plugins([found]).permissions()) == ["notes.note.write"]


def test_override_without_mark_is_refused(install: Install) -> None:
    found = install("notes", plugin="def declare_permissions(): return ()\n")
    assert "lacks the mark @hookimpl" in reason(read_plugins([found]))


def test_unknown_hook_is_refused(install: Install) -> None:
    found = install("notes", plugin="def declare_middleware(): return ()\n")
    assert "No hook is called declare_middleware" in reason(read_plugins([found]))


def test_unknown_file_is_refused(install: Install) -> None:
    found = install("notes", middleware="")
    assert "Unknown files: middleware.py" in reason(read_plugins([found]))


def test_incompatible_sdk_is_refused(install: Install) -> None:
    assert "It needs an SDK >=7" in reason(read_plugins([install("notes", sdk=">=7")]))
    assert "not a version range" in reason(read_plugins([install("other", sdk="seven")]))


def test_error_inside_a_file_is_seen_and_others_go_on(install: Install) -> None:
    broken = install("broken", tables="import a_module_that_is_not_there\n")
    whole = install("whole")
    registry = read_plugins([broken, whole])
    assert [entry.name for entry in registry.plugins] == ["whole"]
    (refusal,) = registry.refused
    assert refusal.name == "broken"
    assert "a_module_that_is_not_there" in refusal.reason


def test_name_must_be_that_of_the_entry_point(install: Install) -> None:
    assert "calls itself other" in reason(read_plugins([install("notes", called="other")]))


@pytest.mark.requirement("R04")
def test_page_without_declared_permission_is_refused(install: Install) -> None:
    found = install("notes", pages=PAGES.format(pages=PAGE.format(path="list", permission="")))
    assert "is not a declared permission" in reason(read_plugins([found]))


@pytest.mark.requirement("R04")
def test_permission_must_carry_the_plugins_name(install: Install) -> None:
    found = install("notes", permissions=PERMISSIONS.format(code="people.note.read", compartments=()))
    assert "people.note.read does not start with notes." in reason(read_plugins([found]))


def test_unknown_compartment_is_refused(install: Install) -> None:
    text = PERMISSIONS.format(code="notes.note.read", compartments=("everything",))
    assert "unknown compartments: everything" in reason(read_plugins([install("notes", permissions=text)]))


@pytest.mark.requirement("R06")
def test_role_without_the_compartment_is_refused(install: Install) -> None:
    held = PERMISSIONS.format(code="notes.note.read", compartments=("registry",))
    assert len(read_plugins([install("notes", permissions=held)]).plugins) == 1
    closed = PERMISSIONS.format(code="other.note.read", compartments=("health",))
    assert "station_staff does not hold health" in reason(
        read_plugins([install("other", permissions=closed)])
    )


def test_unknown_role_is_refused(install: Install) -> None:
    text = PERMISSIONS.format(code="notes.note.read", compartments=()).replace("station_staff", "manager")
    assert "unknown role manager" in reason(read_plugins([install("notes", permissions=text)]))


def test_table_that_links_a_person_needs_an_answer_to_her(install: Install) -> None:
    found = install("notes", tables=TABLES.format(schema="notes"))
    assert "privacy.py must answer for it" in reason(read_plugins([found]))


def test_table_belongs_into_the_plugins_schema(install: Install) -> None:
    found = install("notes", tables=TABLES.format(schema="people"))
    assert "not in the schema notes" in reason(read_plugins([found]))


def test_two_pages_at_one_address_are_refused(install: Install) -> None:
    page = PAGE.format(path="list", permission="notes.note.read")
    found = install(
        "notes",
        permissions=PERMISSIONS.format(code="notes.note.read", compartments=()),
        pages=PAGES.format(pages=f"{page}, {page}"),
    )
    assert "Two pages answer GET list" in reason(read_plugins([found]))


def test_indicator_is_parsed_at_start(install: Install) -> None:
    select = SELECT.format(table="notes.note")
    good = install("notes", indicators=INDICATORS.format(code="NOT-01", table="notes.note", select=select))
    assert len(read_plugins([good]).plugins) == 1
    bad = install(
        "other",
        indicators=INDICATORS.format(code="NOT-02", table="other.note", select="DELETE FROM other.note"),
    )
    assert "NOT-02" in reason(read_plugins([bad]))


def test_indicator_code_can_be_taken_once(install: Install) -> None:
    first, second = (
        install(
            name,
            indicators=INDICATORS.format(
                code="NOT-01", table=f"{name}.note", select=SELECT.format(table=f"{name}.note")
            ),
        )
        for name in ("first", "second")
    )
    registry = read_plugins([first, second])
    assert [entry.name for entry in registry.plugins] == ["first"]
    assert "NOT-01 belongs to first already" in registry.refused[0].reason


def test_reserved_name_is_refused(install: Install) -> None:
    assert "cannot be used for a plug-in" in reason(read_plugins([install("people")]))
