"""What `Services.status()` answers."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

__all__ = ["ServerStatus", "Status"]


class ServerStatus(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One server; `pid` is None when it is not running, or runs in another container that shares the home."""

    name: str
    running: bool
    pid: int | None
    socket: Path
    data: Path
    log: Path


class Status(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The servers of one home folder; `folder` is None before the first start."""

    home: Path
    folder: Path | None
    account: str
    servers: tuple[ServerStatus, ...]
