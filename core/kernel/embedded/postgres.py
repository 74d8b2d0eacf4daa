"""The embedded PostgreSQL: made once, started, found again, brought back after a crash, stopped."""

from __future__ import annotations

import shutil
import signal
import struct
import time
from collections.abc import Callable
from pathlib import Path

from core.kernel.embedded.cluster import DATABASE, SUPERUSER, make_cluster, unfinished
from core.kernel.embedded.logs import last_words, size
from core.kernel.embedded.places import Places
from core.kernel.embedded.processes import (
    connect,
    end,
    is_alive,
    launch,
    listener,
    wait_until_gone,
    workers_in,
    works_in,
)
from core.kernel.embedded.programs import Programs
from core.kernel.embedded.server import Answer, did_not_start

__all__ = ["PORT", "Postgres"]

PROGRAM = "postgres"
PORT = 5432
"""No port is open; the number is part of the socket's name."""

RECOVERY_SECONDS = 150.0
CANNOT_CONNECT_NOW = "57P03"
PID_LINE, STATUS_LINE = 0, 7
"""Lines of postmaster.pid (PostgreSQL's pidfile.h)."""


class Postgres:
    name = "PostgreSQL"

    def __init__(self, places: Places, programs: Callable[[], Programs]) -> None:
        self._places = places
        self._programs = programs
        self.data = places.postgres
        self.socket = places.sockets / f".s.PGSQL.{PORT}"
        self.log = places.logs / "postgres.log"
        self._pid_file = self.data / "postmaster.pid"

    def pid(self) -> int | None:
        try:
            connection = connect(self.socket)
        except OSError:
            return None
        if connection is None:
            return None
        with connection:
            return listener(connection) or self._noted_pid()

    def seems_up(self) -> bool:
        """By its process; where that is out of sight (another container), by its socket."""
        pid = self._noted_pid()
        if pid is not None and self.socket.exists() and works_in(pid, self.data, PROGRAM):
            return True
        return self.ask() is not Answer.SILENT

    def ask(self) -> Answer:
        """Open a session as any client would, and see what it says."""
        try:
            connection = connect(self.socket)
            if connection is None:
                return Answer.SILENT
            with connection:
                connection.sendall(_greeting())
                said = connection.recv(4096)
                connection.sendall(b"X\x00\x00\x00\x04")
        except OSError:
            return Answer.BUSY
        return Answer.BUSY if not said or f"C{CANNOT_CONNECT_NOW}\0".encode() in said else Answer.READY

    def ensure(self) -> None:
        deadline = time.monotonic() + RECOVERY_SECONDS
        while (answer := self.ask()) is Answer.BUSY and time.monotonic() < deadline:
            time.sleep(0.1)
        if answer is Answer.READY:
            return
        if answer is Answer.BUSY:
            raise did_not_start(self.name, self.log, "it does not answer")
        self._clear_away()
        if not self.data.exists():
            make_cluster(self._places, self._programs().postgres)
        self._start(deadline)

    def _start(self, deadline: float) -> None:
        said_before = size(self.log)
        pid = launch(self._command(), self._places.account, self.log)
        while time.monotonic() < deadline and is_alive(pid):
            if self._noted_pid() == pid and self._line(STATUS_LINE) == "ready":
                return
            time.sleep(0.005)
        raise did_not_start(self.name, self.log, last_words(self.log, said_before))

    def _command(self) -> list[str | Path]:
        """What depends on the place; postgresql.conf moves with the data and is the owner's to tune."""
        return [
            self._programs().postgres / PROGRAM,
            *("-D", self.data),
            *("-k", self._places.sockets),
            *("-p", str(PORT)),
            *("-c", "listen_addresses="),
            *("-c", "unix_socket_permissions=0700"),
            *("-c", "logging_collector=off"),
        ]

    def _clear_away(self) -> None:
        """Nobody answers: end what is left of an earlier server, and take away the signs that it runs.

        PostgreSQL refuses to start while the process noted in its files answers signals, be it a zombie or a
        stranger with the same number, and while a child of the dead server holds its shared memory.
        """
        self.stop()
        end(workers_in(self.data, PROGRAM))
        self._pid_file.unlink(missing_ok=True)
        self.socket.with_name(f"{self.socket.name}.lock").unlink(missing_ok=True)
        for folder in unfinished(self.data):
            end([*workers_in(folder, "initdb"), *workers_in(folder, PROGRAM)])
            shutil.rmtree(folder, ignore_errors=True)

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written; a harder one only when that hangs."""
        pid = self._noted_pid()
        if pid is not None and works_in(pid, self.data, PROGRAM):
            end([pid], (signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))
            wait_until_gone(workers_in(self.data, PROGRAM), 5.0)

    def _noted_pid(self) -> int | None:
        text = self._line(PID_LINE)
        return int(text) if text.isdigit() else None

    def _line(self, number: int) -> str:
        try:
            return self._pid_file.read_text(encoding="utf-8", errors="replace").split("\n")[number].strip()
        except (OSError, IndexError):
            return ""


def _greeting() -> bytes:
    """The protocol's startup message, version 3.0."""
    words = b"".join(word.encode() + b"\0" for word in ("user", SUPERUSER, "database", DATABASE, ""))
    return struct.pack("!ii", len(words) + 8, 196608) + words
