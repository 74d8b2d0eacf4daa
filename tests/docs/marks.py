"""Blocks of a page that are made from the code: `python -m tests.docs` writes them, a test holds them to it.

A block stands between `<!-- made from the code: NAME -->` and `<!-- end -->`; the rest of a page is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tests.docs.pages import Page

BLOCK = re.compile(r"(<!-- made from the code: (\w[\w-]*) -->\n).*?(<!-- end -->)", re.DOTALL)

Makers = Mapping[str, Callable[[], str]]


def names_in(page: Page) -> list[str]:
    """The blocks that a page has."""
    return [name for _head, name, _tail in BLOCK.findall(page.text)]


def renewed(page: Page, makers: Makers) -> str:
    """The page with every block as the code has it now."""

    def block(found: re.Match[str]) -> str:
        return f"{found[1]}\n{makers[found[2]]().strip()}\n\n{found[3]}"

    return BLOCK.sub(block, page.text)
