"""The servers' log files: their last words for an error message, and a limit to their size."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

__all__ = ["complaint", "last_words", "size", "trim"]

LIMIT = 8 * 1024 * 1024
"""Bytes at which a log is cut."""
KEPT = 1024 * 1024
"""Bytes of its end that stay."""


def size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def last_words(path: Path, since: int) -> str:
    """The last complaint in the log after byte `since`, else its last line."""
    try:
        said = _tail(path, min(max(size(path) - since, 0), 4096)).decode("utf-8", "replace").splitlines()
    except OSError:
        said = []
    return complaint(said)


def complaint(lines: Sequence[str]) -> str:
    """The last line that looks like the reason of a failure, else the last one."""
    signs = ("FATAL", "PANIC", "rror", "denied", "could not")
    reasons = [line for line in lines if any(sign in line for sign in signs)]
    return (reasons or list(lines) or ["it said nothing"])[-1].strip()


def _tail(path: Path, count: int) -> bytes:
    # The folder belongs to the servers' account, so that as root we must not follow a link laid there.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        file.seek(-min(count, os.fstat(file.fileno()).st_size), os.SEEK_END)
        return file.read(count)


def trim(path: Path) -> None:
    """Cut a log that has grown over `LIMIT` in place: the servers append, and so go on at the new end."""
    try:
        about = path.lstat()
        if about.st_size <= LIMIT or not stat.S_ISREG(about.st_mode):
            return
        end = _tail(path, KEPT).partition(b"\n")[2]
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW), "wb") as file:
            file.truncate(0)
            file.write(end)
    except OSError:
        return  # gone, or not ours: the log is a convenience
