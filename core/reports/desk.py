"""The desks: what a plug-in may do with reports, in one unit, and in the town."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.figures.indicators import Catalogue, Indicator
from core.figures.periods import Period, parse_period
from core.figures.protection import Protection
from core.kernel.db import Transaction
from core.kernel.errors import NotFound
from core.reports import cells, report
from core.reports.month import (
    Expected,
    Waiting,
    expected_between,
    expected_reports,
    waiting_reports,
)
from core.reports.report import Report, StepTaken, Submission
from core.reports.review import Review, review_report
from core.reports.states import Act
from core.reports.totals import Total, month_totals
from core.tenancy.town_settings import TownSettings, town_settings

__all__ = ["ReportDesk", "TownReportDesk"]


class ReportDesk:
    """The reports of one unit, exactly. `form` is `plugin.form`, so that no two plug-ins meet."""

    def __init__(self, transaction: Transaction, tenant: UUID) -> None:
        self._tx = transaction
        self._tenant = tenant
        self._settings: TownSettings | None = None

    async def due_on(self, period: Period) -> date:
        """The town's working day after the period; it is kept with the report when that is begun."""
        if self._settings is None:
            self._settings = await town_settings(self._tx)
        return report.due_day(period, self._settings)

    async def find(self, form: str, period: str) -> Report | None:
        """None before anybody has begun it."""
        return await report.find_report(self._tx, self._tenant, form, period)

    async def open(self, form: str, version: int, period: Period) -> Report:
        """The report of the period, begun now if it was not there, by this version of the form."""
        return await report.open_report(self._tx, form, version, period, await self.due_on(period))

    async def between(self, form: str, first: date, last: date) -> list[Report]:
        """Those that are begun, the newest first."""
        return await report.reports_between(self._tx, self._tenant, form, first, last)

    async def is_closed(self, day: date) -> bool:
        """Whether a report of the month of `day`, of whatever form, lies with the town: its figures stand."""
        return await report.is_closed(self._tx, self._tenant, day.replace(day=1))

    async def steps(self, one: Report) -> list[StepTaken]:
        """Who did what with it, oldest first."""
        return await report.steps_of(self._tx, one)

    async def touch(self, one: Report, version: int) -> Report:
        """Call it before cells are changed: raises `OutOfDate`, or `Conflict` while the town has the report."""
        return await report.touch(self._tx, one, version)

    async def turn(self, one: Report, act: Act, version: int) -> Report:
        """`Act.PREPARE` or `Act.TAKE_BACK`."""
        return await report.turn(self._tx, one, act, version)

    async def submit(self, one: Report, version: int, sent: Submission) -> Report:
        """Keep every cell as it stands and send it; raises `Conflict` while figures wait to be computed."""
        return await report.submit(self._tx, one, version, sent)

    async def receive(self, one: Report, sent: Submission, day: date) -> bool:
        """A report that came with a file; False where one was submitted already, which stays."""
        return await report.receive(self._tx, one, sent, day)

    async def complete(self, one: Report, computed: Sequence[str]) -> int:
        """Add the figures to a submission that came with a file, once these are computed; how many."""
        if not one.submissions:
            return 0
        return await cells.add_computed(
            self._tx, one.region_id, one.id, one.submissions, one.period, computed
        )

    async def submitted(self, one: Report) -> list[cells.Submitted]:
        """The cells of the latest submission."""
        return await cells.submitted_cells(self._tx, self._tenant, one.id, one.submissions)

    async def changed_since(self, one: Report) -> list[cells.Changed]:
        """What the books say otherwise by now than the latest submission."""
        return await cells.changed_since(self._tx, self._tenant, one.id, one.submissions, one.period)


class TownReportDesk:
    """The reports of a town's units: states and reasons, and of the numbers what the town may see."""

    def __init__(
        self, transaction: Transaction, region: UUID, catalogue: Catalogue, plugin: str, language: str
    ) -> None:
        self._tx = transaction
        self._region = region
        self._catalogue = catalogue
        self._plugin = plugin
        self._language = language
        self._settings: TownSettings | None = None

    async def due_on(self, period: Period) -> date:
        """The town's working day after the period; one that is begun keeps its own."""
        return report.due_day(period, await self._town_settings())

    async def expected(self, form: str, period: Period) -> list[Expected]:
        """The units that owe a report of the period, in order of code, with what became of it."""
        return await expected_reports(self._tx, self._region, self._plugin, form, period)

    async def calendar(self, form: str, months: Sequence[Period]) -> dict[str, list[Expected]]:
        """What `expected` gives, for each of these months by name, in one question."""
        return await expected_between(self._tx, self._region, self._plugin, form, months)

    async def waiting(self, form: str) -> list[Waiting]:
        """Submissions that wait for an answer, the oldest period first."""
        return await waiting_reports(self._tx, self._region, form)

    async def find(self, form: str, period: Period, code: str) -> tuple[Expected, Report]:
        """A unit's report that was submitted at least once; raises `NotFound`."""
        for unit in await self.expected(form, period):
            if unit.code == code and unit.report is not None and unit.report.submissions:
                return unit, unit.report
        raise NotFound

    async def review(self, one: Report) -> Review:
        """The latest submission beside the month before, with what it changed; small numbers are not shown."""
        units = await self.expected(one.form, parse_period(one.period))
        protection = await self._protection()
        return await review_report(self._tx, one, units, self._catalogue, protection, self._language)

    async def steps(self, one: Report) -> list[StepTaken]:
        return await report.steps_of(self._tx, one)

    async def decide(
        self,
        one: Report,
        act: Act,
        submission: int,
        reason: str = "",
        cell: tuple[str, str] = ("", ""),
    ) -> Report:
        """An act of the town on the submission that it has seen; `cell` is what the reason is about."""
        return await report.decide(
            self._tx, one.tenant_id, one.id, act, submission=submission, reason=reason, cell=cell
        )

    async def totals(
        self, units: Sequence[Expected], period: Period, indicators: Sequence[Indicator]
    ) -> list[Total]:
        """Live and approved side by side."""
        return await month_totals(self._tx, self._region, units, period, indicators, await self._protection())

    async def _protection(self) -> Protection:
        return Protection.of(await self._town_settings())

    async def _town_settings(self) -> TownSettings:
        if self._settings is None:
            self._settings = await town_settings(self._tx)
        return self._settings
