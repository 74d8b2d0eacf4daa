"""The embedded Redis: a doorbell without memory, which may be lost at any time."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

from core.kernel.embedded.logs import last_words, size
from core.kernel.embedded.places import Places
from core.kernel.embedded.processes import (
    connect,
    end,
    is_alive,
    launch,
    listener,
    workers_in,
)
from core.kernel.embedded.programs import Programs
from core.kernel.embedded.server import did_not_start

__all__ = ["Redis"]

PROGRAM = "redis-server"
START_SECONDS = 15.0

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "protected-mode": "yes",
    "save": "",
    "appendonly": "no",
    "maxmemory": "64mb",
    "maxmemory-policy": "noeviction",
    "maxclients": "1000",
    "always-show-logo": "no",
}


class Redis:
    name = "Redis"

    def __init__(self, places: Places, programs: Callable[[], Programs]) -> None:
        self._places = places
        self._programs = programs
        self.data = places.redis
        self.socket = places.sockets / "redis.sock"
        self.log = places.logs / "redis.log"

    def pid(self) -> int | None:
        try:
            connection = connect(self.socket)
        except OSError:
            return None
        if connection is None:
            return None
        with connection:
            return listener(connection)

    def seems_up(self) -> bool:
        return bool(self._ask(b"PING\r\n"))

    def _ask(self, words: bytes) -> bytes:
        """Its answer, whatever it is (a full server complains, but lives); empty when there is none."""
        try:
            connection = connect(self.socket)
            if connection is None:
                return b""
            with connection:
                connection.sendall(words)
                return connection.recv(1024)
        except OSError:
            return b""

    def ensure(self) -> None:
        if self.seems_up():
            return
        end(workers_in(self.data, PROGRAM), (signal.SIGTERM, 2.0))
        program = self._programs().redis
        if program is None:
            return
        said_before, deadline = size(self.log), time.monotonic() + START_SECONDS
        pid = launch(self._command(program), self._places.account, self.log)
        while time.monotonic() < deadline and is_alive(pid):
            if self.socket.exists() and self.seems_up():
                return
            time.sleep(0.005)
        raise did_not_start(self.name, self.log, last_words(self.log, said_before))

    def _command(self, program: Path) -> list[str | Path]:
        fixed = [part for name, value in SETTINGS.items() for part in (f"--{name}", value)]
        return [program, *fixed, "--unixsocket", self.socket, "--dir", self.data]

    def stop(self) -> None:
        """SIGTERM is its SHUTDOWN; by the socket where it is out of sight (another container)."""
        processes = workers_in(self.data, PROGRAM)
        end(processes, (signal.SIGTERM, 5.0))
        if not processes:
            self._ask(b"SHUTDOWN NOSAVE\r\n")
