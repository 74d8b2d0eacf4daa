"""The checks of the contract suite, in their order."""

from __future__ import annotations

from core.contract import LIVED, STATED
from tests.docs.made.table import table

__all__ = ["BLOCKS"]


def contract() -> str:
    rows = [(check.name, "declared and written") for check in STATED]
    rows += [(check.name, "tried in a town") for check in LIVED]
    return table(("of every module it must be so that", "how it is found"), rows)


BLOCKS = {"contract": contract}
