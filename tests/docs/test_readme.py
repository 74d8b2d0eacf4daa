"""The README is short and true."""

from __future__ import annotations

import re
import tomllib

from packaging.specifiers import SpecifierSet

from core.cli import COMMANDS
from tests.docs.pages import ROOT, Page

README = Page(ROOT / "README.md")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_readme_is_under_120_lines() -> None:
    assert README.text.count("\n") < 120


def test_make_targets_of_the_readme_exist() -> None:
    named = set(re.findall(r"(?:^\$ |`)make ([a-z]+)", README.text, re.MULTILINE))
    assert {"setup", "demo", "test"} <= named
    assert named <= TARGETS


def test_every_make_target_is_in_the_readme_or_in_its_help() -> None:
    described = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
    assert described == TARGETS


def test_python_versions_are_those_of_the_project() -> None:
    supported = SpecifierSet(PROJECT["requires-python"])
    named = set(re.findall(r"\b3\.\d+\b", README.text))
    assert named == {f"3.{minor}" for minor in range(30) if supported.contains(f"3.{minor}")}


def test_port_is_that_of_the_makefile() -> None:
    [port] = re.findall(r"^PORT \?= (\d+)$", MAKEFILE, re.MULTILINE)
    assert f"port {port}" in " ".join(README.text.split())


def test_folders_of_the_map_exist_and_none_is_missing() -> None:
    table = README.text.partition("## Map")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name.removesuffix("/<name>") for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert all((ROOT / name).is_dir() for name in named)
    parts = {f"core/{path.name}" for path in (ROOT / "core").iterdir() if (path / "__init__.py").exists()}
    assert parts | {"tenants", "plugins", "tests", "docs"} <= named


def test_commands_of_the_readme_are_all_that_there_are() -> None:
    section = README.text.partition("The program is")[2].partition("## Map")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `townbridge")]
    named = {word for line in lines for word in re.findall(r"`(?:townbridge )?(\w+)", line.split("|")[1])}
    assert named == set(COMMANDS)


def test_readme_shows_the_portal() -> None:
    [picture] = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", README.text)
    content = (ROOT / picture).read_bytes()
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (1280, 800)
    assert len(content) < 200_000


def test_licence_is_the_one_of_the_project() -> None:
    assert PROJECT["license"] in README.text
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text(encoding="utf-8")
