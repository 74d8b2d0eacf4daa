"""Homes with real servers and real processes in them, to be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from core.kernel.embedded import Services
from core.kernel.embedded.processes import is_alive
from core.kernel.settings import PREFIX, Settings
from core.testing import passing_folder

__all__ = ["Home", "Process", "a_free_port", "child_of", "new_home", "wait_for"]


class Process:
    """A `townbridge` of its own, as an administrator starts it; its log stands in a file."""

    def __init__(self, home: Path, *words: str, module: str = "core.cli", **environment: str) -> None:
        self.log = home.parent / f"{'-'.join(words[:1])}-{time.monotonic_ns()}.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, "--home", str(home), *words],
                env=kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def is_running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> None:
        if self.is_running():
            self.signal(signal.SIGTERM)
        self.status()

    def status(self, seconds: float = 60.0) -> int:
        return self._process.wait(seconds)


class Home:
    """A home folder and everything that was started in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "home"
        self.settings = Settings(home=self.path)
        self._processes: list[Process] = []

    def start(self, *words: str, module: str = "core.cli", **environment: str) -> Process:
        process = Process(self.path, *words, module=module, **environment)
        self._processes.append(process)
        return process

    def run(self, *words: str, **environment: str) -> Process:
        process = self.start(*words, **environment)
        process.status(120)
        return process

    def server(self, name: str) -> int:
        """The process id of `postgres` or `redis`."""
        (found,) = (
            each.pid for each in Services(self.path).status().servers if each.name.lower().startswith(name)
        )
        assert found is not None
        return found

    def kill_server(self, name: str, way: signal.Signals = signal.SIGKILL) -> None:
        """At once; SIGQUIT is PostgreSQL's own way to do so, `pg_ctl stop -m immediate`."""
        victim = self.server(name)
        os.kill(victim, way)
        wait_for(lambda: not is_alive(victim))

    def end(self) -> None:
        for process in self._processes:
            process.end()

    def discard(self) -> None:
        self.end()
        Services(self.path).discard()


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def child_of(parent: int) -> int:
    """The worker that `serve` has started beside itself."""
    words = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    for word in words:
        if b"worker" in Path(f"/proc/{word}/cmdline").read_bytes():
            return int(word)
    raise AssertionError("no worker runs beside the web")


@contextmanager
def new_home() -> Generator[Home]:
    """A home, migrated."""
    with passing_folder() as folder:
        made = Home(folder)
        assert made.run("migrate").status() == 0
        yield made
        made.discard()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
