"""The root keys of a deployment: files in the home folder that never enter the database or a log.

`seal-<number>-<id>.key` seal and open fields, the highest number sealing; `index.key` finds them again;
`pseudonym.key` tells whether two tenants speak of one person. All are made together, at first use.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path

from msgspec import Struct

from core.kernel.errors import Misconfigured
from core.kernel.files import flush_folder, write_new
from core.kernel.i18n import gettext_noop as _

__all__ = ["RootKey", "RootKeys", "add_seal_key", "key_files", "load_keys", "put_keys"]

SIZE = 32
SEAL = re.compile(r"seal-(\d{4})-([0-9a-f]{8})\.key")


class RootKey(Struct, frozen=True):
    """32 random bytes; `name` is the file's, and its id stands in the header of what it sealed."""

    name: str
    secret: bytes

    @property
    def key_id(self) -> bytes:
        found = SEAL.fullmatch(self.name)
        return bytes.fromhex(found[2]) if found else b""

    def __repr__(self) -> str:
        return f"RootKey({self.name})"


class RootKeys(Struct, frozen=True):
    """The keys of one home folder; `seals` from the oldest to the one in use."""

    seals: tuple[RootKey, ...]
    index: RootKey
    pseudonym: RootKey


def load_keys(home: Path) -> RootKeys:
    """The keys of `home`, made on first use; raises `Misconfigured` when only some of them are there."""
    folder = home / "keys"
    if not key_files(folder):
        _make(folder)
    keys = {path.name: _read(path) for path in key_files(folder)}
    seals = tuple(keys[name] for name in sorted(keys) if SEAL.fullmatch(name))
    for name in ("index.key", "pseudonym.key"):
        if name not in keys:
            raise _missing(folder, name)
    if not seals:
        raise _missing(folder, "seal-0001-*.key")
    return RootKeys(seals, keys["index.key"], keys["pseudonym.key"])


def add_seal_key(home: Path) -> RootKey:
    """Rotate: from its next start on, every process seals with the new key; the older ones still open."""
    folder = home / "keys"
    number = int(load_keys(home).seals[-1].name[5:9]) + 1
    name = _seal_name(number)
    _write(folder / name)
    return _read(folder / name)


def put_keys(source: Path, folder: Path) -> None:
    """Copy the key files of the folder `source` into the new folder `folder`, all or none, for its owner alone."""
    aside = Path(tempfile.mkdtemp(prefix=".keys-", dir=folder.parent))
    try:
        for path in key_files(source):
            _write(aside / path.name, path.read_bytes())
        if os.geteuid() == 0:
            _give(aside, folder.parent.stat())
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    flush_folder(folder.parent)


def _give(folder: Path, owner: os.stat_result) -> None:
    # Root helps out in somebody's home: she must be able to read her keys afterwards.
    for path in (*key_files(folder), folder):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def key_files(folder: Path) -> list[Path]:
    """The key files of a folder, which need not be there."""
    return sorted(folder.glob("*.key")) if folder.is_dir() else []


def _seal_name(number: int) -> str:
    # The id is random, not the number: keys made anew after a loss must not pass for the lost ones.
    return f"seal-{number:04d}-{secrets.token_hex(4)}.key"


def _make(folder: Path) -> None:
    """All keys or none: a folder is filled aside and renamed; who comes second uses the first one's."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".keys-", dir=folder.parent))
    for name in (_seal_name(1), "index.key", "pseudonym.key"):
        _write(aside / name)
    try:
        aside.rename(folder)
    except OSError:
        shutil.rmtree(aside)
        if not key_files(folder):
            raise
    flush_folder(folder.parent)


def _write(path: Path, secret: bytes | None = None) -> None:
    """A new file with these bytes, or with new random ones."""
    write_new(path, secrets.token_bytes(SIZE) if secret is None else secret)
    flush_folder(path.parent)


def _read(path: Path) -> RootKey:
    if path.stat().st_mode & 0o077:
        raise Misconfigured(
            _("The key file %(path)s can be read by other accounts of this machine."),
            _("Run `chmod 600` on it."),
            path=str(path),
        )
    secret = path.read_bytes()
    if len(secret) != SIZE:
        raise Misconfigured(
            _("The key file %(path)s is damaged."), _("Restore it from the backup."), path=str(path)
        )
    return RootKey(path.name, secret)


def _missing(folder: Path, name: str) -> Misconfigured:
    return Misconfigured(
        _("The key file %(name)s is missing from %(folder)s."),
        _("Restore the folder of keys from the backup; without it sealed fields cannot be read."),
        name=name,
        folder=str(folder),
    )
