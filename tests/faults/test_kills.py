"""kill -9 of every process in turn while a folder is loaded: the load completes, and the books prove it."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from core.app import open_platform
from core.commands.verify import verify
from core.demo import generate
from core.figures.export import exported
from core.kernel.scope import Scope
from core.tenancy.regions import region_by_code
from tests.faults.home import Home, Process, a_free_port, child_of, wait_for

pytestmark = pytest.mark.slow

CODE = re.compile(r'^code = "\d+"$', re.MULTILINE)
UNDISTURBED, LAST_DAY = "000009900", date(2025, 12, 31)
VICTIMS = ("worker", "redis", "load", "postgres", "web")


@pytest.fixture(scope="module")
def folder(home: Home) -> Path:
    """The demonstration town, a third of its people."""
    made = home.folder / "exchange"
    generate(made, today=LAST_DAY, size=0.3)
    return made


@pytest.fixture(scope="module")
async def expected(home: Home, folder: Path) -> list[tuple[str, ...]]:
    """The figures of a load that nobody disturbed."""
    path = town(folder, UNDISTURBED)
    assert home.run("load", str(path), "--rejects", str(rejects_of(path))).status() == 0
    return await figures(home, UNDISTURBED)


def town(folder: Path, code: str) -> Path:
    """The same folder as that of another town: in one home each load is a first one."""
    copy = folder.with_name(code)
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    toml = (copy / "town.toml").read_text(encoding="utf-8")
    (copy / "town.toml").write_text(CODE.sub(f'code = "{code}"', toml, count=1), encoding="utf-8")
    return copy


def rejects_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-rejects.csv")


async def figures(home: Home, code: str) -> list[tuple[str, ...]]:
    """Every cell of a town, without its code."""
    async with open_platform(home.settings, ("app", "figures")) as platform:
        async with platform.database.transaction(Scope.nobody()) as tx:
            region = await region_by_code(tx, code)
        assert region is not None
        async with platform.database.transaction(Scope.nobody(), login="figures") as tx:
            rows = [row async for row in exported(tx, platform.catalogue, region=region.id, year=2025)]
    return [
        (
            row.level,
            "" if row.level == "town" else row.unit,
            row.period,
            row.indicator,
            row.cut,
            row.num,
            row.den,
        )
        for row in rows
    ]


@pytest.fixture(scope="module")
def port() -> int:
    return a_free_port()


@pytest.fixture(scope="module")
def serving(home: Home, port: int) -> Iterator[Process]:
    """The portal with a worker beside it; it lives through all of this but the last, its own death."""
    process = home.start("serve", "--port", str(port))
    wait_for(lambda: "worker_started" in process.said() and is_answering(port))
    yield process
    process.end()


@pytest.mark.requirement("R35")
@pytest.mark.parametrize("number", range(len(VICTIMS)), ids=VICTIMS)
async def test_a_load_survives_the_death_of(
    home: Home, folder: Path, expected: list[tuple[str, ...]], number: int, serving: Process, port: int
):
    victim, code = VICTIMS[number], f"00000990{number + 1}"
    assert len(expected) > 1000
    path = town(folder, code)
    words = ("load", str(path), "--rejects", str(rejects_of(path)))
    loading = home.start(*words)
    wait_for(lambda: "people and movements" in loading.said())
    assert loading.is_running()
    blow(home, victim, serving.pid, loading.pid)
    status = loading.status()
    assert "Traceback" not in loading.said()
    if victim in ("web", "worker", "redis"):
        assert status == 0, loading.said()
    if victim != "web":
        wait_for(lambda: is_answering(port))
        assert "Traceback" not in serving.said()
    if status != 0:
        assert home.run(*words).status() == 0
    assert await figures(home, code) == expected
    assert read(rejects_of(path)) == read(rejects_of(folder.with_name(UNDISTURBED))) != []
    findings = await verify(home.settings, is_quiet=True)
    assert [line for line in findings.lines if line.state == "finding"] == []


def blow(home: Home, victim: str, serving: int, loading: int) -> None:
    strike: dict[str, Callable[[], None]] = {
        "web": lambda: os.kill(serving, signal.SIGKILL),
        "worker": lambda: os.kill(child_of(serving), signal.SIGKILL),
        "load": lambda: os.kill(loading, signal.SIGKILL),
        "redis": lambda: home.kill_server("redis"),
        "postgres": lambda: home.kill_server("postgres"),
    }
    strike[victim]()


def is_answering(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
