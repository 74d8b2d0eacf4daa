"""The folder that a backup is: a manifest, the keys, and the database as PostgreSQL copies itself.

The manifest is written last and the folder gets its name when it is whole, so what can be read as a backup is one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from core.kernel import clock
from core.kernel.embedded.checks import LIST, damaged
from core.kernel.errors import Conflict, Misconfigured, NotFound
from core.kernel.files import digest_of, flush_folder, write_new
from core.kernel.i18n import gettext_noop as _
from core.kernel.keys import key_files

__all__ = [
    "DATABASE",
    "KEYS",
    "LastBackup",
    "Manifest",
    "abandoned",
    "check_files",
    "key_digests",
    "last_backup",
    "new_folder",
    "note_backup",
    "read_manifest",
    "write_manifest",
]

NAME, VERSION = "townbridge-backup", 1
FILE, KEYS, DATABASE = f"{NAME}.json", "keys", "database"
LAST = "backup.last"
ABANDONED = 6 * 3600.0
"""Seconds after which what a killed backup has left is taken away by the next one."""


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup says of itself; unknown fields are those of a later minor version."""

    format: str = f"{NAME}/{VERSION}"
    begun_at: datetime
    """What was acknowledged before this is in the backup."""
    ended_at: datetime
    """The moment whose state the backup holds."""
    product: str
    postgres: str
    migrations: dict[str, list[str]]
    key_fingerprint: str
    keys: dict[str, str]
    """SHA-256 of each key file."""
    database_list: str
    """SHA-256 of PostgreSQL's own list of its files."""
    size: int
    """Bytes of the database."""


class LastBackup(Struct, frozen=True, kw_only=True):
    """The last backup of a home that was good."""

    at: datetime
    folder: str
    is_proven: bool


@contextmanager
def new_folder(target: Path, home: Path) -> Generator[Path]:
    """A folder beside `target` to work in; it takes that name when the block ends well, and else is gone."""
    _refuse(target, home)
    prefix = f".{NAME}.new-"
    for left in abandoned(target.parent, prefix):
        shutil.rmtree(left, ignore_errors=True)
    building = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    try:
        yield building
        flush_folder(building)
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    flush_folder(target.parent)


def _refuse(target: Path, home: Path) -> None:
    if not target.parent.is_dir():
        raise NotFound(
            _("There is no folder %(folder)s."),
            _("Make it, or mount the disk that it should be on."),
            folder=str(target.parent),
        )
    if target.resolve().is_relative_to(home.resolve()):
        raise Misconfigured(
            _("A backup inside the home folder is lost with it."),
            _("Name a folder outside %(home)s."),
            home=str(home),
        )
    if target.is_symlink() or (target.exists() and not _is_empty(target)):
        raise Conflict(
            _("%(folder)s exists already and is not an empty folder."),
            _("Name a new folder for each backup."),
            folder=str(target),
        )
    if target.is_mount():
        raise Conflict(
            _("%(folder)s is a disk of its own."), _("Name a new folder on it."), folder=str(target)
        )


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def abandoned(around: Path, prefix: str) -> Iterator[Path]:
    """What our killed backups have left in a folder; a younger one may still be at work."""
    for left in around.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            about = left.lstat()
            if about.st_uid == os.geteuid() and about.st_mtime < clock.now().timestamp() - ABANDONED:
                yield left


def key_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each key file of a folder."""
    return {path.name: digest_of(path) for path in key_files(folder)}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    write_new(folder / FILE, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """What the backup in `folder` says of itself; refuses what is no backup, or one of a later format."""
    try:
        content = (folder / FILE).read_bytes()
    except OSError:
        raise NotFound(
            _("%(folder)s is not a backup of Townbridge."),
            _("Name the folder that `townbridge backup` has made; the file %(file)s stands in it."),
            folder=str(folder),
            file=FILE,
        ) from None
    try:
        name, _slash, version = msgspec.json.decode(content)["format"].partition("/")
        if name == NAME and int(version.partition(".")[0]) > VERSION:
            raise Conflict(
                _("This backup was made by a later version of Townbridge."),
                _("Install that version, or a later one, and restore with it."),
            )
        if name == NAME:
            return msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, ValueError, TypeError, LookupError, AttributeError):
        pass  # said below
    raise damaged(FILE)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raise `Broken` unless the key files, and PostgreSQL's list of its files, are those of the manifest."""
    found = key_digests(folder / KEYS)
    for name in sorted(found.keys() | manifest.keys.keys()):
        if found.get(name) != manifest.keys.get(name):
            raise damaged(f"{KEYS}/{name}")
    listed = folder / DATABASE / LIST
    if not listed.is_file() or digest_of(listed) != manifest.database_list:
        raise damaged(f"{DATABASE}/{LIST}")


def note_backup(home: Path, last: LastBackup) -> None:
    """Keep in the home when it was last backed up, for `doctor`."""
    aside = home / f".{LAST}.new"
    aside.unlink(missing_ok=True)
    write_new(aside, msgspec.json.encode(last))
    if os.geteuid() == 0:
        os.chown(aside, home.stat().st_uid, home.stat().st_gid, follow_symlinks=False)
    aside.rename(home / LAST)


def last_backup(home: Path) -> LastBackup | None:
    """None when there was none, or nobody can tell."""
    try:
        return msgspec.json.decode((home / LAST).read_bytes(), type=LastBackup)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
