"""Every security requirement is proved by a test that names it, or is said to be open, never both."""

from __future__ import annotations

from pathlib import Path

from tests.requirements import Requirement, proofs, requirements, verdicts


def test_every_row_is_tested_or_open_with_a_reason() -> None:
    rows = requirements()
    assert list(rows) == [f"R{number:02d}" for number in range(1, 51)]
    assert list(verdicts(rows, proofs())) == []


def test_a_row_that_nobody_proves_and_a_mark_of_no_row_are_seen(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        'import pytest\npytestmark = [pytest.mark.slow, pytest.mark.requirement("R01")]\n'
        '@pytest.mark.requirement("R02", "R99")\nasync def test_a():\n    assert 1\n'
        "def helper():\n    pass\n"
    )
    found = proofs(tmp_path)
    assert [(proof.row, proof.path, proof.test) for proof in found] == [
        ("R01", "test_a.py", "test_a"),
        ("R02", "test_a.py", "test_a"),
        ("R99", "test_a.py", "test_a"),
    ]
    rows = {
        "R01": Requirement(text="one"),
        "R02": Requirement(text="two", open="later"),
        "R03": Requirement(text="three"),
        "R04": Requirement(text="four", open="later"),
        "R05": Requirement(text=" ", open="later", part="half"),
    }
    assert list(verdicts(rows, found)) == [
        "test_a.py:test_a names R99, which is no row",
        "R02 is said to be open, and is tested",
        "R03 is neither tested nor said to be open",
        "R05 says nothing",
        "R05 is open as a whole and in part",
    ]
