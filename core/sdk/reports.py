"""Reports for plug-ins: their states and acts, what a unit submits, what the town may see of it."""

from __future__ import annotations

from core.reports.cells import Changed, HandCell, Submitted
from core.reports.desk import ReportDesk, TownReportDesk
from core.reports.month import Completeness, Expected, Waiting, completeness
from core.reports.report import OutOfDate, Report, StepTaken, Submission
from core.reports.review import ChangedCell, Review, ReviewLine
from core.reports.states import ACT_TITLES, STATE_TITLES, Act, IllegalAct, State
from core.reports.totals import Total

__all__ = [
    "ACT_TITLES",
    "STATE_TITLES",
    "Act",
    "Changed",
    "ChangedCell",
    "Completeness",
    "Expected",
    "HandCell",
    "IllegalAct",
    "OutOfDate",
    "Report",
    "ReportDesk",
    "Review",
    "ReviewLine",
    "State",
    "StepTaken",
    "Submission",
    "Submitted",
    "Total",
    "TownReportDesk",
    "Waiting",
    "completeness",
]
