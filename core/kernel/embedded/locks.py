"""Locks between processes: the kernel drops them with their holder, so that kill -9 leaves none behind."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from core.kernel.errors import Unavailable
from core.kernel.i18n import gettext_noop as _

__all__ = ["Users", "gate"]

PATIENCE = 180.0
"""Seconds for which one process waits for another's start; recovery after a crash may take minutes."""

_open: set[int] = set()


def _forget() -> None:
    for number in _open:
        os.close(number)
    _open.clear()


# A forked child shares the locks of its parent: it would keep them after the parent's death.
os.register_at_fork(after_in_child=_forget)


def _lock_file(path: Path) -> int:
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    owner = path.parent.stat().st_uid
    if os.geteuid() == 0 and os.fstat(number).st_uid != owner:
        os.fchown(number, owner, -1)  # root helped out in somebody's home: she must get in again
    _open.add(number)
    return number


def _close(number: int) -> None:
    if number in _open:
        _open.discard(number)
        os.close(number)


def _try(number: int, kind: int) -> bool:
    try:
        fcntl.flock(number, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def gate(home: Path, patience: float = PATIENCE) -> Generator[None]:
    """Hold the home's one gate: starting, restarting and stopping servers happens one process at a time."""
    number = _lock_file(home / "services.lock")
    try:
        deadline = time.monotonic() + patience
        while not _try(number, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise Unavailable(
                    _("Another Townbridge process has been starting or stopping the database for too long."),
                    _("Look for it with `ps`, end it and try again."),
                )
            time.sleep(0.02)
        yield
    finally:
        _close(number)


class Users:
    """The shared lock that every user of the servers holds; who can have it alone is the last one."""

    def __init__(self, home: Path) -> None:
        self._number = _lock_file(home / "services.users")

    def join(self) -> None:
        fcntl.flock(self._number, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Call it with the gate held: nobody can join meanwhile."""
        return _try(self._number, fcntl.LOCK_EX)

    def leave(self) -> None:
        _close(self._number)
