"""The published sample with cells of its text files exchanged at random: other verdicts, and again the oracle's."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from core.app import Platform
from tests.oracle.oracle import Oracle
from tests.oracle.product import differences, load
from tests.oracle.test_oracle import SAMPLE

pytestmark = pytest.mark.slow

ROSTERS = (("T04", "gb18030"), ("T05", "utf-8-sig"))


def copied(folder: Path) -> Path:
    for source in SAMPLE.rglob("*.*"):
        target = folder / source.relative_to(SAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    return folder


def exchange(path: Path, encoding: str, ending: str, rng: Random, share: float) -> None:
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline="")))
    header = next(place for place, row in enumerate(rows) if sum(map(bool, row)) > 5)
    body = [row for row in rows[header + 1 :] if sum(map(bool, row)) > 5]
    for _ in range(int(len(body) * share)):
        one, other = rng.choice(body), rng.choice(body)
        column = rng.randrange(len(one))
        spoiled = ("", one[column][:-1], one[column].lower(), f" {one[column]}1", other[column])
        one[column], other[column] = rng.choice(
            ((other[column], one[column]), (rng.choice(spoiled), other[column]))
        )
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ending).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def exchanged(folder: Path, rosters: Sequence[tuple[str, str]], rng: Random) -> Path:
    exchange(folder / "movements.csv", "utf-8", "\n", rng, 0.5)
    for tenant, encoding in rosters:
        exchange(folder / "rosters" / f"{tenant}.csv", encoding, "\r\n", rng, 0.3)
    return folder


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_sample_with_exchanged_cells_is_what_the_oracle_says(
    deployment: Platform, tmp_path: Path, seed: int
) -> None:
    folder = exchanged(copied(tmp_path / "sample"), ROSTERS, Random(seed))
    town = folder / "town.toml"
    own_code = town.read_text(encoding="utf-8").replace("000001101", f"00000880{seed}")
    town.write_text(own_code, encoding="utf-8")
    oracle = Oracle.of(folder)
    assert len(oracle.notes) > 500
    assert await differences(deployment, oracle, await load(deployment, folder)) == []
