"""Reports of the two units of the town, as their staff and the town's officers reach them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from core.app import Platform
from core.figures.periods import Period, parse_period
from core.kernel.db import Transaction
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.reports.desk import ReportDesk, TownReportDesk
from core.reports.report import Report, Submission
from core.sdk.reports import HandCell
from core.tenancy.tenants import Tenant
from core.testing import Town

FORM = "reporting.monthly"
MARCH = parse_period("2025-03")
COMPUTED = ("POP-01", "POP-02")

Unit = Callable[..., AbstractAsyncContextManager[ReportDesk]]
Office = Callable[..., AbstractAsyncContextManager[TownReportDesk]]
Send = Callable[..., Awaitable[Report]]


def hand(men: int = 60, women: int = 40, events: int = 2, people: int = 30) -> list[HandCell]:
    told = {
        ("EMP-01", "sex=1"): men,
        ("EMP-01", "sex=2"): women,
        ("EMP-01", ""): men + women,
        ("COM-02", ""): events,
        ("COM-02", "measure=PARTICIPANTS"): people,
    }
    return [HandCell(indicator=name, cut=cut, value=value) for (name, cut), value in told.items()]


@pytest.fixture
def unit(platform: Platform, town: Town) -> Unit:
    """`async with unit() as desk`: in t01, or in another tenant."""

    @asynccontextmanager
    async def at(tenant: Tenant | None = None) -> AsyncIterator[ReportDesk]:
        place = (tenant or town.t01).id
        async with platform.database.transaction(Scope.of_tenant(place, ["reports"], new_id())) as tx:
            yield ReportDesk(tx, place)

    return at


def office_in(tx: Transaction, platform: Platform) -> TownReportDesk:
    assert tx.scope.region is not None
    return TownReportDesk(tx, tx.scope.region, platform.catalogue, "reporting", "en")


@pytest.fixture
def office(platform: Platform, town: Town) -> Office:
    """`async with office() as desk`: in the town, or in another region."""

    @asynccontextmanager
    async def at(region: object = None) -> AsyncIterator[TownReportDesk]:
        async with platform.database.transaction(Scope.town(region or town.region.id, new_id())) as tx:  # type: ignore[arg-type]
            yield office_in(tx, platform)

    return at


@pytest.fixture
def send(unit: Unit, settled: Callable[[], Awaitable[None]]) -> Send:
    """Submit the report of a month with these cells."""

    async def sent(tenant: Tenant | None = None, period: Period = MARCH, **cells: int) -> Report:
        await settled()
        async with unit(tenant) as desk:
            report = await desk.open(FORM, 1, period)
            return await desk.submit(
                report, report.version, Submission(hand=hand(**cells), computed=COMPUTED)
            )

    return sent
