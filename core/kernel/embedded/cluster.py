"""A new PostgreSQL data folder: built beside its place, complete and on the disk, then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from core.kernel.embedded.account import Account
from core.kernel.embedded.logs import complaint
from core.kernel.embedded.places import Places
from core.kernel.embedded.processes import run
from core.kernel.embedded.server import did_not_start
from core.kernel.files import flush_folder

__all__ = ["DATABASE", "SUPERUSER", "make_cluster", "unfinished"]

SUPERUSER = "bootstrap"
DATABASE = "townbridge"

SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Messages of errors, their details and statements quote values, and so personal data; the program that
    # caused them gets them anyway. What the server says of itself has the level LOG and above.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
"""For a small machine; in postgresql.conf, where the owner may tune them. Durability stays as shipped."""


def unfinished(data: Path) -> list[Path]:
    """What is left of folders whose making was cut short."""
    return list(data.parent.glob(f"{data.name}.new-*"))


def make_cluster(places: Places, programs: Path) -> None:
    data, account = places.postgres, places.account
    building = Path(tempfile.mkdtemp(prefix=f"{data.name}.new-", dir=data.parent))
    if account.is_other:
        os.chown(building, account.uid, account.gid)
    _initialise(building, programs, account, places.logs)
    building.rename(data)
    flush_folder(data.parent)


def _initialise(building: Path, programs: Path, account: Account, logs: Path) -> None:
    initdb = (programs / "initdb", "-D", building)
    steps = (
        # Trust is enough on the Unix socket: its folder is open to the servers' account (and root) alone.
        (
            (*initdb, "-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject", *_locale(), *_settings()),
            "",
        ),
        (
            (programs / "postgres", "--single", "-D", building, "-c", "exit_on_error=on", "template1"),
            f"CREATE DATABASE {DATABASE};\n",
        ),
        ((*initdb, "--sync-only"), ""),
    )
    for command, text in steps:
        done = run(command, account, folder=building, text=text)
        if done.returncode:
            raise did_not_start("PostgreSQL", logs, complaint(done.stdout.strip().splitlines()))


def _locale() -> tuple[str, ...]:
    """Byte order for sorting, Unicode for upper and lower case: the same on every machine, no ICU needed."""
    return ("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync")


def _settings() -> tuple[str, ...]:
    return tuple(part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}"))
