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
from core.kernel.i18n import gettext_noop as _

__all__ = ["RootKey", "RootKeys", "add_seal_key", "load_keys"]

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
    if not _files(folder):
        _make(folder)
    keys = {path.name: _read(path) for path in _files(folder)}
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


def _seal_name(number: int) -> str:
    # The id is random, not the number: keys made anew after a loss must not pass for the lost ones.
    return f"seal-{number:04d}-{secrets.token_hex(4)}.key"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.key")) if folder.is_dir() else []


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
        if not _files(folder):
            raise
    _flush(folder.parent)


def _write(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SIZE))
        file.flush()
        os.fsync(file.fileno())
    _flush(path.parent)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
