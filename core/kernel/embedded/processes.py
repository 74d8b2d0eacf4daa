"""Processes as the kernel shows them: who lives, who works in a folder, and how to start and end one."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.kernel.embedded.account import Account
from core.kernel.errors import Misconfigured
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "connect",
    "end",
    "follow",
    "is_alive",
    "launch",
    "listener",
    "run",
    "wait_until_gone",
    "workers_in",
    "works_in",
]

PROC = Path("/proc")
CONNECT_SECONDS = 2.0


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not, although it answers signals."""
    if not (PROC / "self").exists():
        return _answers(pid)
    try:
        about = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return False
    return about.rpartition(")")[2].split()[0] not in ("Z", "X")


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def workers_in(folder: Path, program: str) -> list[int]:
    """The living processes of `program` whose working folder is `folder`; empty where there is no /proc.

    The servers work in their data folder. Unlike a number in a file, this tells a server from a stranger who
    was given its number, and finds children that outlived their parent.
    """
    entries = PROC.glob("[0-9]*") if (PROC / "self").exists() else ()
    return [int(entry.name) for entry in entries if works_in(int(entry.name), folder, program)]


def works_in(pid: int, folder: Path, program: str) -> bool:
    """Whether the living process `pid` is a `program` at work in `folder`."""
    if not (PROC / "self").exists():
        return _command_of(pid) == program
    entry = PROC / str(pid)
    try:
        return (entry / "comm").read_text().rstrip("\n") == program and (entry / "cwd").samefile(folder)
    except OSError:
        return False


def _command_of(pid: int) -> str:
    """For macOS, which has no /proc: the program's name is all that is easily told."""
    told = subprocess.run(  # noqa: S603
        ["/bin/ps", "-p", str(pid), "-o", "comm="], capture_output=True, encoding="utf-8", check=False
    )
    return Path(told.stdout.strip()).name


def wait_until_gone(pids: Iterable[int], seconds: float) -> list[int]:
    """Wait for the processes to end; the ones that are still there."""
    left, deadline = list(pids), time.monotonic() + seconds
    while (left := [pid for pid in left if is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.005)
    return left


def end(pids: Iterable[int], *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn to those that are left, giving each its seconds; SIGKILL closes the list."""
    left = list(pids)
    for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
        for pid in left:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        left = wait_until_gone(left, seconds)


def connect(path: Path) -> socket.socket | None:
    """A connection to the Unix socket; None when nobody listens there."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(CONNECT_SECONDS)
    try:
        connection.connect(str(path))
    except (ConnectionRefusedError, FileNotFoundError):
        connection.close()
        return None
    except PermissionError:
        connection.close()
        raise Misconfigured(
            _("The account that you use may not open %(socket)s."),
            _("Run Townbridge as the account that owns its home folder, or as root."),
            socket=str(path),
        ) from None
    except OSError:
        connection.close()
        raise
    return connection


def listener(connection: socket.socket) -> int | None:
    """The process that listens at the other end; None when it lives in another container."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    format_ = "3i"
    answer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize(format_))
    return struct.unpack(format_, answer)[0] or None


def run(
    command: Sequence[str | Path], account: Account, *, folder: Path | None = None, text: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program as the account to its end, with `text` as its input and both outputs in `stdout`.

    It gets a clean environment (PGDATA, PGPORT and the like change what PostgreSQL does) and a session of its
    own, so that Ctrl-C in the terminal does not reach it.
    """
    with _startable(command, account):
        return subprocess.run(  # noqa: S603 - our own programs, by absolute path
            [str(part) for part in command],
            input=text,
            check=False,
            cwd=folder or "/",
            **_manner(account),
        )


def follow(
    command: Sequence[str | Path], account: Account, tell: Callable[[str], None]
) -> tuple[int, list[str]]:
    """Run a program as the account, telling each line when it is said; its exit status and all lines.

    It ends with us: an error of `tell`, or Ctrl-C, kills it.
    """
    said: list[str] = []
    with _startable(command, account):
        process = subprocess.Popen(  # noqa: S603 - our own programs, by absolute path
            [str(part) for part in command], stdin=subprocess.DEVNULL, cwd="/", **_manner(account)
        )
    with process:
        try:
            for line in process.stdout or ():
                said.append(line.rstrip("\n"))
                tell(said[-1])
        except BaseException:
            process.kill()
            raise
    return process.returncode, said


def _manner(account: Account) -> Mapping[str, Any]:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "encoding": "utf-8",
        "errors": "replace",
        "env": environment,
        "umask": 0o077,
        "start_new_session": True,
        "user": account.uid if account.is_other else None,
        "group": account.gid if account.is_other else None,
        "extra_groups": [] if account.is_other else None,
    }


@contextmanager
def _startable(command: Sequence[str | Path], account: Account) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise Misconfigured(
            _("%(program)s cannot be run as the account %(account)s: %(error)s."),
            _("Start Townbridge as an ordinary user."),
            program=str(command[0]),
            account=account.name,
            error=error.strerror or "",
        ) from None


def launch(command: Sequence[str | Path], account: Account, log: Path) -> int:
    """Start a server that outlives us and is not our child (so its end leaves no zombie of ours); its pid."""
    shell = ("/bin/sh", "-c", '"$@" >>"$0" 2>&1 & echo $!')
    said = run((*shell, log, *command), account).stdout.split()
    return next(int(word) for word in said if word.isdigit())
