"""A town whose people are registered while its processes die: web, workers, PostgreSQL, Redis, all its own."""

from __future__ import annotations

import asyncio
import importlib
import os
import random
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from core.app import Platform, open_platform
from core.commands.verify import verify
from core.figures.rebuild import rebuild
from core.host.discovery import Found, discover
from core.host.jobs import job_handlers
from core.host.offers import offer_plugin
from core.identity.accounts import add_account
from core.identity.memberships import grant_role
from core.identity.retention import RETENTION
from core.identity.tokens import issue_token
from core.kernel.embedded import Services
from core.kernel.queue import answers
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.tenancy.regions import open_region
from core.tenancy.tenants import open_tenant
from core.worker import HOUSEKEEPING
from tests.faults.clerks import Clerks, Desk
from tests.faults.home import Home, Process, a_free_port
from tests.faults.ledger import Ledger
from tests.faults.proxy import Proxy
from tests.faults.sizes import SIZES

__all__ = ["TownUnderLoad", "open_town", "until"]

FIRST_DAY = date(2025, 1, 1)
GREETER = Found("greeter", lambda: importlib.import_module("tests.faults.greeter.plugin"))
ENTRY_POINTS = "[townbridge.plugins]\ngreeter = tests.faults.greeter.plugin\n"

MANY = {"TOWNBRIDGE_API_RATE": "1000000"}
"""All clerks have one token."""

TIME_PASSES = "UPDATE kernel.job SET due_at = now() WHERE state IN ('pending', 'leased')"
WAITING = "SELECT count(*) FROM kernel.job WHERE state IN ('pending', 'leased')"
HELD = "SELECT DISTINCT lease_token FROM kernel.job WHERE state = 'leased'"


class TownUnderLoad:
    """The processes of one home, the desk where people are registered, and the ledger of it."""

    def __init__(self, home: Home, services: Services, path: str, slug: str, token: str) -> None:
        self.home = home
        self.services = services
        self.ledger = Ledger()
        self.workers: list[Process] = []
        self._path = path
        self._who = (slug, token)
        self.desk = self.new_desk()
        self.web: Process | None = None

    def new_desk(self) -> Desk:
        slug, token = self._who
        return Desk(a_free_port(), slug, token, self.ledger)

    def start(self, *words: str, module: str = "core.cli", **environment: str) -> Process:
        return self.home.start(*words, module=module, **MANY | {"PYTHONPATH": self._path} | environment)

    async def run(self, *words: str) -> Process:
        return await asyncio.to_thread(self.home.run, *words, PYTHONPATH=self._path)

    @asynccontextmanager
    async def behind(self, proxy: Proxy, **environment: str) -> AsyncIterator[Desk]:
        """A desk of a second web process, which reaches the database by the proxy alone."""
        address = proxy.through(self.services.postgres_dsn("app"))
        desk = self.new_desk()
        process = await self.serve(desk, TOWNBRIDGE_DATABASE_URL=address, **environment)
        yield desk
        await asyncio.to_thread(process.end)

    async def serve(self, desk: Desk | None = None, **environment: str) -> Process:
        """A web process behind the desk, which answers."""
        port = (desk or self.desk).port
        process = self.start("serve", "--no-worker", "--port", str(port), **environment)
        await until(lambda: self.is_ready(port))
        return process

    async def is_ready(self, port: int | None = None) -> bool:
        return await asyncio.to_thread(_answers, f"http://127.0.0.1:{port or self.desk.port}/readyz")

    async def takes_commands(self) -> bool:
        async with httpx.AsyncClient(timeout=30) as client:
            return await self.desk.give(client, self.ledger.command()) == "201"

    async def replace_web(self) -> None:
        if self.web is not None:
            self.web.kill()
        self.web = await self.serve()

    def hire(self, count: int = 1) -> None:
        self.workers += [self.start("worker") for _ in range(count)]

    async def at_work(self, least: int = 1) -> list[Process]:
        """The workers that have begun; waits for so many at least."""
        begun: list[Process] = []

        async def has_begun() -> bool:
            begun[:] = [worker for worker in self.workers if "worker_started" in worker.said()]
            return len(begun) >= least

        await until(has_begun)
        return begun

    async def replace_worker(self) -> None:
        """Kill one that has begun, at random, and start another."""
        victim = random.choice(await self.at_work())
        victim.kill()
        self.workers.remove(victim)
        self.hire()

    async def dismiss(self, but: int = 0) -> None:
        """The workers end in peace, all but so many."""
        for worker in self.workers[but:]:
            await asyncio.to_thread(worker.end)
        del self.workers[but:]

    def clerks(self, count: int, desk: Desk | None = None) -> Clerks:
        return Clerks(desk or self.desk, count)

    async def query(self, sql: str, *arguments: object) -> list[Any]:
        """As the superuser, past every wall, on a connection that nobody shares."""
        connection = await asyncpg.connect(self.services.postgres_dsn("bootstrap"), timeout=10)
        try:
            return await connection.fetch(sql, *arguments, timeout=60)
        finally:
            await connection.close(timeout=10)

    async def number(self, sql: str) -> int:
        ((value,),) = await self.query(sql)
        return int(value)

    @asynccontextmanager
    async def locked(self, table: str) -> AsyncIterator[None]:
        """Nobody else reads or writes the table."""
        connection = await asyncpg.connect(self.services.postgres_dsn("bootstrap"))
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table}")
                yield
        finally:
            await connection.close()

    async def rest(self) -> None:
        """All jobs done. What waits for another try, or for the end of a dead worker's lease, need not wait here."""
        await self.query(TIME_PASSES)
        await until(self._is_idle, 90)

    async def falls_asleep_at_work(self) -> bool:
        """Stop every worker at once; where none holds a job, they go on."""
        for worker in self.workers:
            worker.signal(signal.SIGSTOP)
        if await self.query(HELD):
            return True
        self.wake_up()
        return False

    def wake_up(self) -> None:
        for worker in self.workers:
            worker.signal(signal.SIGCONT)

    async def has_redis(self) -> bool:
        return await answers(str(self.services.redis_url))

    async def _is_idle(self) -> bool:
        return await self.number(WAITING) == 0

    def platform(self) -> AbstractAsyncContextManager[Platform]:
        """What a worker works with, in this process."""
        return _platform(self.home)

    def _runner(self, platform: Platform) -> Runner:
        own = {handler.name: handler for handler in (HOUSEKEEPING, RETENTION)}
        return Runner(platform.database, job_handlers(platform.server) | own)

    async def work_off(self, platform: Platform) -> None:
        """Do the jobs as a worker would, when every lease has ended."""
        await self.query(TIME_PASSES)
        await self._runner(platform).drain()

    async def overtake(self, platform: Platform) -> None:
        """End the leases that are held now, and do those jobs."""
        held = [row["lease_token"] for row in await self.query(HELD)]
        await self.query(TIME_PASSES)
        stop = asyncio.Event()
        running = asyncio.create_task(self._runner(platform).run(stop))

        async def is_done() -> bool:
            return not {row["lease_token"] for row in await self.query(HELD)} & {*held}

        await until(is_done)
        stop.set()
        await running

    async def findings(self) -> list[str]:
        """What `townbridge verify` says when it does not end with 0: the command, or what it calls, which is quick."""
        if SIZES.is_full:
            proven = await self.run("verify")
            told = [line for line in proven.said().splitlines() if line.startswith("finding")]
            return told or [f"verify ended with {status}" for status in [proven.status()] if status]
        found = await verify(self.home.settings, is_quiet=True)
        return [f"{line.check}: {line.text}" for line in found.lines if line.state == "finding"]

    async def rebuild_figures(self) -> int:
        """What `townbridge figures rebuild` does: the number of cells that were not right."""
        async with self.platform() as platform:
            return await rebuild(platform.database, platform.catalogue)


@asynccontextmanager
async def open_town(home: Home) -> AsyncIterator[TownUnderLoad]:
    """One unit with a clerk's token, a web process, two workers."""
    path = os.pathsep.join(filter(None, [_installed(home.folder), *sys.path]))
    with Services(home.path) as services:
        town = TownUnderLoad(home, services, path, *await _furnished(home))
        await town.replace_web()
        town.hire(2)
        await town.at_work(2)
        yield town
        home.end()


def _platform(home: Home) -> AbstractAsyncContextManager[Platform]:
    return open_platform(home.settings, ("app", "dispatch", "figures"), found=[*discover(), GREETER])


def _installed(folder: Path) -> str:
    """A folder in which the greeter is installed, for the processes that look there."""
    about = folder / "installed" / "greeter-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: greeter\nVersion: 1\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
    return str(about.parent)


async def _furnished(home: Home) -> tuple[str, str]:
    async with _platform(home) as platform:
        database = platform.database
        region = await open_region(database, code="000009700", name_zh="风雨镇", name_en="Fengyu Town")
        async with database.transaction(Scope.town(region.id)) as tx:
            for entry in platform.registry.plugins:
                await offer_plugin(tx, region.id, platform.registry, entry.name, "required")
            tenant = await open_tenant(
                tx,
                code="F01",
                name_zh="风雨职工服务协会",
                name_en="Fengyu Workers' Service Association",
                kind="enterprise_association",
                opened_on=FIRST_DAY,
            )
            account = (await add_account(tx, "clerk", "前台")).id
            token = await issue_token(tx, account, "faults")
        async with database.transaction(Scope.of_tenant(tenant.id, {"registry", "membership"})) as tx:
            await grant_role(tx, account, "station_staff", FIRST_DAY)
        return tenant.slug, token


async def until(is_so: Callable[[], Awaitable[bool]], seconds: float = 180.0) -> None:
    """Wait for what other processes do."""
    async with asyncio.timeout(seconds):
        while not await is_so():  # noqa: ASYNC110 -- another process cannot set an event here
            await asyncio.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 -- our own address
            return answer.status == 200
    except OSError:
        return False
