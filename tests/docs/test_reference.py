"""The reference pages say what the code says."""

from __future__ import annotations

import ast
import itertools
import re

import click
import pytest

from core import cli
from core.identity.roles import ROLES
from core.kernel import settings
from core.kernel.scope import COMPARTMENTS
from plugins.registration.indicators import INDICATORS
from tests.docs.pages import DOCS, ROOT


def text(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """The cells of all table rows of a page, heads left out."""
    lines = [line for line in text(name).splitlines() if line.startswith("|")]
    heads = {number - 1 for number, line in enumerate(lines) if line.startswith("|---")}
    body = [line for number, line in enumerate(lines) if number not in heads and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


def described_settings() -> dict[str, str]:
    """field -> the sentence that stands under it in the code."""
    tree = ast.parse((ROOT / "core/kernel/settings.py").read_text(encoding="utf-8"))
    [body] = [node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"]
    found: dict[str, str] = {}
    for field, sentence in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert isinstance(sentence, ast.Expr), f"{field.target.id} has no sentence under it"
            assert isinstance(sentence.value, ast.Constant)
            found[field.target.id] = " ".join(str(sentence.value.value).split())
    return found


def setting_row(name: str, sentence: str) -> str:
    default = getattr(settings.Settings(), name)
    shown = "" if default == "" else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    return f"| `TOWNBRIDGE_{name.upper()}` | {shown} | {sentence} |"


def test_settings_page_is_the_settings() -> None:
    wanted = [setting_row(name, sentence) for name, sentence in described_settings().items()]
    assert [line for line in text("settings.md").splitlines() if line.startswith("| `")] == wanted
    assert set(described_settings()) == set(settings.Settings.__struct_fields__)


def test_roles_page_is_the_role_table() -> None:
    listed = {cells[0].strip("`"): cells for cells in rows("roles.md") if len(cells) == 4}
    assert set(listed) == set(ROLES)
    for name, role in ROLES.items():
        place = "unit" if role.belongs_to == "tenant" else "town"
        opened = ", ".join(f"`{compartment}`" for compartment in sorted(role.compartments)) or "none"
        assert listed[name][1].startswith(place)
        assert listed[name][2] == opened


def test_roles_page_explains_every_compartment() -> None:
    assert {cells[0].strip("`") for cells in rows("roles.md") if len(cells) == 2} == COMPARTMENTS


def test_commands_page_names_every_command() -> None:
    named = set(re.findall(r"^\| `townbridge (\w+)", text("commands.md"), re.MULTILINE))
    assert named == set(cli.COMMANDS)


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_commands_page_names_every_subcommand_and_option(name: str) -> None:
    command = cli.townbridge.get_command(click.Context(cli.townbridge), name)
    assert command is not None
    lines = [line for line in text("commands.md").splitlines() if line.startswith(f"| `townbridge {name}")]
    inner = command.commands.items() if isinstance(command, click.Group) else [("", command)]
    for subname, subcommand in inner:
        [line] = [
            line for line in lines if not subname or f"{name} {subname}" in line or f"{name} ..." in line
        ]
        is_summary = "..." in line
        options = {
            o for p in subcommand.params if isinstance(p, click.Option) and not p.hidden for o in p.opts
        }
        assert is_summary or options <= set(re.findall(r"--[a-z-]+", line)), f"{name} {subname}"


def test_figures_page_lists_the_indicators_of_registration() -> None:
    listed = {cells[0]: cells for cells in rows("figures.md")}
    assert set(listed) == {indicator.code for indicator in INDICATORS}
    for indicator in INDICATORS:
        assert listed[indicator.code][5] == ", ".join(cut.name for cut in indicator.cuts)


def test_glossary_has_each_term_once_in_three_languages() -> None:
    terms = rows("glossary.md")
    assert all(len(cells) == 3 and all(cells) for cells in terms)
    assert len({cells[0] for cells in terms}) == len(terms)
