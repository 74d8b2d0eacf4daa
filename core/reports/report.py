"""A unit's report of a period: opened when somebody first needs it, moved from state to state by acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.figures.periods import Period, parse_period
from core.figures.read import is_stale
from core.kernel import audit, clock
from core.kernel.changes import changed
from core.kernel.db import Row, Transaction
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.reports.cells import HandCell, add_computed, add_hand
from core.reports.states import ACTS, OPEN_STATES, WITH_TOWN, Act, State, is_repeated
from core.tenancy.town_settings import TownSettings

__all__ = [
    "OutOfDate",
    "Report",
    "StepTaken",
    "Submission",
    "decide",
    "due_day",
    "find_report",
    "is_closed",
    "open_report",
    "receive",
    "reports_between",
    "steps_of",
    "submit",
    "touch",
    "turn",
]


class Report(Struct, frozen=True, kw_only=True):
    """One form of one period of one unit; `submissions` is the number of the latest one."""

    id: UUID
    tenant_id: UUID
    region_id: UUID
    form: str
    form_version: int
    period: str
    first_day: date
    due_on: date
    state: State
    version: int
    submissions: int
    received_on: date | None
    prepared_by: UUID | None

    @property
    def is_open(self) -> bool:
        """The unit may change its cells."""
        return self.state in OPEN_STATES

    @property
    def is_with_town(self) -> bool:
        """The unit can only look at it."""
        return self.state in WITH_TOWN

    @property
    def is_on_time(self) -> bool | None:
        """None while it is not received."""
        return None if self.received_on is None else self.received_on <= self.due_on


class Submission(Struct, frozen=True, kw_only=True):
    """What the unit sends: its own cells, and of which indicators the figures go with them."""

    hand: Sequence[HandCell]
    computed: Sequence[str]
    remarks: Sequence[HandCell] = ()
    """To computed cells."""


class StepTaken(Struct, frozen=True, kw_only=True):
    """An act on the report, for its history."""

    at: datetime
    who: str
    act: Act
    state: State
    submission: int
    reason: str
    indicator: str
    cut: str


class OutOfDate(Conflict):
    """The report has changed since the page was shown; nothing was done."""

    code = "out-of-date"
    default_what = _("The report has changed since you opened this page.")
    default_todo = _("Nothing you typed is lost: look at the report as it stands now, then send again.")


_COLUMNS = ", ".join(Report.__struct_fields__)

_FIND = f"SELECT {_COLUMNS} FROM reports.report WHERE tenant_id = $1 AND form = $2 AND period = $3"  # noqa: S608
_LOCKED = f"SELECT {_COLUMNS} FROM reports.report WHERE tenant_id = $1 AND id = $2 FOR UPDATE"  # noqa: S608
_BETWEEN = f"""
SELECT {_COLUMNS} FROM reports.report
WHERE tenant_id = $1 AND form = $2 AND first_day BETWEEN $3 AND $4 ORDER BY first_day DESC
"""  # noqa: S608

_HOLD_MONTH = """
SELECT pg_advisory_xact_lock{shared}(hashtextextended($1::uuid::text || $2::date::text, 0))
"""

_CLOSED = """
SELECT EXISTS (SELECT FROM reports.report WHERE tenant_id = $1 AND first_day = $2 AND state = ANY($3::text[]))
"""

_OPEN = """
INSERT INTO reports.report (tenant_id, id, region_id, form, form_version, period, first_day, due_on)
VALUES ($1, $2, (SELECT region_id FROM tenancy.tenant WHERE id = $1), $3, $4, $5, $6, $7)
ON CONFLICT (tenant_id, form, period) DO NOTHING
"""

_TURN = """
UPDATE reports.report SET state = $3, version = version + 1, prepared_by = $4, submissions = $5, received_on = $6
WHERE tenant_id = $1 AND id = $2
"""

_STEP = """
INSERT INTO reports.step (tenant_id, id, region_id, report_id, at, actor, act, state, submission, reason,
    indicator, cut)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""

_STEPS = """
SELECT s.at, coalesce(nullif(a.name, ''), a.login, '') AS who, s.act, s.state, s.submission, s.reason,
    s.indicator, s.cut
FROM reports.step s LEFT JOIN identity.account a ON a.id = s.actor
WHERE s.tenant_id = $1 AND s.report_id = $2 ORDER BY s.at, s.id
"""


def due_day(period: Period, settings: TownSettings) -> date:
    """The n-th working day after the period, by the calendar of the town."""
    after = period.last_day.replace(day=1)
    year, month = (after.year + after.month // 12, after.month % 12 + 1)
    return settings.working_day(year, month, settings.due_working_day)


async def find_report(tx: Transaction, tenant: UUID, form: str, period: str) -> Report | None:
    """In the tenant's scope or its town's; None before anybody has begun it."""
    row = await tx.fetchrow(_FIND, tenant, form, period)
    return _report(row) if row else None


async def is_closed(tx: Transaction, tenant: UUID, first_day: date) -> bool:
    """Whether any report of the month that begins then is with the town; so it stays until the transaction ends."""
    await tx.fetchval(_HOLD_MONTH.format(shared="_shared"), tenant, first_day)
    return await tx.fetchval(_CLOSED, tenant, first_day, [str(state) for state in WITH_TOWN])


async def open_report(tx: Transaction, form: str, version: int, period: Period, due_on: date) -> Report:
    """The report of the scope's tenant, begun now if it was not there."""
    await tx.execute(_OPEN, tx.scope.tenant, new_id(), form, version, period.name, period.first_day, due_on)
    report = await find_report(tx, _tenant(tx), form, period.name)
    if report is None:
        raise NotFound
    return report


async def reports_between(tx: Transaction, tenant: UUID, form: str, first: date, last: date) -> list[Report]:
    """The reports that there are, the newest first."""
    return [_report(row) for row in await tx.fetch(_BETWEEN, tenant, form, first, last)]


async def steps_of(tx: Transaction, report: Report) -> list[StepTaken]:
    """Everything that was done with it, oldest first."""
    rows = await tx.fetch(_STEPS, report.tenant_id, report.id)
    return [StepTaken(**{**row, "act": Act(row["act"]), "state": State(row["state"])}) for row in rows]


async def touch(tx: Transaction, report: Report, version: int) -> Report:
    """Hold the report to change cells of it; raises `OutOfDate`, and `Conflict` where it is not open."""
    held = await _held(tx, report.tenant_id, report.id)
    if held.version != version:
        raise OutOfDate
    if held.state is State.PREPARED:
        raise Conflict(
            _("The report is prepared, so its cells stay as they are."),
            _("Take it back to change something."),
        )
    if not held.is_open:
        raise Conflict(
            _("The report is with the town, so its cells stay as they are."),
            _("Ask the town association to return it if something is wrong."),
        )
    await tx.execute(
        "UPDATE reports.report SET version = version + 1 WHERE tenant_id = $1 AND id = $2",
        report.tenant_id,
        report.id,
    )
    return held


async def turn(tx: Transaction, report: Report, act: Act, version: int) -> Report:
    """`PREPARE` or `TAKE_BACK` by the unit itself; done already, it changes nothing."""
    held = await _held(tx, report.tenant_id, report.id)
    if is_repeated(act, held.state):
        return held
    if held.version != version:
        raise OutOfDate
    return await _taken(tx, held, act, prepared_by=tx.scope.actor if act is Act.PREPARE else None)


async def submit(tx: Transaction, report: Report, version: int, sent: Submission) -> Report:
    """Send it to the town: every cell is kept as it stands. Submitted already, it changes nothing.

    Raises `IllegalAct`, `OutOfDate`, and `Conflict` while figures of the unit wait to be computed.
    """
    held = await _held(tx, report.tenant_id, report.id)
    if is_repeated(Act.SUBMIT, held.state):
        return held
    if held.version != version:
        raise OutOfDate
    await _wait_for_acts(tx, held)
    if await is_stale(tx, held.tenant_id):
        raise Conflict(
            _("A change of a moment ago is still being worked into the figures."),
            _("Wait a few seconds and submit again."),
        )
    number = held.submissions + 1
    await add_hand(tx, held.region_id, held.id, number, sent.hand)
    await add_computed(tx, held.region_id, held.id, number, held.period, sent.computed, sent.remarks)
    return await _submitted(tx, held, number, clock.today())


async def _wait_for_acts(tx: Transaction, held: Report) -> None:
    """Those that found the month open and are not committed yet belong into its figures."""
    await tx.fetchval(_HOLD_MONTH.format(shared=""), held.tenant_id, parse_period(held.period).first_day)


async def receive(tx: Transaction, report: Report, sent: Submission, day: date) -> bool:
    """A report that came with a file, submitted on `day`; False where one was submitted before, which stays."""
    held = await _held(tx, report.tenant_id, report.id)
    if held.submissions:
        return False
    await _wait_for_acts(tx, held)
    await add_hand(tx, held.region_id, held.id, 1, sent.hand)
    await _submitted(tx, held, 1, day)
    return True


async def decide(
    tx: Transaction,
    tenant: UUID,
    report: UUID,
    act: Act,
    *,
    submission: int,
    reason: str = "",
    cell: tuple[str, str] = ("", ""),
) -> Report:
    """An act of the town on the submission that it looked at; done already, it changes nothing.

    `cell` (indicator, cut) is what the reason is about. Raises `IllegalAct`, `BadInput` without a reason where
    one is due, `OutOfDate` when the unit has sent another submission meanwhile.
    """
    held = await _held(tx, tenant, report)
    rule = ACTS[act]
    if rule.place != "town":
        raise ValueError(f"{act} is not the town's")
    if held.submissions == submission and is_repeated(act, held.state):
        return held
    if held.submissions != submission:
        raise OutOfDate
    if rule.needs_reason and not reason:
        raise BadInput(fields={"reason": _("Say why, so that the unit knows what to correct.")})
    return await _taken(tx, held, act, reason=reason, cell=cell)


async def _submitted(tx: Transaction, held: Report, number: int, day: date) -> Report:
    changed(tx, "reports.report", held.first_day, onwards=True)
    return await _taken(tx, held, Act.SUBMIT, submissions=number, received_on=held.received_on or day)


async def _taken(
    tx: Transaction,
    held: Report,
    act: Act,
    *,
    reason: str = "",
    cell: tuple[str, str] = ("", ""),
    **changes: Any,
) -> Report:
    """The state after the act, its step and its line in the records."""
    after = ACTS[act].after
    kept: Mapping[str, Any] = {
        "prepared_by": held.prepared_by,
        "submissions": held.submissions,
        "received_on": held.received_on,
        **changes,
    }
    await tx.execute(_TURN, held.tenant_id, held.id, str(after), *kept.values())
    await tx.execute(
        _STEP,
        held.tenant_id,
        new_id(),
        held.region_id,
        held.id,
        clock.now(),
        tx.scope.actor,
        str(act),
        str(after),
        kept["submissions"],
        reason,
        *cell,
    )
    unit = await tx.fetchval("SELECT code FROM tenancy.tenant WHERE id = $1", held.tenant_id)
    audit.record(
        tx,
        f"reports.report.{act.replace('_', '-')}",
        "report",
        held.id,
        reason=reason,
        detail={"period": held.period, "submission": kept["submissions"], "unit": unit},
    )
    return await _held(tx, held.tenant_id, held.id)


async def _held(tx: Transaction, tenant: UUID, report: UUID) -> Report:
    """Locked until the commit: two who act at once act one after the other. Raises `NotFound`."""
    row = await tx.fetchrow(_LOCKED, tenant, report)
    if row is None:
        raise NotFound
    return _report(row)


def _report(row: Row) -> Report:
    return Report(**{**row, "state": State(row["state"])})


def _tenant(tx: Transaction) -> UUID:
    if tx.scope.tenant is None:
        raise NotFound
    return tx.scope.tenant
