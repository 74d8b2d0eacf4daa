"""The ledger through any acts: late, again, taken back, with lots set aside and months closed; against a model.

Each run is one transaction that is given up at its end, so that all begin with the same empty store room.
`TOWNBRIDGE_LEDGER_RUNS` and `TOWNBRIDGE_LEDGER_STEPS` make it longer than a build has time for.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, nullcontext, suppress
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.app import Platform, open_platform
from core.host.background import tenant_background
from core.host.discovery import Found
from core.kernel.clock import freeze
from core.kernel.errors import BadInput, Conflict
from core.kernel.ids import new_id
from core.kernel.prepared import Prepared
from core.kernel.scope import Scope
from core.sdk.ctx import TenantCtx
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.testing import TOWN, Server, platform_settings
from plugins.supplies.services import ledger
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.services.recipients import retire
from plugins.supplies.services.vouchers import Act, Line, Posted
from plugins.supplies.tables import Entry, Point, Recipient, Stock
from tests.plugins.supplies.conftest import LATER, person_at
from tests.plugins.supplies.services.ledger_model import BACKDATED, Model, Wish

RUNS = int(os.environ.get("TOWNBRIDGE_LEDGER_RUNS", "200"))
STEPS = int(os.environ.get("TOWNBRIDGE_LEDGER_STEPS", "50"))

START = datetime(2026, 3, 10, 4, tzinfo=UTC)
COMPARTMENTS = ("registry", "supplies", "archive")
MONTH = "INSERT INTO reports.report (tenant_id, id, region_id, form, form_version, period, first_day, due_on, state,"
MONTH += " submissions, received_on) SELECT id, $2, region_id, 'tests', 1, $4, $3, $3, $5, 1, $3 FROM tenancy.tenant"
MONTH += " WHERE id = $1 ON CONFLICT (tenant_id, form, period) DO UPDATE SET state = excluded.state"
BALANCES = Prepared(lambda: Stock.select(Stock.point, Stock.lot, Stock.balance))

points = st.sampled_from(("S1", "B1"))
lots = st.sampled_from("AB")
quantities = st.integers(1, 9)
somebody = st.sampled_from((None, None, 1, 2))
ago = st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 12), st.integers(-1, BACKDATED + 2))
lines = st.lists(st.tuples(lots, quantities), min_size=1, max_size=3).map(tuple)
seldom = st.sampled_from((False, False, False, True))


class GivenUp(Exception):
    """Nothing of the run stays."""


class Store(RuleBasedStateMachine):
    platform: Platform
    runner: asyncio.Runner
    told: Counter[str]
    tenant: UUID
    people: Sequence[UUID]
    last: tuple[Act, list[Line]] | None
    """What was asked for last."""

    def __init__(self):
        super().__init__()
        self.told["runs"] += 1
        self.moment = START
        self.vouchers = []
        self.proven = 0
        self.is_asked = True
        self.last = None
        self.run(self._open())

    def run(self, work):
        with freeze(self.moment):
            return self.runner.run(work)

    async def _open(self):
        self.stack = AsyncExitStack()
        enter = self.stack.enter_async_context
        tx = await enter(self.platform.database.transaction(Scope.of_tenant(self.tenant, COMPARTMENTS)))
        self.ctx: TenantCtx = await enter(
            tenant_background(self.platform.server, tx, self.tenant, "supplies")
        )
        self.model = Model(book=self.ctx.tenant.books_from, today=self.ctx.today)

    def teardown(self):
        async def close():
            given_up = GivenUp()
            assert not await self.stack.__aexit__(GivenUp, given_up, None)

        try:
            self.run(self._check_links())
        finally:
            with suppress(GivenUp):
                self.run(close())

    async def _tried(self, work, is_to_be_done: bool = False) -> str:
        """What is refused in a savepoint, where a request would give its transaction up."""
        self.is_asked = True
        try:
            async with nullcontext() if is_to_be_done else self.ctx.transaction.savepoint():
                posted = await work
        except (BadInput, Conflict):
            return "refused"
        both = posted if isinstance(posted, tuple) else (posted,)
        new: list[Posted] = [each for each in both if each.is_new]
        self.vouchers += [each.voucher for each in new]
        return "done" if new else "repeated"

    def ask(self, wish: Wish) -> None:
        self.last = self._act(wish), self._lines(wish)
        is_done = self.model.post(wish)
        self._compare(wish.kind, self.run(self._post(is_done)), is_done)

    def _compare(self, name: str, found: str, is_done: bool) -> None:
        assert found == ("done" if is_done else "refused"), name
        self.told[f"{name}: {found}"] += 1

    async def _post(self, is_to_be_done: bool = False) -> str:
        assert self.last
        act, lines = self.last
        return await self._tried(ledger.post(self.ctx, act, lines), is_to_be_done)

    def _act(self, wish: Wish) -> Act:
        return Act(
            kind=wish.kind,
            day=wish.day,
            point=wish.point,
            person=self.people[wish.person - 1] if wish.person else None,
            key=new_id().hex,
        )

    @staticmethod
    def _lines(wish: Wish) -> list[Line]:
        return [
            Line(sku="CON-M", lot=lot, quantity=quantity, expiry=wish.expiry) for lot, quantity in wish.lines
        ]

    def day(self, days: int) -> date:
        return self.model.today - timedelta(days=days)

    @initialize(counts=st.lists(st.integers(0, 60), min_size=4, max_size=4))
    def open_the_stores(self, counts):
        places = ("S1", "A"), ("S1", "B"), ("B1", "A"), ("B1", "B")
        for (point, lot), count in zip(places, counts, strict=True):
            if count:
                self.ask(Wish("RECEIPT", point, self.day(20), ((lot, count),), expiry=LATER))

    @rule(point=points, lines=lines, ago=ago, early=st.sampled_from((0, 0, 0, 0, 0, 1, None)))
    def receive(self, point, lines, ago, early):
        """Now and then with another expiry than the pack has, or with none."""
        expiry = LATER - timedelta(days=early) if early is not None else None
        self.ask(Wish("RECEIPT", point, self.day(ago), lines, expiry=expiry))

    @rule(point=points, lot=lots, quantity=quantities, person=somebody)
    def issue(self, point, lot, quantity, person):
        self.ask(Wish("ISSUE", point, self.day(0), ((lot, quantity),), person=person))

    @rule(point=points, lines=lines, ago=ago, person=somebody)
    def enter_an_issue_on_paper(self, point, lines, ago, person):
        self.ask(Wish("ISSUE", point, self.day(ago), lines, person=person))

    @rule(point=points, lines=lines, ago=ago, person=somebody)
    def give_back(self, point, lines, ago, person):
        self.ask(Wish("RETURN", point, self.day(ago), lines, person=person))

    @rule(point=points, lines=lines, ago=ago)
    def lose(self, point, lines, ago):
        self.ask(Wish("LOSS", point, self.day(ago), lines))

    @rule(point=points, lot=lots, counted=st.integers(0, 15), ago=ago)
    def count(self, point, lot, counted, ago):
        """What is found is the balance from now on."""
        difference = counted - self.model.balances()[point, lot]
        if difference:
            self.ask(Wish("ADJUST", point, self.day(ago), ((lot, difference),), expiry=LATER))

    @rule(out=points, lot=lots, quantity=quantities, ago=ago)
    def transfer(self, out, lot, quantity, ago):
        into, day = "B1" if out == "S1" else "S1", self.day(ago)
        transfer = new_id()
        halves = (
            Act(kind="TRANSFER_OUT", day=day, point=out, transfer_id=transfer, key=transfer.hex),
            Act(kind="TRANSFER_IN", day=day, point=into, transfer_id=transfer),
        )
        line = [Line(sku="CON-M", lot=lot, quantity=quantity)]
        is_done = self.model.transfer(lot, quantity, out, into, day)
        found = self.run(self._tried(ledger.post_pair(self.ctx, *halves, line), is_done))
        self._compare("transfer", found, is_done)
        if is_done and not self.model.shut:
            assert self.run(self._tried(ledger.post_pair(self.ctx, *halves, line))) == "repeated"

    @precondition(lambda self: self.vouchers)
    @rule(data=st.data())
    def take_back(self, data):
        number = data.draw(st.integers(0, len(self.vouchers) - 1))
        is_done = self.model.reverse(number)
        work = ledger.reverse(self.ctx, self.vouchers[number], "MISTAKE")
        self._compare("take back", self.run(self._tried(work, is_done)), is_done)

    @precondition(lambda self: self.last)
    @rule()
    def ask_again(self):
        """The answer was lost on the way; what was refused may be possible by now."""
        before = len(self.vouchers)
        assert self.last
        if self.run(self._post()) == "done":
            act, lines = self.last
            expiry = lines[0].expiry
            person = self.people.index(act.person) + 1 if act.person else None
            told = tuple((line.lot, line.quantity) for line in lines)
            assert self.model.post(Wish(act.kind, act.point, act.day, told, person, expiry))
        else:
            assert len(self.vouchers) == before
        self.told["again"] += 1

    @rule(point=points, lot=lots, sets_aside=seldom)
    def set_aside_or_release(self, point, lot, sets_aside):
        since = None if (point, lot) in self.model.held else self.model.today
        if (point, lot) in self.model.expiries and (since is None or sets_aside):
            self.run(self._hold(point, lot, since))
            self.model.held ^= {(point, lot)}
            self.told["hold" if since else "release"] += 1

    async def _hold(self, point, lot, since):
        await Stock.update({"held_since": since}).where((Stock.point == point) & (Stock.lot == lot))

    @rule(point=points, closes=seldom)
    def open_or_close(self, point, closes):
        is_open = point in self.model.shut
        if not is_open and not closes:
            return
        self.run(self._point(point, is_open))
        self.model.shut ^= {point}

    async def _point(self, point, is_open):
        await Point.update({"is_open": is_open}).where(Point.code == point)

    @rule(months=st.integers(0, 1), submits=seldom)
    def submit_or_reopen(self, months, submits):
        """The report of this month or the last one goes to the town, or comes back."""
        first = (self.model.today.replace(day=1) - timedelta(days=months)).replace(day=1)
        state = "reopened" if first in self.model.closed else "submitted"
        if state == "submitted" and not submits:
            return
        self.run(self._month(first, state))
        self.model.closed ^= {first}
        self.told[state] += 1

    async def _month(self, first, state):
        await self.ctx.transaction.execute(MONTH, self.tenant, new_id(), first, f"{first:%Y-%m}", state)

    @rule(days=st.one_of(st.integers(1, 5), st.integers(1, 40)))
    def sleep(self, days):
        self.moment += timedelta(days=days)
        self.model.today += timedelta(days=days)

    @rule(does_so=seldom)
    def put_links_away(self, does_so):
        """At once, where a unit would wait for years."""
        if does_so:
            count = self.run(retire(self.ctx, 0))
            assert count == self.model.put_away(self.model.today)
            self.told["put away"] += count

    @invariant()
    def the_stock_is_what_the_model_says(self):
        self.told["steps"] += 1
        if self.is_asked:
            assert self.run(self._balances()) == self.model.balances()
            self.is_asked = False
        if len(self.vouchers) != self.proven:
            assert self.run(faults_of_stock(self.ctx)) == []
            assert self.model.is_sound()
            self.proven = len(self.vouchers)

    async def _balances(self):
        found = Counter({(row["point"], row["lot"]): row["balance"] for row in await BALANCES()})
        return +found

    async def _check_links(self):
        """What she was given is what the links and the entries say, read as the counter reads it."""
        links = {row["voucher_id"]: row["person_id"] for row in await Recipient.select()}
        found: Counter[UUID] = Counter()
        for row in await Entry.select(Entry.voucher_id, Entry.change):
            if row["voucher_id"] in links:
                found[links[row["voucher_id"]]] -= row["change"]
        told = {person: count for person, count in found.items() if count}
        assert told == {
            self.people[number - 1]: count for number, count in self.model.received().items() if count
        }


async def _furnished(platform: Platform) -> tuple[UUID, list[UUID]]:
    """Two points and two people in a unit, for every run."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, TOWN)
    assert region is not None
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        tenant = (await list_tenants(tx))[0].id
    async with (
        platform.database.transaction(Scope.of_tenant(tenant, COMPARTMENTS)) as tx,
        tenant_background(platform.server, tx, tenant, "supplies") as ctx,
    ):
        for code, kind in (("S1", "STATION"), ("B1", "BOX")):
            await Point.insert(Point(code=code, name=code, kind=kind, opened_on=date(2020, 1, 1)))
            ctx.changed(Point, date(2020, 1, 1), onwards=True)
        return tenant, [await person_at(ctx, name) for name in ("王小明", "李小红")]


def test_the_ledger_lives_as_the_model_says(
    database_server: Server, furnished_database: str, installed_plugins: Sequence[Found], home
):
    name = f"ledger_{new_id().hex}"
    with asyncio.Runner() as runner:
        runner.run(database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_database}"'))
        opened = open_platform(
            platform_settings(database_server, name, home), ("app",), found=installed_plugins
        )
        platform = runner.run(opened.__aenter__())
        Store.platform, Store.runner, Store.told = platform, runner, Counter()
        try:
            with freeze(START - timedelta(days=60)):
                Store.tenant, Store.people = runner.run(_furnished(platform))
            run_state_machine_as_test(
                Store,
                settings=settings(
                    max_examples=RUNS,
                    stateful_step_count=STEPS,
                    deadline=None,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
        finally:
            runner.run(opened.__aexit__(None, None, None))
            runner.run(database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)'))
    print(dict(sorted(Store.told.items())))  # noqa: T201 -- how much was tried, for the report
    assert Store.told["runs"] >= RUNS
