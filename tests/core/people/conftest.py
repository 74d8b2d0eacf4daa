"""Two tenants of one town, and people in both who look alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from core.kernel.db import Database, Transaction
from core.kernel.ids import new_id
from core.kernel.roles import LOGINS
from core.kernel.scope import Scope
from core.kernel.seal import Keyring
from core.people.access import PersonFull, Viewer, access_person
from core.people.documents import check_character
from core.people.drafts import Document, PersonDraft
from core.testing import Server

BOOKS_FROM = date(2025, 1, 1)
ACTOR = new_id()
NAME = f"people_{new_id().hex}"


class Desk:
    """One tenant as its staff reach it."""

    def __init__(self, database: Database, tenant: UUID, region: UUID, address: str = "") -> None:
        self.database = database
        self.tenant = tenant
        self.region = region
        self.address = address

    def open(self, *compartments: str) -> AbstractAsyncContextManager[Transaction]:
        scope = Scope.of_tenant(self.tenant, compartments or ("registry",), ACTOR)
        return self.database.transaction(scope)


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring.load(Path(tmp_path_factory.mktemp("keys")))


@pytest.fixture(scope="session")
async def database(database_server: Server, template_database: str) -> AsyncIterator[Database]:
    """One database for all of these tests: each works in tenants of its own, and the wall parts them."""
    await database_server.run(f'CREATE DATABASE "{NAME}" TEMPLATE "{template_database}"')
    connected = await Database.connect({login: database_server.address(NAME, login) for login in LOGINS})
    yield connected
    await connected.close()
    await database_server.run(f'DROP DATABASE "{NAME}" WITH (FORCE)')


@pytest.fixture
def server_statistics(database_server: Server) -> Callable[[], Awaitable[None]]:
    """Have the planner know the tables, as it does a while after they are filled."""
    return lambda: database_server.run("ANALYZE people.person", "ANALYZE people.movement", database=NAME)


@pytest.fixture
async def desks(database: Database, database_server: Server) -> tuple[Desk, Desk]:
    """The desks of tenant A and tenant B, new in a new town."""
    region, tenants = new_id(), (new_id(), new_id())
    async with database.transaction(Scope.town(region)) as tx:
        await tx.execute(
            "INSERT INTO tenancy.region (id, code, level, name_zh, name_en, time_zone)"
            " VALUES ($1, $2, 'town', '星河镇', 'Xinghe Town', 'Asia/Shanghai')",
            region,
            region.hex,
        )
        for number, tenant in enumerate(tenants, start=1):
            await tx.execute(
                "INSERT INTO tenancy.tenant"
                " (id, region_id, code, slug, kind, name_zh, name_en, opened_on, books_from)"
                " VALUES ($1, $2, $3, $4, 'enterprise_association', $5, $6, $7, $7)",
                tenant,
                region,
                f"T0{number}",
                tenant.hex,
                f"第{number}协会",
                f"Association {number}",
                BOOKS_FROM,
            )
    address = database_server.address(NAME, "app")
    first, second = (Desk(database, tenant, region, address) for tenant in tenants)
    return first, second


@pytest.fixture
def desk(desks: tuple[Desk, Desk]) -> Desk:
    return desks[0]


@pytest.fixture
def other(desks: tuple[Desk, Desk]) -> Desk:
    return desks[1]


@pytest.fixture
def station() -> Viewer:
    return Viewer(detail="full", purpose="registration.people.view")


def resident(number: int, born: date = date(1990, 1, 1), sex: str = "2") -> Document:
    """A synthetic resident identity card; equal arguments give equal numbers."""
    digit = int(sex) % 2 + 2 * (number % 5)
    first = f"0000{number // 50 % 100:02d}{born:%Y%m%d}{number // 5 % 100:02d}{digit}"
    return Document(id_type="01", number=first + check_character(first))


async def access_full(tx: Transaction, person: UUID, viewer: Viewer) -> PersonFull:
    """What the station sees of her."""
    shown = await access_person(tx, person, viewer)
    assert isinstance(shown, PersonFull)
    return shown


@pytest.fixture
def wang() -> PersonDraft:
    """A worker whom both tenants may know."""
    return PersonDraft(
        name="王小明",
        document=resident(7),
        sex="2",
        origin_division="430100",
        phone="138 0013 8000",
        is_employee=True,
        registered_on=date(2025, 3, 1),
    )
