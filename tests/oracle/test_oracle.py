"""The oracle itself against the answers that were published with the sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.oracle import Oracle, table
from tests.oracle.product import COUNTED, JUDGED, unlike

SAMPLE = Path(__file__).parents[2].parent / "shared" / "data" / "xinghe-2025"


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle.of(SAMPLE)


def published(name: str) -> list[dict[str, str]]:
    return [row for row in table(SAMPLE / "expected" / name) if row["file"].startswith(JUDGED)]


def test_its_verdicts_are_the_published_ones(oracle: Oracle) -> None:
    notes = {
        (row["file"], row["sheet"], int(row["row"]), row["severity"], row["reason"], row["column"])
        for row in published("rejects.csv")
    }
    assert len(notes) == 291
    assert unlike("note", notes, oracle.notes) == []


def test_its_counts_of_rows_are_the_published_ones(oracle: Oracle) -> None:
    names = ("rows", "accepted", "rejected", "warnings")
    lines = {
        (row["file"], row["sheet"], *(int(row[name]) for name in names)) for row in published("imports.csv")
    }
    assert len(lines) == 11
    assert unlike("line", lines, oracle.lines) == []


def test_its_figures_are_the_published_ones(oracle: Oracle) -> None:
    columns = ("level", "unit", "period", "indicator", "cut")
    figures = {
        (tuple(row[name] for name in columns), (row["num"], row["den"]))
        for row in table(SAMPLE / "expected" / "figures.csv")
        if row["indicator"] in COUNTED
    }
    assert len(figures) == 13117
    assert unlike("figure", figures, set(oracle.figures.items())) == []


def test_its_suppressed_table_is_the_published_one(oracle: Oracle) -> None:
    rows = {
        (row["unit"], row["indicator"], row["cut"], row["shown"])
        for row in table(SAMPLE / "expected" / "published.csv")
        if row["indicator"][:3] in ("POP", "SUP")
    }
    assert len(rows) == 18
    assert unlike("published", rows, oracle.published) == []


def test_its_balances_are_the_published_ones(oracle: Oracle) -> None:
    names = ("tenant", "point", "sku", "lot", "balance")
    rows = {tuple(row[name] for name in names) for row in table(SAMPLE / "expected" / "stock_balances.csv")}
    assert len(rows) == 211
    assert unlike("balance", rows, oracle.supplies.balances) == []
