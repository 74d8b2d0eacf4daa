"""A notice from the town to its units: posted once, corrected, withdrawn, read and done; each behind its wall."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from core.identity.accounts import account_by_login
from core.kernel import audit
from core.kernel.clock import freeze
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.notices.posting import (
    PAGE,
    Draft,
    correct_notice,
    late_notices,
    post_notice,
    posted_notice,
    posted_notices,
    states_of,
    versions_of,
    withdraw_notice,
)
from core.notices.reading import (
    mark_done,
    mark_read,
    open_notices,
    readers_of,
    received_notice,
    received_notices,
)
from core.tenancy.tenants import close_tenant, open_tenant

NOW = datetime(2025, 3, 20, 4, tzinfo=UTC)
TODAY = date(2025, 3, 20)
ASKS = Draft(title="Fire drill", body="On Friday.\n\nAt ten.", due_on=date(2025, 3, 28), needs_answer=True)
TELLS = Draft(title="Holiday", body="The office is closed.")


@pytest.fixture(autouse=True)
def march():
    with freeze(NOW):
        yield


@pytest.fixture
async def accounts(platform, town):
    async with platform.database.transaction(Scope.nobody()) as tx:
        logins = ("town_admin", "station_staff", "tenant_officer", "station_staff.t02")
        found = {login: await account_by_login(tx, login) for login in logins}
    return {login: account.id for login, account in found.items() if account}


@pytest.fixture
def act(platform, town, accounts):
    """A transaction of the town, or in a unit, as somebody."""

    @asynccontextmanager
    async def open_it(login="town_admin"):
        tenant = town.t02 if login.endswith("t02") else town.t01
        actor = accounts[login]
        scope = Scope.town(town.region.id, actor)
        if login != "town_admin":
            scope = Scope.of_tenant(tenant.id, (), actor)
        async with platform.database.transaction(scope) as tx:
            yield tx

    return open_it


async def test_a_notice_is_posted_once_to_those_who_are_meant(act, platform, town) -> None:
    async with act() as tx:
        await open_tenant(
            tx, code="S01", name_zh="站", name_en="Station", kind="town_station", opened_on=TODAY
        )
        gone = await open_tenant(
            tx, code="S02", name_zh="旧站", name_en="Old", kind="town_station", opened_on=date(2025, 1, 1)
        )
        await close_tenant(tx, gone.id, date(2025, 2, 1))
        for_all = await post_notice(tx, TELLS, ["all"], TODAY)
        for_kind = await post_notice(tx, ASKS, ["kind:town_station"], TODAY)
        for_one = await post_notice(tx, ASKS, ["unit:T01"], TODAY, key := new_id())
    async with act() as tx:
        assert await post_notice(tx, ASKS, ["all"], TODAY, key) == for_one == key
        met = {notice.id: notice.units for notice in (await posted_notices(tx))[0]}
        assert met == {for_all: 3, for_kind: 1, for_one: 1}
        assert [state.tenant.code for state in await states_of(tx, for_kind)] == ["S01"]
        lines = await audit.lines(tx, limit=10)
        assert [dict(line.detail) for line in lines if line.action == "notices.notice.post"] == [
            {"units": 1},
            {"units": 1},
            {"units": 3},
        ]
        for nobody in ([], ["unit:S02"], ["unit:T99"]):
            with pytest.raises(BadInput) as refused:
                await post_notice(tx, TELLS, nobody, TODAY)
            assert set(refused.value.fields) == {"to"}
        with pytest.raises(NotFound):
            await posted_notice(tx, new_id())
    async with act("station_staff.t02") as tx:
        assert [notice.id for notice in (await received_notices(tx))[0]] == [for_all]
        with pytest.raises(NotFound):
            await received_notice(tx, for_one)
        with pytest.raises(NotFound):
            await mark_read(tx, for_one, 1)


async def test_reading_is_noted_once_for_each_reader_and_done_once_for_the_unit(act) -> None:
    async with act() as tx:
        notice = await post_notice(tx, ASKS, ["all"], TODAY)
    for _time in range(2):
        async with act("station_staff") as tx:
            await mark_read(tx, notice, 1)
    async with act("station_staff") as tx:
        assert (await received_notice(tx, notice)).is_read
        assert len(await open_notices(tx)) == 1
    async with act("tenant_officer") as tx:
        assert not (await received_notice(tx, notice)).is_read
        await mark_done(tx, notice, 1)
        received = await received_notice(tx, notice)
        assert (received.is_read, received.done_by, received.is_waiting) == (True, "tenant officer", False)
    async with act("station_staff") as tx:
        await mark_done(tx, notice, 1)
        assert (await received_notice(tx, notice)).done_by == "tenant officer"
        assert await open_notices(tx) == []
        assert {reader.name for reader in await readers_of(tx, notice)} == {"station staff", "tenant officer"}
        acts = [line.action for line in await audit.lines(tx, object_id=notice)]
        assert sorted(acts) == ["notices.notice.done", "notices.notice.read", "notices.notice.read"]
    async with act() as tx:
        posted = await posted_notice(tx, notice)
        assert (posted.read, posted.done, posted.units) == (1, 1, 2)
        ours, theirs = await states_of(tx, notice)
        assert (ours.has_read, len(ours.readers), ours.done_by) == (True, 2, "tenant officer")
        assert (theirs.has_read, theirs.readers, theirs.done_at) == (False, [], None)
    async with act("station_staff.t02") as tx:
        assert (await readers_of(tx, notice), len(await open_notices(tx))) == ([], 1)


async def test_a_correction_is_a_new_version_to_be_read_again(act) -> None:
    async with act() as tx:
        notice = await post_notice(tx, ASKS, ["all"], TODAY)
    async with act("station_staff") as tx:
        await mark_done(tx, notice, 1)
    better = Draft(title="Fire drill", body="On Monday.", due_on=date(2025, 3, 31))
    async with act() as tx:
        await correct_notice(tx, notice, 1, ASKS)  # says nothing new
        await correct_notice(tx, notice, 1, better)
    async with act() as tx:
        with pytest.raises(Conflict):
            await correct_notice(tx, notice, 1, TELLS)
        posted = await posted_notice(tx, notice)
        assert (posted.version, posted.body, posted.read, posted.done, posted.units) == (
            2,
            "On Monday.",
            0,
            0,
            2,
        )
        assert [version.body for version in await versions_of(tx, notice)] == ["On Monday.", ASKS.body]
        ours = (await states_of(tx, notice))[0]
        assert [reader.is_current for reader in ours.readers] == [False]
        assert not ours.has_read
    async with act("station_staff") as tx:
        for stale in (mark_read, mark_done):
            with pytest.raises(Conflict):
                await stale(tx, notice, 1)
        await mark_read(tx, notice, 2)
        assert [reader.is_current for reader in await readers_of(tx, notice)] == [True]
        assert (await received_notice(tx, notice)).is_waiting


async def test_what_is_withdrawn_waits_no_more_and_says_why(act) -> None:
    async with act() as tx:
        notice = await post_notice(tx, ASKS, ["all"], TODAY)
        with pytest.raises(BadInput):
            await withdraw_notice(tx, notice, "")
        with pytest.raises(NotFound):
            await withdraw_notice(tx, new_id(), "wrong day")
        await withdraw_notice(tx, notice, "wrong day")
    async with act() as tx:
        await withdraw_notice(tx, notice, "another reason")
        with pytest.raises(Conflict):
            await correct_notice(tx, notice, 1, TELLS)
        lines = [line for line in await audit.lines(tx, object_id=notice) if line.action.endswith("withdraw")]
        assert [(line.reason, dict(line.detail)) for line in lines] == [("wrong day", {"units": 2})]
    async with act("station_staff") as tx:
        assert await open_notices(tx) == []
        assert (await received_notice(tx, notice)).withdrawn_why == "wrong day"
        for late in (mark_read, mark_done):
            with pytest.raises(Conflict):
                await late(tx, notice, 1)


async def test_what_waits_here_and_what_is_late_for_the_town(act) -> None:
    async with act() as tx:
        news = await post_notice(tx, TELLS, ["unit:T01"], TODAY)
        asked = await post_notice(tx, ASKS, ["all"], TODAY)
    async with act("station_staff") as tx:
        with pytest.raises(Conflict):
            await mark_done(tx, news, 1)  # it asks for nothing
        assert [notice.id for notice in await open_notices(tx)] == [news, asked]
    async with act("station_staff.t02") as tx:
        await mark_done(tx, asked, 1)
    with freeze(NOW + timedelta(days=31)):
        async with act("station_staff") as tx:
            assert [notice.id for notice in await open_notices(tx)] == [asked]
    async with act() as tx:
        assert await late_notices(tx, date(2025, 3, 28)) == []
        (late,) = await late_notices(tx, date(2025, 3, 29))
        assert (late.id, late.missing) == (asked, 1)


async def test_a_long_list_goes_on(act) -> None:
    async with act() as tx:
        made = [await post_notice(tx, TELLS, ["unit:T01"], TODAY) for _n in range(PAGE + 1)]
        page, more = await posted_notices(tx)
        rest, end = await posted_notices(tx, more)
        assert [notice.id for notice in page + rest] == made[::-1]
        assert end is None
    async with act("station_staff") as tx:
        page, more = await received_notices(tx)
        rest, end = await received_notices(tx, more)
        assert [notice.id for notice in page + rest] == made[::-1]
        assert end is None


async def test_the_walls_hold_and_the_doors_are_those_of_the_town_alone(act, platform, town) -> None:
    async with act() as tx:
        notice = await post_notice(tx, ASKS, ["all"], TODAY)
    async with act("station_staff") as tx:
        await mark_read(tx, notice, 1)
    counts = {}
    scopes = {
        "nobody": Scope.nobody(),
        "ours": Scope.of_tenant(town.t01.id),
        "theirs": Scope.of_tenant(town.t02.id),
        "town": Scope.town(town.region.id),
        "another town": Scope.town(new_id()),
    }
    for name, scope in scopes.items():
        async with platform.database.transaction(scope) as tx:
            counts[name] = tuple(
                [
                    await tx.fetchval(f"SELECT count(*) FROM notices.{table}")
                    for table in ("notice", "reading")
                ]
            )
            changed = await tx.execute("UPDATE notices.notice SET title = title")
            assert changed == counts[name][0], name
    assert counts == {
        "nobody": (0, 0),
        "ours": (1, 1),
        "theirs": (1, 0),
        "town": (2, 1),
        "another town": (0, 0),
    }
