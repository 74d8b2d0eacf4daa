"""Whether a copy of the database is still what PostgreSQL wrote: every file, and the log that makes it whole.

This is the work of `pg_verifybackup`, done here because that program of the wheel does not start. It detects
damage, not a forger: who can write the copy can write its list as well.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from core.kernel.embedded.account import ourselves
from core.kernel.embedded.copies import Tell
from core.kernel.embedded.logs import complaint
from core.kernel.embedded.processes import run
from core.kernel.errors import Broken
from core.kernel.files import digest_of
from core.kernel.i18n import gettext_noop as _

__all__ = ["LIST", "check_copy", "damaged"]

LIST = "backup_manifest"
CHECKSUM_LINE = b'"Manifest-Checksum"'
UNLISTED = {LIST, "postgresql.auto.conf", "pg_wal"}
"""What the list does not hold; the log is read instead."""


class _File(Struct, rename="pascal"):
    size: int
    path: str = ""
    encoded_path: str = msgspec.field(name="Encoded-Path", default="")
    algorithm: str = msgspec.field(name="Checksum-Algorithm", default="")
    checksum: str = ""

    @property
    def place(self) -> str:
        return self.path or os.fsdecode(bytes.fromhex(self.encoded_path))


class _Range(Struct):
    timeline: int = msgspec.field(name="Timeline")
    start: str = msgspec.field(name="Start-LSN")
    end: str = msgspec.field(name="End-LSN")


class _List(Struct):
    files: list[_File] = msgspec.field(name="Files")
    ranges: list[_Range] = msgspec.field(name="WAL-Ranges")


def check_copy(data: Path, programs: Path, tell: Tell) -> None:
    """Raise `Broken`, with the first thing that is wrong, unless the copy in `data` is whole."""
    listed = _read(data / LIST)
    _compare_names(data, {file.place for file in listed.files})
    total, done = sum(file.size for file in listed.files) // 1024, 0
    for file in listed.files:
        _compare(data / file.place, file)
        done += file.size
        tell("checksums", done // 1024, total)
    for each in listed.ranges:
        _read_log(data / "pg_wal", programs, each)


def _read(path: Path) -> _List:
    try:
        content = path.read_bytes()
        sealed, _mark, checksum = content.rpartition(CHECKSUM_LINE)
        if hashlib.sha256(sealed).hexdigest() not in checksum.decode():
            raise damaged(LIST)
        return msgspec.json.decode(content, type=_List)
    except (OSError, ValueError, msgspec.MsgspecError):
        raise damaged(LIST) from None


def _compare_names(data: Path, listed: set[str]) -> None:
    found = set(_files(data))
    for name in sorted(found ^ listed):
        if name.partition("/")[0] not in UNLISTED:
            raise damaged(name)


def _files(data: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(data):
        for name in (*folders, *files):
            path = Path(folder) / name
            mode = path.lstat().st_mode
            # Nothing of ours is a link: one would lead whoever restores, perhaps root, out of the backup.
            if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
                raise damaged(str(path.relative_to(data)))
        yield from (str((Path(folder) / name).relative_to(data)) for name in files)


def _compare(path: Path, file: _File) -> None:
    try:
        is_sound = (
            file.algorithm == "SHA256"
            and path.stat().st_size == file.size
            and digest_of(path) == file.checksum
        )
    except OSError:
        is_sound = False
    if not is_sound:
        raise damaged(file.place)


def _read_log(folder: Path, programs: Path, log: _Range) -> None:
    """Every record from where recovery begins to where the copy is consistent, its checksum included."""
    place = ("--path", folder, "--timeline", str(log.timeline), "--start", log.start, "--end", log.end)
    done = run((programs / "pg_waldump", "--quiet", *place), ourselves())
    if done.returncode:
        raise Broken(
            _("The log in the backup is not whole: %(said)s."),
            _("Use another backup; this one cannot be restored."),
            said=complaint(done.stdout.strip().splitlines()).rstrip("."),
        )


def damaged(name: str) -> Broken:
    """What to say of a file of a backup that is not as it was written."""
    return Broken(
        _("%(file)s in the backup is missing, strange or not as it was written."),
        _("Use another backup; this one cannot be restored."),
        file=name,
    )
