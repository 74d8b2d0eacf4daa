"""Two towns and two years through `townbridge` itself, in a home of its own."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

from core.demo import generate
from core.kernel.embedded import Services
from core.kernel.settings import PREFIX
from core.testing import passing_folder
from tests.oracle.oracle import Oracle, table
from tests.oracle.product import JUDGED, unlike
from tests.oracle.towns import invent_town

Command = Callable[..., str]

pytestmark = pytest.mark.slow

COUNTS = ("rows", "accepted", "rejected", "warnings")


@pytest.fixture(scope="module")
def townbridge() -> Iterator[Command]:
    """What a command says; it must end well."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def run(*words: object) -> str:
        command = [sys.executable, "-m", "core.cli", "--home", str(home), *map(str, words)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    with passing_folder() as folder:
        home = folder / "home"
        yield run
        Services(home).discard()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Oracle]:
    """Two years of a town of odd offices, and one of the demonstration town, in the order of loading."""
    root = tmp_path_factory.mktemp("folders")
    town = invent_town(Random(20), "000009901", 2023, people=40)
    odd = [town.write(root / str(year), year) for year in (2023, 2024)]
    generate(root / "demo", today=date(2024, 12, 31), seed=24, size=0.3)
    return [Oracle.of(folder) for folder in (odd[0], root / "demo", odd[1])]


def check_load(townbridge: Command, oracle: Oracle, tmp_path: Path) -> None:
    told = json.loads(townbridge("load", oracle.folder, "--rejects", tmp_path / "rejects.csv", "--json"))
    assert (told["town"], told["year"]) == (oracle.code, oracle.year)
    notes = {
        (row["file"], row["sheet"], int(row["row"]), row["severity"], row["reason"], row["column"])
        for row in table(tmp_path / "rejects.csv")
    }
    assert unlike("note", oracle.notes, {note for note in notes if note[0].startswith(JUDGED)}) == []
    lines = {(file["file"], file["sheet"], *(file[name] for name in COUNTS)) for file in told["files"]}
    assert unlike("line", oracle.lines, {line for line in lines if line[0].startswith(JUDGED)}) == []


def check_exports(townbridge: Command, oracle: Oracle, tmp_path: Path) -> None:
    place = ("--year", oracle.year, "--region", oracle.code)
    townbridge("export", "figures", *place, "--out", tmp_path / "figures.csv")
    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["level", "unit", "period", "indicator", "cut", "num", "den"]
    figures = {(tuple(row[:5]), tuple(row[5:])) for row in rows}
    assert len(figures) == len(rows)
    assert unlike("figure", set(oracle.figures.items()), figures) == []
    townbridge("export", "imports", *place, "--out", tmp_path / "imports.csv")
    rows = table(tmp_path / "imports.csv")
    lines = {(row["file"], row["sheet"], *(int(row[name]) for name in COUNTS)) for row in rows}
    assert unlike("line", oracle.lines, lines) == []


def test_every_year_is_loaded_and_exported_as_the_oracle_says(
    townbridge: Command, folders: list[Oracle], tmp_path: Path
) -> None:
    for oracle in folders:
        check_load(townbridge, oracle, tmp_path)
    for oracle in folders:
        check_exports(townbridge, oracle, tmp_path)
    assert townbridge("figures", "rebuild") == "changed cells: 0\n"


def test_a_year_that_is_loaded_again_is_told_and_exported_as_before(
    townbridge: Command, folders: list[Oracle], tmp_path: Path
) -> None:
    first = folders[0]
    check_load(townbridge, first, tmp_path)
    check_exports(townbridge, first, tmp_path)
    assert townbridge("figures", "rebuild") == "changed cells: 0\n"
    assert json.loads(townbridge("verify", "--json"))["ok"] is True
