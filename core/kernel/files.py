"""Files that must survive a power cut: on the disk with their names, readable for their owner alone."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

__all__ = ["digest_of", "flush_folder", "write_new"]


def write_new(path: Path, content: bytes) -> None:
    """A new private file, on the disk when this returns; its name is, after `flush_folder` of its folder."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: what was made, renamed or removed in it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimals."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
