"""How much of the abuse set is run: a sample in every build, all of it by `make abuse`."""

from __future__ import annotations

import os
from typing import TypeVar

__all__ = ["IS_FULL", "of_size"]

IS_FULL = os.environ.get("TOWNBRIDGE_TEST_ABUSE") == "full"

Size = TypeVar("Size")


def of_size(*, sample: Size, full: Size) -> Size:
    """The same code with another number."""
    return full if IS_FULL else sample
