"""Copies of a running database: made through the replication protocol, put in a home that has none."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.kernel.embedded.account import Account, ourselves
from core.kernel.embedded.logs import complaint
from core.kernel.embedded.places import Places
from core.kernel.embedded.processes import follow, run
from core.kernel.errors import Unavailable
from core.kernel.files import flush_folder
from core.kernel.i18n import gettext_noop as _

__all__ = ["Tell", "make_copy", "put_copy"]

Tell = Callable[[str, int, int], None]
"""What is being done, how much of it is done, of how much."""

PROGRESS = re.compile(r"\s*(\d+)/(\d+) kB")


def make_copy(programs: Path, dsn: str, target: Path, tell: Tell) -> None:
    """Copy the database into the new folder `target` while it works, with the log that makes it whole.

    The copy is ours, not the servers' account's: it may lie where that account cannot go.
    """

    def line(text: str) -> None:
        if found := PROGRESS.match(text):
            tell("database", int(found[1]), int(found[2]))

    command: tuple[str | Path, ...] = (
        programs / "pg_basebackup",
        *("--dbname", dsn, "--no-password", "--pgdata", target),
        # A fast checkpoint: else the copy waits minutes for the next one. SHA256 instead of CRC-32C.
        *("--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256", "--progress"),
    )
    status, said = follow(command, ourselves(), line)
    if status:
        raise Unavailable(
            _("The database could not be copied: %(said)s."),
            _("Correct that and try again; nothing was left behind."),
            said=complaint([text for text in said if not PROGRESS.match(text)]).rstrip("."),
        )


def put_copy(source: Path, places: Places, programs: Path) -> None:
    """Make a checked copy the database of these places: built aside, on the disk, then renamed."""
    # Beside the servers' folder and not in it: there their account could lay links for root to follow.
    around, prefix = places.folder.parent, f".{places.folder.name}.new-"
    for left in around.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix=prefix, dir=around))
    try:
        _copy_tree(source, building)
        if places.account.is_other:
            _give(building, places.account)
        done = run((programs / "initdb", "--sync-only", "-D", building), places.account, folder=building)
        if done.returncode:
            raise Unavailable(
                _("The database could not be put in its place: %(said)s."),
                _("Correct that and try again; the backup is unchanged."),
                said=complaint(done.stdout.strip().splitlines()).rstrip("."),
            )
        building.rename(places.postgres)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    flush_folder(places.folder)


def _copy_tree(source: Path, target: Path) -> None:
    """Contents alone: whatever carried the backup about may have loosened its permissions."""
    for folder, folders, files in os.walk(source):
        here = target / Path(folder).relative_to(source)
        for name in folders:
            (here / name).mkdir(mode=0o700)
        for name in files:
            shutil.copyfile(Path(folder) / name, here / name, follow_symlinks=False)
            (here / name).chmod(0o600)


def _give(tree: Path, account: Account) -> None:
    """From the leaves up: the account cannot come in before everything is its own."""
    for folder, _folders, files in os.walk(tree, topdown=False):
        for path in (*(Path(folder) / name for name in files), Path(folder)):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
