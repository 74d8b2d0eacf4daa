"""What the operations of a unit and those of the town both answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.sdk.reports import Report, StepTaken

__all__ = ["ReportPointer", "ReportStep", "report_pointer", "report_steps"]


class ReportPointer(Struct, frozen=True, kw_only=True):
    """Where a report stands after an act; `submission` is the number of the latest one."""

    id: UUID
    period: str
    state: str
    version: int
    submission: int


class ReportStep(Struct, frozen=True, kw_only=True):
    """What was done with it; `indicator` and `cut` name the cell that the reason is about."""

    at: datetime
    who: str
    act: str
    state: str
    submission: int
    reason: str
    indicator: str
    cut: str


def report_pointer(report: Report) -> ReportPointer:
    return ReportPointer(
        id=report.id,
        period=report.period,
        state=str(report.state),
        version=report.version,
        submission=report.submissions,
    )


def report_steps(steps: Sequence[StepTaken]) -> list[ReportStep]:
    """The oldest first."""
    return [
        ReportStep(
            at=step.at,
            who=step.who,
            act=str(step.act),
            state=str(step.state),
            submission=step.submission,
            reason=step.reason,
            indicator=step.indicator,
            cut=step.cut,
        )
        for step in steps
    ]
