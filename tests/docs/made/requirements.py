"""The security requirements with what proves them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.docs.made.table import table
from tests.requirements import Proof, proofs, requirements


def rows() -> str:
    asked, found = requirements(), proofs()
    proved = {number: [proof for proof in found if proof.row == number] for number in asked}
    lines = [
        (number, row.text, _proved(proved[number]), row.open or row.part) for number, row in asked.items()
    ]
    still_open = sum(bool(row.open) for row in asked.values())
    in_part = sum(bool(row.part) for row in asked.values())
    told = (
        f"{len(asked)} rows: {len(asked) - still_open} are tested, {in_part} of them in part; "
        f"{still_open} are open."
    )
    return f"{told}\n\n{table(('row', 'requirement', 'tests', 'not yet'), lines)}"


def _proved(found: Sequence[Proof]) -> str:
    """A link to each module."""
    modules = dict.fromkeys(proof.path for proof in found)
    return ", ".join(f"[{_short(path)}](../../tests/{path})" for path in modules)


def _short(path: str) -> str:
    return path.rpartition("/")[2].removeprefix("test_").removesuffix(".py")


BLOCKS = {"requirements": rows}
