"""A month of t01 and t02 with figures, in the first days of April 2025, and the people who report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from core.app import Platform
from core.figures.loop import settle
from core.identity.accounts import add_account
from core.identity.credentials import set_password
from core.identity.memberships import grant_role
from core.kernel.clock import freeze
from core.kernel.scope import Scope
from core.people.drafts import Document, PersonDraft
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.testing import PASSWORD, Town, Visitor

BASE = "/t/t01/reporting"
MARCH = f"{BASE}/2025-03"
OFFICE = "/town/000001101/reporting"
CELLS = {
    "emp_01_sex_1": "60",
    "emp_01_sex_2": "40",
    "com_02": "2",
    "com_02_measure_participants": "30",
}

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def april() -> Iterator[None]:
    with freeze(datetime(2025, 4, 3, 4, tzinfo=UTC)):
        yield


@pytest.fixture
async def people(april: None, platform: Platform, town: Town) -> list[str]:
    """Three people who came to t01 in March and twelve who came to t02; the names of the three."""
    for tenant, names in ((town.t01, "甲乙丙"), (town.t02, "一二三四五六七八九十百千")):
        async with platform.database.transaction(Scope.of_tenant(tenant.id, ["registry"])) as tx:
            for number, name in enumerate(names):
                draft = PersonDraft(
                    name=f"王小{name}",
                    document=Document(id_type="03", number=f"Z{tenant.code}{number:03d}"),
                    sex="2" if number else "1",
                    phone="13800138000",
                    registered_on=date(2025, 3, 4),
                )
                person = await register_person(tx, platform.keyring, draft)
                await record_movement(tx, person, MovementKind.ARRIVE, date(2025, 3, 4 + number))
    await settle(platform.database, platform.catalogue)
    return [f"王小{name}" for name in "甲乙丙"]


@pytest.fixture
async def reporter(people: list[str], visit: Visit) -> Visitor:
    """Alone in t01, she may do all of it."""
    return await visit("tenant_reporter")


@pytest.fixture
async def colleague(platform: Platform, town: Town, people: list[str], visit: Visit) -> Visitor:
    """A second reporter of t01, who works at the counter as well."""
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        account = await add_account(tx, "second", "second")
        await set_password(tx, account.id, PASSWORD)
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        for role in ("tenant_reporter", "station_staff"):
            await grant_role(tx, account.id, role, date(2025, 1, 1))
    return await visit("second")


def version_in(page: str) -> str:
    """As the form of the page would send it."""
    return page.split('name="version" value="')[1].split('"')[0]
