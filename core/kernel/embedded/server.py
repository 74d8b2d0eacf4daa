"""What both servers have in common, seen from the supervisor."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Protocol

from core.kernel.errors import Unavailable
from core.kernel.i18n import gettext_noop as _

__all__ = ["Answer", "Server", "did_not_start"]


class Answer(Enum):
    """What a server says when asked whether it is there."""

    READY = "ready"
    BUSY = "busy"
    """Alive, and recovering after a crash or shutting down."""
    SILENT = "silent"


class Server(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def socket(self) -> Path: ...
    @property
    def data(self) -> Path: ...
    @property
    def log(self) -> Path: ...

    def pid(self) -> int | None:
        """Its process, when it runs and is visible from here."""
        ...

    def seems_up(self) -> bool:
        """A cheap look, for once a second."""
        ...

    def ensure(self) -> None:
        """Start it unless it answers, after a crash as well; with the gate held."""
        ...

    def stop(self) -> None:
        """End it cleanly; with the gate held."""
        ...


def did_not_start(name: str, log: Path, said: str) -> Unavailable:
    """`log` is the file, or the folder, where the rest can be read."""
    return Unavailable(
        _("The embedded %(server)s did not start: %(said)s"),
        _("Correct that and try again; the whole story is in %(log)s."),
        server=name,
        said=said.rstrip(".") + ".",
        log=str(log),
    )
