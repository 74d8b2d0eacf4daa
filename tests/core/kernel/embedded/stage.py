"""Throw-away homes with real servers in them, and other processes that use them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.kernel.embedded import Services
from core.kernel.embedded.programs import find_programs

USER = """
import sys
from pathlib import Path
from core.kernel.embedded import Services
with Services(Path(sys.argv[1]), shared=Path(sys.argv[2])) as services:
    print(*(server.pid for server in services.status().servers), flush=True)
    sys.stdin.readline()
"""


def environment() -> dict[str, str]:
    """For a Python process that imports what we import."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


class User:
    """Another process that uses the servers of a home, until it is told to leave or killed."""

    def __init__(self, home: Path, shared: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", USER, str(home), str(shared)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
        )

    def pids(self) -> list[int]:
        """Wait until it has joined: the servers that it sees."""
        assert self._process.stdout
        return [int(word) for word in self._process.stdout.readline().split()]

    def leave(self) -> None:
        self._process.communicate("\n", timeout=30)
        assert self._process.returncode == 0

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


class Stage:
    """Homes below one folder that everybody may enter, and everything started in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.shared = folder / "shared"
        self._services: list[Services] = []
        self._users: list[User] = []

    def services(self, home: Path | None = None, **options: bool) -> Services:
        services = Services(home or self.home, shared=self.shared, **options)
        self._services.append(services)
        return services

    def user(self) -> User:
        user = User(self.home, self.shared)
        self._users.append(user)
        return user

    def stop(self) -> None:
        """End everybody and everything; the homes stay as they are."""
        for user in self._users:
            user.kill()
        for services in self._services:
            services.stop()
        for home in self._homes():
            left = Services(home, shared=self.shared)
            if any(running(left)):
                left.start().stop()

    def discard(self) -> None:
        self.stop()
        for home in self._homes():
            Services(home, shared=self.shared).discard()

    def _homes(self) -> set[Path]:
        homes = {self.home, *(services.home for services in self._services)}
        return {home for home in homes if (home / "services.lock").exists()}


def pids(services: Services) -> list[int | None]:
    return [server.pid for server in services.status().servers]


def running(services: Services) -> list[bool]:
    return [server.running for server in services.status().servers]


def sql(services: Services, *commands: str) -> str:
    """Run commands as the superuser, each in a transaction of its own; what they print."""
    words = [part for command in commands for part in ("-c", command)]
    done = subprocess.run(
        [find_programs().postgres / "psql", "-XAtq", *words, services.postgres_dsn("bootstrap")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout.strip() + done.stderr.strip()


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
