"""The bench is there to be run by hand; here only that all of it can be, and that its table tells what it should."""

from __future__ import annotations

import re
from math import nan
from pathlib import Path

from tests.bench import environments
from tests.bench.__main__ import WORKLOADS
from tests.bench.goals import at_least, at_most, missing, table
from tests.bench.rounds import Ratio, in_turn, ratio
from tests.bench.sizes import FULL, SMALL

PINNED = re.compile(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*")


def test_every_workload_has_its_letter() -> None:
    assert {code[0] for code in WORKLOADS} == set("ABCDEFG")
    assert SMALL.events < FULL.events


def test_the_table_says_what_is_met_what_is_short_and_who_was_not_there() -> None:
    half = Ratio(0.5, 0.25, 0.75)
    lines = table(
        [
            at_least("A1", "list", "floor", half, 0.5),
            at_least("A1", "list", "Django", half, 10),
            at_most("A4", "p99", "floor", half, 0.4, " ms"),
            missing("C2", "jobs", "Celery"),
        ]
    ).splitlines()
    assert [line.split()[-1] for line in lines[1:4]] == ["met", "short", "short"]
    assert "0.25-0.75" in lines[1]
    assert ">= 0.5" in lines[1]
    assert lines[3].split()[3:5] == ["0.50", "ms"]
    assert lines[4].endswith("peer not installed")
    assert "nan" not in lines[4]


async def test_the_sides_take_turns_and_their_ratios_are_paired() -> None:
    called: list[str] = []

    def side(name: str, *seconds: float):
        left = list(seconds)

        async def run() -> float:
            called.append(name)
            return left.pop(0)

        return run

    floor, ours = await in_turn(side("floor", 1, 2, 4), side("ours", 2, 2, 16), rounds=3)
    assert called == ["floor", "ours", "ours", "floor", "floor", "ours"]
    assert ratio(ours, floor) == Ratio(2.0, 1.0, 4.0)
    assert Ratio.once(nan).middle is nan


def test_what_the_peers_need_is_pinned_by_version_and_names_no_address() -> None:
    files = sorted(environments.PEERS.glob("*.txt"))
    assert [file.stem for file in files] == ["celery", "django", "fastapi"]
    for file in files:
        assert [line for line in file.read_text().splitlines() if not PINNED.fullmatch(line)] == [], file.name


async def test_a_peer_that_cannot_be_installed_is_left_out_aloud(monkeypatch, tmp_path: Path, capsys) -> None:
    async def fails(*_command: str) -> bool:
        return False

    (tmp_path / "nobody.txt").write_text("nobody==1\n")
    monkeypatch.setattr(environments, "PEERS", tmp_path)
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    monkeypatch.setattr(environments, "_succeeds", fails)
    assert await environments.python_of("nobody") is None
    assert "PEER NOT INSTALLED" in capsys.readouterr().err
