"""What a page tells a reader to type is a command that exists, with options that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from core.cli import townbridge
from tests.docs.pages import ROOT, pages

TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
EXAMPLES = [(page.name, command) for page in pages() for command in page.commands]
# First word -> why the line is read but not run here.
NOT_RUN = {
    "townbridge": "its arguments are parsed below; the journeys run the commands themselves",
    "make": "its target is looked up below; CI runs make lint and make test, the journeys the demonstration",
    "export": "sets a variable; its name is looked up in the settings",
    "docker": "there is no Docker engine where the tests run; the Dockerfile has tests of its own",
    "createdb": "a program of PostgreSQL; the roles that follow it are made by every test with a database",
    "psql": "a program of PostgreSQL; the statements in its file are made from the code",
    "pg_dump": "a program of PostgreSQL",
    "pg_restore": "a program of PostgreSQL",
    "tar": "a program of the system; the folders that it packs are looked up in test_facts.py",
    "pip": "the plug-in of that page is installed and run in first_plugin/",
    "pytest": "the same",
}


def parsed(arguments: list[str]) -> list[str]:
    """The names of the commands on the way; raises click.UsageError for what townbridge would refuse."""
    context = townbridge.make_context("townbridge", list(arguments))
    names: list[str] = []
    command: click.Command = townbridge
    while isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        name, found, rest = command.resolve_command(context, rest)
        assert name
        assert found
        names.append(name)
        command, context = found, found.make_context(name, rest, parent=context)
    return names


@pytest.mark.parametrize(("page", "command"), EXAMPLES)
def test_example_can_be_typed(
    page: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FOLDER").mkdir()
    first, *rest = shlex.split(command)
    assert first in NOT_RUN, f"{page}: run it in a test, or say in NOT_RUN why not"
    if first == "make":
        assert {word for word in rest if "=" not in word} <= TARGETS
    elif first == "townbridge":
        assert parsed(rest)
    elif first == "export":
        assert f"| `{rest[0].partition('=')[0]}` |" in (ROOT / "docs/reference/settings.md").read_text(
            encoding="utf-8"
        )


def test_every_kind_of_example_is_used() -> None:
    assert {shlex.split(command)[0] for _, command in EXAMPLES} == set(NOT_RUN)


@pytest.mark.parametrize("wrong", [["nonsense"], ["load", "--no-such-option", "."], ["user", "nonsense"]])
def test_a_wrong_example_is_seen(wrong: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parsed(wrong)
