"""A period in the town: which units owe a report, what became of it, who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.figures.periods import Period
from core.kernel.db import Row, Transaction
from core.reports.report import Report
from core.reports.states import CLOSED_STATES, State

__all__ = [
    "Completeness",
    "Expected",
    "Waiting",
    "completeness",
    "expected_between",
    "expected_reports",
    "waiting_reports",
]


class Expected(Struct, frozen=True, kw_only=True):
    """A unit that owes a report of the period; None where nobody has begun it."""

    tenant_id: UUID
    code: str
    slug: str
    name_zh: str
    name_en: str
    report: Report | None

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en

    @property
    def state(self) -> State | None:
        return self.report.state if self.report else None

    @property
    def is_received(self) -> bool:
        return self.report is not None and self.report.received_on is not None

    @property
    def is_approved(self) -> bool:
        return self.state in CLOSED_STATES


class Waiting(Expected, frozen=True, kw_only=True):
    """A submission that waits for the town; `changed` counts the cells that differ from the one before."""

    submitted_on: date
    changed: int | None
    """None: it is the first submission."""


class Completeness(Struct, frozen=True, kw_only=True):
    """Of the units that owe a report: how many have sent it, in time, and how many are approved."""

    expected: int
    received: int
    on_time: int
    approved: int
    missing: tuple[Expected, ...]
    """Those that never sent it."""
    returned: tuple[Expected, ...]
    """Those that have it back to correct it."""


_REPORT = ", ".join(f"r.{name} AS r_{name}" for name in Report.__struct_fields__)

# Open in the month, with books that have begun and the plug-in on; or sent all the same.
_OWES = """(r.submissions > 0 OR (
    (o.mode = 'required' OR a.is_on) AND greatest(t.opened_on, t.books_from) <= {last}
    AND (t.closed_on IS NULL OR t.closed_on >= {first})))"""

_UNITS = f"""
t.id AS tenant_id, t.code, t.slug, t.name_zh, t.name_en, {_REPORT}
FROM tenancy.tenant t
LEFT JOIN host.plugin_offer o ON o.region_id = t.region_id AND o.plugin = $2
LEFT JOIN tenancy.activation a ON a.tenant_id = t.id AND a.plugin = o.plugin
"""

_EXPECTED = f"""
SELECT {_UNITS}
LEFT JOIN reports.report r ON r.tenant_id = t.id AND r.form = $3 AND r.period = $4
WHERE t.region_id = $1 AND {_OWES.format(first="$5", last="$6")}
ORDER BY t.code COLLATE "C"
"""

_EXPECTED_BETWEEN = f"""
SELECT m.name AS month, {_UNITS}
CROSS JOIN unnest($4::text[], $5::date[], $6::date[]) AS m(name, first_day, last_day)
LEFT JOIN reports.report r ON r.tenant_id = t.id AND r.form = $3 AND r.period = m.name
WHERE t.region_id = $1 AND {_OWES.format(first="m.first_day", last="m.last_day")}
ORDER BY t.code COLLATE "C", m.name
"""

# The cells of the latest submission against those of the one before.
_WAITING = f"""
SELECT t.id AS tenant_id, t.code, t.slug, t.name_zh, t.name_en, {_REPORT},
    CASE WHEN r.submissions = 1 THEN r.received_on ELSE (
        SELECT (max(s.at) AT TIME ZONE g.time_zone)::date FROM reports.step s
        WHERE s.tenant_id = r.tenant_id AND s.report_id = r.id AND s.act = 'submit') END AS submitted_on,
    (SELECT count(*) FROM (
        SELECT c.indicator, c.cut FROM reports.cell c
        WHERE c.tenant_id = r.tenant_id AND c.report_id = r.id AND c.submission >= r.submissions - 1
        GROUP BY c.indicator, c.cut
        HAVING count(*) = 1 OR count(DISTINCT (c.num, c.divisor, c.den)) > 1) AS d) AS changed
FROM reports.report r JOIN tenancy.tenant t ON t.id = r.tenant_id JOIN tenancy.region g ON g.id = r.region_id
WHERE r.region_id = $1 AND ($2::text IS NULL OR r.form = $2) AND r.state = 'submitted'
ORDER BY r.first_day, submitted_on, t.code COLLATE "C"
"""  # noqa: S608


async def expected_reports(
    tx: Transaction, region: UUID, plugin: str, form: str, period: Period
) -> list[Expected]:
    """In order of code: the units that are open in the period, with books that have begun and the plug-in on."""
    rows = await tx.fetch(_EXPECTED, region, plugin, form, period.name, period.first_day, period.last_day)
    return [Expected(**_unit(row)) for row in rows]


async def expected_between(
    tx: Transaction, region: UUID, plugin: str, form: str, months: Sequence[Period]
) -> dict[str, list[Expected]]:
    """The same for each of these months, by name, in one question; a month of which nobody owes a report is empty."""
    rows = await tx.fetch(
        _EXPECTED_BETWEEN,
        region,
        plugin,
        form,
        [month.name for month in months],
        [month.first_day for month in months],
        [month.last_day for month in months],
    )
    found: dict[str, list[Expected]] = {month.name: [] for month in months}
    for row in rows:
        found[row["month"]].append(Expected(**_unit(row)))
    return found


async def waiting_reports(tx: Transaction, region: UUID, form: str | None = None) -> list[Waiting]:
    """What the town has to look at, the oldest period first; of every form with None."""
    rows = await tx.fetch(_WAITING, region, form)
    return [
        Waiting(
            **_unit(row),
            submitted_on=row["submitted_on"],
            changed=row["changed"] if row["r_submissions"] > 1 else None,
        )
        for row in rows
    ]


def completeness(units: Sequence[Expected]) -> Completeness:
    received = [unit for unit in units if unit.is_received]
    return Completeness(
        expected=len(units),
        received=len(received),
        on_time=sum(bool(unit.report and unit.report.is_on_time) for unit in received),
        approved=sum(unit.is_approved for unit in units),
        missing=tuple(unit for unit in units if not unit.is_received),
        returned=tuple(unit for unit in received if unit.report and not unit.report.is_with_town),
    )


def _unit(row: Row) -> dict[str, Any]:
    values = {name: row[name] for name in ("tenant_id", "code", "slug", "name_zh", "name_en")}
    return {**values, "report": _report(row) if row["r_id"] else None}


def _report(row: Row) -> Report:
    values = {name: row[f"r_{name}"] for name in Report.__struct_fields__}
    return Report(**{**values, "state": State(row["r_state"])})
