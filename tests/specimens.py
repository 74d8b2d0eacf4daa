"""Plug-ins that a test writes: packages `specimen_...`, importable for its time and forgotten after it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["importable"]


@contextmanager
def importable(folder: Path) -> Iterator[Path]:
    sys.path.insert(0, str(folder))
    try:
        yield folder
    finally:
        sys.path.remove(str(folder))
        for module in [name for name in sys.modules if name.startswith("specimen_")]:
            del sys.modules[module]
