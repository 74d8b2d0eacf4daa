"""Two units' reports of a month through any acts: in and out of turn, again, late, at once, crashed; against a model.

`TOWNBRIDGE_REPORT_RUNS` and `TOWNBRIDGE_REPORT_STEPS` make it longer than a build has time for.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.app import Platform, open_platform
from core.figures.loop import settle
from core.figures.periods import parse_period
from core.figures.read import figures_of
from core.figures.rebuild import rebuild
from core.host.background import tenant_background
from core.host.discovery import Found
from core.host.offers import offer_plugin, switch_plugin
from core.kernel.clock import freeze
from core.kernel.errors import BadInput, Conflict
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.reports.desk import ReportDesk, TownReportDesk
from core.reports.report import OutOfDate
from core.sdk.reports import Act, HandCell, IllegalAct, Submission
from core.tenancy.regions import open_region
from core.tenancy.tenants import open_tenant
from core.testing import Server, platform_settings

RUNS = int(os.environ.get("TOWNBRIDGE_REPORT_RUNS", "40"))
STEPS = int(os.environ.get("TOWNBRIDGE_REPORT_STEPS", "25"))

FORM = "reporting.monthly"
MARCH = parse_period("2025-03")
DUE = date(2025, 4, 7)
START = datetime(2025, 4, 2, 4, tzinfo=UTC)
CODES = count(1)
LIFE = {
    "prepare": ("draft returned reopened", "prepared"),
    "take_back": ("prepared", "draft"),
    "submit": ("draft returned reopened prepared", "submitted"),
    "return": ("submitted", "returned"),
    "approve": ("submitted", "approved"),
    "lock": ("approved", "locked"),
    "reopen": ("approved locked", "reopened"),
}
"""The states before an act, and the one after it."""

Cells = dict[tuple[str, str], int]


class Crash(Exception):
    """The process dies before the commit."""


@dataclass(frozen=True)
class Wish:
    """What somebody asks for; `version` and `submission` as the page told her."""

    unit: int
    act: str
    actor: int
    version: int
    submission: int
    reason: str
    numbers: Cells


@dataclass
class Model:
    """The rules in their plainest form, for one report."""

    state: str = "draft"
    version: int = 1
    received: date | None = None
    sent: list[Cells] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    is_behind: bool = False
    """Its figures wait to be computed."""

    def wish(self, asked: Wish, today: date) -> str:
        found = self._judge(asked)
        if found == "done":
            self.version += 1
            if asked.act != "fill":
                self.steps.append(asked.act)
                self.state = LIFE[asked.act][1]
            if asked.act == "submit":
                self.sent.append(asked.numbers)
                self.received = self.received or today
                self.is_behind = True
        return found

    def _judge(self, asked: Wish) -> str:
        is_late = asked.version != self.version
        if asked.act == "fill":
            return "out of date" if is_late else "done" if self._is_open else "conflict"
        before, after = LIFE[asked.act]
        if asked.act in ("return", "approve", "lock", "reopen"):
            is_late = asked.submission != len(self.sent)
            if is_late:
                return "out of date"
        if self.state == after:
            return "repeated"
        if self.state not in before.split():
            return "illegal"
        if is_late:
            return "out of date"
        if asked.act == "submit" and self.is_behind:
            return "conflict"
        return "no reason" if asked.act in ("return", "reopen") and not asked.reason else "done"

    @property
    def _is_open(self) -> bool:
        return self.state in ("draft", "returned", "reopened")

    @property
    def is_approved(self) -> bool:
        return self.state in ("approved", "locked")


acts = st.sampled_from(("fill", *LIFE))
beside = st.sampled_from((0, 0, 0, 0, 0, -1, 1))
numbers = st.builds(
    lambda men, women, events, people: {
        ("EMP-01", "sex=1"): men,
        ("EMP-01", "sex=2"): women,
        ("EMP-01", ""): men + women,
        ("COM-02", ""): events,
        ("COM-02", "measure=PARTICIPANTS"): people,
    },
    *(st.integers(100, 999),) * 2,
    *(st.integers(0, 30),) * 2,
)


@st.composite
def wishes(draw, act=acts):
    return draw(
        st.builds(
            Wish,
            unit=st.integers(0, 1),
            act=act,
            actor=st.integers(0, 1),
            version=beside,
            submission=beside,
            reason=st.sampled_from(("", "Count again.", "Count again.")),
            numbers=numbers,
        )
    )


class Life(RuleBasedStateMachine):
    platform: Platform
    runner: asyncio.Runner
    told: Counter[str]

    def __init__(self):
        super().__init__()
        self.told["runs"] += 1
        self.moment = START
        self.models = [Model(), Model()]
        self.actors = (new_id(), new_id())
        self.officers = (new_id(), new_id())
        self.run(self._open())

    def run(self, work):
        with freeze(self.moment):
            return self.runner.run(work)

    async def _open(self):
        """A town of its own for each run, with two units and a report of each."""
        code = f"{next(CODES):09d}"
        server, database = self.platform.server, self.platform.database
        self.region = (await open_region(database, code=code, name_zh="镇", name_en="Town")).id
        async with database.transaction(Scope.town(self.region)) as tx:
            await offer_plugin(tx, self.region, self.platform.registry, "reporting", "offered")
            self.units = [
                await open_tenant(
                    tx, code=unit, name_zh=unit, name_en=unit, kind="joint_branch", opened_on=MARCH.first_day
                )
                for unit in ("A1", "B2")
            ]
        self.reports = []
        for unit in self.units:
            async with database.transaction(Scope.of_tenant(unit.id, ("reports",))) as tx:
                async with tenant_background(server, tx, unit.id, "reporting") as ctx:
                    await switch_plugin(ctx, self.platform.registry, "reporting", True)
                self.reports.append(await ReportDesk(tx, unit.id).open(FORM, 1, MARCH))
        await settle(database, self.platform.catalogue)

    def _desk(self, tx):
        return TownReportDesk(tx, self.region, self.platform.catalogue, "reporting", "en")

    async def _ask(self, asked: Wish, crashes: bool = False) -> str:
        """In a transaction of its own, as the gate opens one for a page."""
        report, unit = self.reports[asked.unit], self.units[asked.unit]
        of_town = asked.act in ("return", "approve", "lock", "reopen")
        scope = (
            Scope.town(self.region, actor=self.officers[asked.actor])
            if of_town
            else Scope.of_tenant(unit.id, ("reports",), self.actors[asked.actor])
        )
        try:
            async with self.platform.database.transaction(scope) as tx:
                after = await self._act(tx, report, asked, of_town)
                if crashes:
                    raise Crash
        except IllegalAct:
            return "illegal"
        except OutOfDate:
            return "out of date"
        except Conflict:
            return "conflict"
        except BadInput:
            return "no reason"
        except Crash:
            return "crashed"
        return "done" if after else "repeated"

    async def _act(self, tx, report, asked: Wish, of_town: bool) -> bool:
        """Whether it changed anything: a row of its own says so, whatever others did meanwhile."""
        desk = ReportDesk(tx, report.tenant_id)
        if asked.act == "fill":
            await desk.touch(report, asked.version)
            return True
        if of_town:
            cell = ("EMP-01", "sex=1")
            town = self._desk(tx)
            await town.decide(report, Act(asked.act), asked.submission, asked.reason, cell)
        elif asked.act == "submit":
            hand = [HandCell(indicator=i, cut=c, value=v) for (i, c), v in asked.numbers.items()]
            await desk.submit(report, asked.version, Submission(hand=hand, computed=("QUA-01",)))
        else:
            await desk.turn(report, Act(asked.act), asked.version)
        return await tx.fetchval(
            "SELECT EXISTS (SELECT FROM reports.step WHERE report_id = $1 AND xmin = pg_current_xact_id()::xid)",
            report.id,
        )

    def placed(self, asked: Wish) -> Wish:
        """With version and submission counted from those of now."""
        model = self.models[asked.unit]
        return Wish(
            **{
                **vars(asked),
                "version": model.version + asked.version,
                "submission": max(0, len(model.sent) + asked.submission),
            }
        )

    @rule(asked=wishes())
    def ask(self, asked):
        self._asked(self.placed(asked))

    @rule(asked=wishes(st.sampled_from(("fill", "submit", "return", "approve"))))
    def ask_twice(self, asked):
        """The answer was lost on the way, so the same request comes again."""
        asked = self.placed(asked)
        if self._asked(asked) == "done" and asked.act != "fill":
            assert self._asked(asked) == "repeated"

    def _asked(self, asked: Wish) -> str:
        found = self.run(self._ask(asked))
        assert found == self.models[asked.unit].wish(asked, self.moment.date())
        self.told[f"{asked.act}: {found}"] += 1
        return found

    @rule(asked=wishes())
    def crash(self, asked):
        """Nothing remains: the invariant compares the books with a model that never heard of it."""
        asked = self.placed(asked)
        told = deepcopy(self.models[asked.unit]).wish(asked, self.moment.date())
        found = self.run(self._ask(asked, crashes=True))
        assert found == ("crashed" if told in ("done", "repeated") else told)
        self.told["crash"] += 1

    @rule(first=wishes(), second=wishes())
    def ask_at_once(self, first, second):
        """Two people press their buttons in the same moment: it is as if one of them had been first."""
        asked = [self.placed(first), self.placed(second)]
        found = self.run(self._both(asked))
        ways = []
        for order in ((0, 1), (1, 0)):
            models, told = deepcopy(self.models), ["", ""]
            for place in order:
                told[place] = models[asked[place].unit].wish(asked[place], self.moment.date())
            ways.append((told, models))
        fitting = [models for told, models in ways if told == found]
        assert fitting, (found, [told for told, _models in ways])
        rows = self.run(self._read())
        self.models = next(models for models in fitting if self._as_told(models) == rows)
        self.told["at once"] += 1

    async def _both(self, asked: Sequence[Wish]) -> list[str]:
        return list(await asyncio.gather(*(self._ask(each) for each in asked)))

    @rule()
    def work_off_the_figures(self):
        self.run(settle(self.platform.database, self.platform.catalogue))
        for model in self.models:
            model.is_behind = False
        self.run(self._check_figures())

    @precondition(lambda self: self.moment < START + timedelta(days=9))
    @rule(days=st.integers(1, 3))
    def sleep(self, days):
        self.moment += timedelta(days=days)

    @invariant()
    def the_books_are_what_the_model_says(self):
        self.told["steps"] += 1
        assert self.run(self._read()) == self._as_told(self.models)

    @staticmethod
    def _as_told(models: Sequence[Model]):
        return [
            (m.state, m.version, len(m.sent), m.received, DUE, list(m.steps), list(m.sent)) for m in models
        ]

    async def _read(self):
        """Row, steps and the cells of every submission, of both units."""
        found = []
        async with self.platform.database.transaction(Scope.town(self.region)) as tx:
            for report in self.reports:
                now = await ReportDesk(tx, report.tenant_id).find(FORM, MARCH.name)
                desk = ReportDesk(tx, report.tenant_id)
                steps = [str(step.act) for step in await desk.steps(report)]
                sent = [
                    await self._sent(tx, report, number)
                    for number in range(1, (now.submissions if now else 0) + 1)
                ]
                assert now is not None
                found.append(
                    (str(now.state), now.version, now.submissions, now.received_on, now.due_on, steps, sent)
                )
        return found

    async def _sent(self, tx, report, number) -> Cells:
        rows = await tx.fetch(
            "SELECT indicator, cut, num, source FROM reports.cell"
            " WHERE tenant_id = $1 AND report_id = $2 AND submission = $3",
            report.tenant_id,
            report.id,
            number,
        )
        # What is computed goes with every submission: QUA-01 as it stood before it.
        computed = {row["cut"]: row["num"] for row in rows if row["source"] == "computed"}
        assert computed.keys() == {"", "measure=SUBMITTED"}
        return {(row["indicator"], row["cut"]): int(row["num"]) for row in rows if row["source"] == "hand"}

    async def _check_figures(self):
        """Live is what was last submitted, approved what is approved."""
        async with self.platform.database.transaction(Scope.town(self.region)) as tx:
            for unit, model in zip(self.units, self.models, strict=True):
                figures = await figures_of(tx, unit.id, MARCH.name)
                for (indicator, cut), number in (model.sent[-1] if model.sent else {}).items():
                    found = figures.get(indicator, cut)
                    assert (found.value if found else 0) == number
                in_time = figures.get("QUA-01")
                assert in_time is not None
                assert in_time.den == 1
                assert in_time.value == int(model.received is not None and model.received <= DUE)
            town = self._desk(tx)
            units = await town.expected(FORM, MARCH)
            catalogue = self.platform.catalogue
            both = [catalogue.get(code) for code in ("EMP-01", "COM-02")]
            for total in await town.totals(units, MARCH, [each for each in both if each]):
                for told, models in (
                    (total.approved, [model for model in self.models if model.is_approved]),
                    (total.live, [model for model in self.models if model.sent]),
                ):
                    parts = [model.sent[-1][total.indicator.code, ""] for model in models]
                    assert told.number == (sum(parts) if parts else None)

    def teardown(self):
        self.work_off_the_figures()


def test_reports_live_as_the_model_says(
    database_server: Server, template_database: str, installed_plugins: Sequence[Found], home
):
    name = f"reports_{new_id().hex}"
    with asyncio.Runner() as runner:
        runner.run(database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"'))
        opened = open_platform(
            platform_settings(database_server, name, home),
            ("app", "figures", "dispatch"),
            found=installed_plugins,
        )
        platform = runner.run(opened.__aenter__())
        Life.platform, Life.runner, Life.told = platform, runner, Counter()
        try:
            run_state_machine_as_test(
                Life,
                settings=settings(
                    max_examples=RUNS,
                    stateful_step_count=STEPS,
                    deadline=None,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
            with freeze(START + timedelta(days=20)):
                assert runner.run(rebuild(platform.database, platform.catalogue)) == 0
        finally:
            runner.run(opened.__aexit__(None, None, None))
            runner.run(database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)'))
    print(dict(sorted(Life.told.items())))  # noqa: T201 -- how much was tried, for the report
    assert Life.told["runs"] >= RUNS
