"""The reference pages say what the code says: most of their tables are made from it."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch

import click
import pytest

import core.sdk
from core import cli
from core.app import plugins
from core.identity.roles import ROLES
from core.kernel import i18n
from core.kernel.catalogue.exempt import EXEMPT
from core.kernel.ddl import policies
from core.kernel.scope import COMPARTMENTS
from core.kernel.settings import Settings
from core.sdk import charts, figures, migrations, people, personal, reports, tenancy, values
from core.sdk.hookspecs import HookSpecs
from core.town.exchange.load import MASTER_FILES
from plugins.registration.imports.folder import COLUMNS
from plugins.registration.imports.movements import KINDS
from tests.docs.made import MAKERS
from tests.docs.made.walls import declared
from tests.docs.marks import names_in, renewed
from tests.docs.pages import DOCS, ROOT, Page, pages

# Terms that a screen uses in a second sense or as a verb on a button.
SECOND_SENSE = {"return": "the movement, and what is given back", "require": "the town's button"}


def page(name: str) -> Page:
    return Page(DOCS / "reference" / name)


def rows(name: str) -> list[list[str]]:
    """The cells of all table rows of a page, heads left out."""
    lines = [line for line in page(name).text.splitlines() if line.startswith("|")]
    rules = {number for number, line in enumerate(lines) if re.fullmatch(r"\|( ?-+ ?\|)+", line)}
    heads = {number - 1 for number in rules}
    body = [line for number, line in enumerate(lines) if number not in heads | rules]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


@pytest.mark.parametrize("made", [one for one in pages() if names_in(one)], ids=lambda made: made.name)
def test_what_is_made_from_the_code_is_up_to_date(made: Page) -> None:
    assert made.text == renewed(made, MAKERS), "behind the code: run python -m tests.docs"


def test_every_block_stands_on_a_page_and_is_closed() -> None:
    used = [name for one in pages() for name in names_in(one)]
    assert sorted(used) == sorted(MAKERS)
    for one in pages():
        assert one.text.count("<!-- made from") == len(names_in(one)) == one.text.count("<!-- end -->")


def test_a_block_that_is_behind_the_code_is_seen(tmp_path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Page\n<!-- made from the code: age-bands -->\nold\n<!-- end -->\nby hand\n")
    new = renewed(Page(path), MAKERS)
    assert "old" not in new
    assert "`65+`" in new
    assert new.endswith("<!-- end -->\nby hand\n")


def test_every_command_and_option_is_described() -> None:
    text = page("commands.md").text
    for name in cli.COMMANDS:
        command = cli.townbridge.get_command(click.Context(cli.townbridge), name)
        assert command is not None
        for inner in command.commands.values() if isinstance(command, click.Group) else [command]:
            assert inner.help, f"{name} {inner.name} does not say what it does"
            wanted = [p for p in inner.params if isinstance(p, click.Option) and not p.hidden]
            assert all(f"`{'/'.join(option.opts)}" in text for option in wanted)


def test_every_setting_is_described() -> None:
    described = re.findall(r"^\| `TOWNBRIDGE_(\w+)` \|[^|]*\| \S", page("settings.md").text, re.MULTILINE)
    assert [name.lower() for name in described] == list(Settings.__struct_fields__)


def test_every_setting_of_a_town_and_module_has_a_sentence() -> None:
    assert [cells[0] for cells in rows("settings.md") if not cells[2]] == []


def test_every_role_and_compartment_is_explained() -> None:
    listed = [cells[0].strip("`") for cells in rows("roles.md")]
    assert set(ROLES) <= set(listed)
    assert {cells[0].strip("`") for cells in rows("roles.md") if len(cells) == 2} == COMPARTMENTS


def test_every_door_of_the_migrations_is_listed() -> None:
    doors = [
        (table.full_name, door.name)
        for table in declared()
        for door in policies(table)
        if door.name != "tenant_wall"
    ]
    listed = [(cells[0].strip("`"), cells[1].strip("`")) for cells in rows("doors.md") if len(cells) == 6]
    assert sorted(listed) == sorted(doors)


def test_every_table_of_the_migrations_is_listed() -> None:
    listed = {cells[0].strip("`") for cells in rows("doors.md")}
    assert {table.full_name for table in declared()} <= listed
    assert {name.replace("*", "<schema>") for name in EXEMPT} <= listed


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (core.sdk, "sdk.md"),
        *((each, "sdk-people.md") for each in (people, personal, values, tenancy, migrations)),
        *((each, "sdk-reports.md") for each in (charts, figures, reports)),
    ],
)
def test_every_exported_name_of_the_sdk_is_described(module, name: str) -> None:
    text = page(name).text
    heads = set(re.findall(r"^### (\w+)$", text, re.MULTILINE))
    described = heads | set(re.findall(r"^\| `(\w+)` \| \S", text, re.MULTILINE))
    assert set(module.__all__) - described == set()


def test_all_fourteen_hooks_are_described() -> None:
    hooks = [name for name in vars(HookSpecs) if name.startswith("declare_")]
    described = [cells[0].strip("`") for cells in rows("sdk.md") if cells[0].startswith("`declare_")]
    assert described == hooks
    assert len(hooks) == 14


def test_everything_of_a_context_is_described() -> None:
    assert [
        cells[0]
        for name in ("sdk.md", "sdk-people.md", "sdk-reports.md")
        for cells in rows(name)
        if not cells[1]
    ] == []


def test_files_of_the_exchange_folder_are_those_that_are_taken() -> None:
    listed = [file for cells in rows("exchange-folder.md") for file in re.findall(r"`([\w/<>.]+)`", cells[0])]
    files = {name for name in listed if "." in name and not name.startswith(".") and " " not in name}
    taken = [pattern for e in plugins().plugins for each in e.imports for pattern in each.files]
    assert files >= MASTER_FILES
    others = files - MASTER_FILES
    assert all(any(fnmatch(name, pattern) for pattern in taken) for name in others)
    assert all(any(fnmatch(name, pattern) for name in others) for pattern in taken)


def test_columns_and_types_of_movements_are_listed() -> None:
    section = page("exchange-folder.md").text.partition("## Columns of `movements.csv`")[2].partition("##")[0]
    named = re.findall(r"`(\w+)`", section)
    assert tuple(named[: len(COLUMNS)]) == COLUMNS
    assert set(KINDS) <= set(named)


def test_every_figure_is_explained() -> None:
    codes = [cells[0].rstrip(" *") for cells in rows("figures.md") if re.match(r"[A-Z]{3}-\d\d", cells[0])]
    declared_codes = [i.code for entry in plugins().plugins for i in entry.indicators]
    assert sorted(codes) == sorted(declared_codes * 3)


def test_glossary_has_each_term_once_in_three_languages() -> None:
    terms = rows("glossary.md")
    assert all(len(cells) == 3 and all(cells) for cells in terms)
    assert len({cells[0] for cells in terms}) == len(terms)


def test_screens_use_the_words_of_the_glossary() -> None:
    plugins()
    said = {message.lower(): chinese for message, chinese in i18n._messages("zh").items()}
    for _term, chinese, english in rows("glossary.md"):
        pairs = zip(re.sub(r"（.*?）", "", chinese).split(" / "), english.split(" / "), strict=True)
        for wanted, term in ((zh.split("：")[-1].strip(), en.split(": ")[-1]) for zh, en in pairs):
            if term not in SECOND_SENSE:
                assert said.get(term.lower(), wanted) == wanted, term


@pytest.mark.requirement("R50")
def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[><=; \[]", each)[0].lower() for each in wanted}
    listed = [cells for cells in rows("dependencies.md") if cells[0].startswith("`")]
    named = {name for cells in listed for name in re.findall(r"`([^`]+)`", cells[0])}
    assert named == names
    assert all(cells[1] for cells in listed)
