"""The product as a user runs it: `townbridge serve` with its worker, on a database of the tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

from core.kernel.roles import LOGINS
from core.testing import Server

__all__ = ["serving"]


@contextmanager
def serving(server: Server, database: str, home: Path, log: Path, **settings: str) -> Iterator[str]:
    """The address of the portal, on a free port; `settings` are environment variables of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    urls = {
        f"TOWNBRIDGE_{'DATABASE' if login == 'app' else login.upper()}_URL": server.address(database, login)
        for login in LOGINS
    }
    with log.open("wb") as output:
        command = [sys.executable, "-m", "core.cli", "--home", str(home), "serve", "--port", str(port)]
        environment: Mapping[str, str] = {**os.environ, **urls, "TOWNBRIDGE_REDIS_URL": "none", **settings}
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(120):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310 -- our own
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.25)
    pytest.fail(f"The product does not answer:\n{log.read_text()[-3000:]}")
