"""Back up while somebody writes, destroy the home, restore: what was acknowledged is there and can be read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from msgspec import Struct

from core.app import Platform, open_platform
from core.identity import sessions
from core.identity.accounts import add_account
from core.kernel import clock
from core.kernel.audit import lines
from core.kernel.backup import read_manifest
from core.kernel.embedded import Services
from core.kernel.jobs import enqueue
from core.kernel.outbox import LEASE, claim
from core.kernel.scope import Scope
from core.people.access import Viewer, reveal_many
from core.people.drafts import PersonDraft
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.tenancy.regions import open_region
from core.tenancy.tenants import open_tenant
from tests.faults.home import Home, new_home

pytestmark = pytest.mark.slow

VIEWER = Viewer(detail="full", purpose="registration.people.view")


class Entry(Struct, frozen=True):
    """A person with a sealed telephone number, and when her registration was acknowledged."""

    person: UUID
    phone: str
    at: datetime


class Desk:
    """A town with one unit, whose clerk registers one person after the other."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.ledger: list[Entry] = []
        self.session = ""

    async def open(self) -> None:
        database = self.platform.database
        town = await open_region(database, code="000001101", name_zh="桥镇", name_en="Bridge Town")
        self.town = town.id
        async with database.transaction(Scope.town(town.id)) as tx:
            tenant = await open_tenant(
                tx, code="T01", name_zh="一厂", name_en="One", kind="town_station", opened_on=date(2026, 1, 1)
            )
            account = await add_account(tx, "clerk", "前台")
        self.tenant = tenant.id
        async with database.transaction(Scope.nobody()) as tx:
            self.session = await sessions.start(tx, account.id, is_of_town=False)
        async with database.transaction(Scope.of_tenant(tenant.id)) as tx:
            await enqueue(tx, "kernel.nothing", {})
        async with database.transaction(Scope.of_tenant(tenant.id)) as tx:
            assert len(await claim(tx, 1)) == 1

    async def register(self) -> None:
        phone = f"+86138{len(self.ledger):08}"
        async with self.platform.database.transaction(Scope.of_tenant(self.tenant, {"registry"})) as tx:
            person = await register_person(tx, self.platform.keyring, PersonDraft(name="王小一", phone=phone))
            await record_movement(tx, person, MovementKind.ARRIVE, clock.today() - timedelta(days=1))
        self.ledger.append(Entry(person, phone, clock.now()))


@pytest.fixture
def doomed() -> Iterator[Home]:
    """A home of this test alone."""
    with new_home() as home:
        yield home


async def test_what_was_acknowledged_before_a_backup_survives_the_loss_of_the_home(doomed: Home):
    folder = doomed.folder / "backup"
    async with open_platform(doomed.settings, ("app",)) as platform:
        desk = Desk(platform)
        await desk.open()
        for _number in range(20):
            await desk.register()
        backing_up = doomed.start("backup", str(folder))
        while backing_up.is_running():
            await desk.register()
    assert backing_up.status() == 0, backing_up.said()
    assert "THE BACKUP HOLDS THE KEYS" in backing_up.said()
    assert sorted(path.name for path in doomed.folder.iterdir() if path.name.startswith(".")) == []
    destroy(doomed.path)
    restoring = doomed.run("restore", str(folder))
    assert restoring.status() == 0, restoring.said()
    assert doomed.run("verify").status() == 0
    await check(doomed, desk, folder)


def destroy(home: Path) -> None:
    Services(home).discard()
    shutil.rmtree(home)


async def check(home: Home, desk: Desk, folder: Path) -> None:
    manifest = read_manifest(folder)
    acknowledged = sum(entry.at < manifest.begun_at for entry in desk.ledger)
    assert 20 <= acknowledged < len(desk.ledger)
    people = [entry.person for entry in desk.ledger]
    async with open_platform(home.settings, ("app", "dispatch")) as platform:
        database = platform.database
        async with database.transaction(Scope.of_tenant(desk.tenant, {"registry"})) as tx:
            opened = await reveal_many(tx, platform.keyring, people, "phone", VIEWER)
        # One after the other they were written: a moment of that is the first so many, with no gap.
        assert opened == {entry.person: entry.phone for entry in desk.ledger[: len(opened)]}
        assert len(opened) >= acknowledged
        async with database.transaction(Scope.nobody()) as tx:
            assert await sessions.recognise(tx, desk.session) is None
        async with database.transaction(Scope.town(desk.town)) as tx:
            (newest,) = await lines(tx, limit=1)
        assert (newest.action, newest.detail["ended_sessions"]) == ("kernel.backup.restore", 1)
        async with database.transaction(Scope.of_tenant(desk.tenant)) as tx:
            ends = await tx.fetchval(
                "SELECT due_at FROM kernel.job WHERE state = 'leased' AND tenant_id = $1", desk.tenant
            )
    # Its holder died with the home: when the lease ends, the job is taken again like any other.
    assert ends is not None
    assert ends <= clock.now() + timedelta(seconds=LEASE)
