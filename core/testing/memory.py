"""A folder for what need not outlive a test: in memory where there is room."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["passing_folder"]

MEMORY = Path("/dev/shm")  # noqa: S108
"""A database has a thousand files, and some disks take a second to make them again and again."""
ROOM = 2 * 1024**3


@contextmanager
def passing_folder() -> Generator[Path]:
    place = MEMORY if _has_room(MEMORY) else None
    with tempfile.TemporaryDirectory(prefix="townbridge-test-", dir=place) as folder:
        # The account of the servers goes through it.
        Path(folder).chmod(0o755)
        yield Path(folder)


def _has_room(place: Path) -> bool:
    if not os.access(place, os.W_OK):
        return False
    about = os.statvfs(place)
    return about.f_bavail * about.f_frsize > ROOM and not about.f_flag & os.ST_NOEXEC
