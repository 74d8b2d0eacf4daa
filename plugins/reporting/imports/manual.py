"""reports/manual.csv, read and judged (exchange format, section 7); nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from core.sdk import BadInput, ExchangeFolder, FileOutcome, RowNote
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, parse_period

__all__ = ["MANUAL", "NUMBERS", "ManualReport", "judge_reports"]

MANUAL = "reports/manual.csv"
NUMBERS = {
    "employees_male": ("EMP-01", "sex=1"),
    "employees_female": ("EMP-01", "sex=2"),
    "activities": ("COM-02", ""),
    "participants": ("COM-02", "measure=PARTICIPANTS"),
}
"""The columns in the order in which they are judged, and the cells that they fill."""

COLUMNS = ("tenant", "month", *NUMBERS, "submitted_on")
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE = re.compile(r"[0-9]{1,9}")


class ManualReport(Struct, frozen=True, kw_only=True):
    """An accepted row: a report that was submitted."""

    tenant: str
    month: Period
    numbers: Mapping[str, int]
    """By column."""
    submitted_on: date


class _Unfit(Exception):
    def __init__(self, reason: str, column: str) -> None:
        super().__init__(reason, column)
        self.reason, self.column = reason, column


def judge_reports(folder: ExchangeFolder) -> tuple[list[ManualReport], FileOutcome | None]:
    """Row by row in file order: at most one rejection, the first rule that fails; None when there is no such file."""
    if not (folder.path / MANUAL).is_file():
        return [], None
    accepted: dict[tuple[str, str], ManualReport] = {}
    notes: list[RowNote] = []
    count = 0
    try:
        for number, line in folder.lines(MANUAL, COLUMNS):
            count += 1
            row = {name: line[name] or "" for name in COLUMNS}
            try:
                report = _judged(folder, row, accepted)
            except _Unfit as unfit:
                notes.append(RowNote(MANUAL, "", number, "reject", unfit.reason, unfit.column))
            else:
                accepted[report.tenant, report.month.name] = report
    except BadInput as error:
        return [], FileOutcome(file=MANUAL, broken=error.sentence(_))
    outcome = FileOutcome(file=MANUAL, rows=count, accepted=len(accepted), notes=tuple(notes))
    return list(accepted.values()), outcome


def _judged(
    folder: ExchangeFolder, row: Mapping[str, str], accepted: Mapping[tuple[str, str], ManualReport]
) -> ManualReport:
    tenant = folder.tenants.get(row["tenant"])
    if tenant is None:
        raise _Unfit("UNKNOWN_CODE", "tenant")
    if not MONTH.fullmatch(row["month"]):
        raise _Unfit("PERIOD_NOT_EXPECTED", "month")
    month = parse_period(row["month"])
    if tenant.opened_on > month.last_day or month.first_day.year != folder.year:
        raise _Unfit("PERIOD_NOT_EXPECTED", "month")
    if (tenant.code, month.name) in accepted:
        raise _Unfit("DUPLICATE_ROW", "month")
    for column in NUMBERS:
        if not WHOLE.fullmatch(row[column]):
            raise _Unfit("BAD_QUANTITY", column)
    return ManualReport(
        tenant=tenant.code,
        month=month,
        numbers={column: int(row[column]) for column in NUMBERS},
        submitted_on=_day(row["submitted_on"]),
    )


def _day(text: str) -> date:
    """The format has no rule for this column; a day that does not exist cannot be in time or late."""
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _Unfit("DATE_INVALID", "submitted_on")
