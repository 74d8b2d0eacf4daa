"""The steps of a report for reading: when, who, what, why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from core.sdk import TenantCtx, TownCtx
from core.sdk.reports import ACT_TITLES, Act, Report, StepTaken
from plugins.reporting.services.words import cell_words

__all__ = ["Told", "returned_for", "told_steps"]


class Told(Struct, frozen=True, kw_only=True):
    """`did` is a message id; `cell` names in words what the reason is about."""

    at: datetime
    who: str
    did: str
    reason: str
    cell: str


def told_steps(ctx: TenantCtx | TownCtx, steps: Sequence[StepTaken], time_zone: str) -> list[Told]:
    """The newest first, in the town's time."""
    zone = ZoneInfo(time_zone)
    return [
        Told(
            at=step.at.astimezone(zone),
            who=step.who,
            did=ACT_TITLES[step.act],
            reason=step.reason,
            cell=cell_words(ctx, step.indicator, step.cut) if step.indicator else "",
        )
        for step in reversed(steps)
    ]


def returned_for(report: Report | None, steps: Sequence[StepTaken]) -> dict[str, str]:
    """By cell: the town's reason of the latest return, while the unit has the report."""
    if report is None or report.is_with_town:
        return {}
    returns = [step for step in steps if step.act in (Act.RETURN, Act.REOPEN)]
    return {f"{step.indicator} {step.cut}".strip(): step.reason for step in returns[-1:]}
