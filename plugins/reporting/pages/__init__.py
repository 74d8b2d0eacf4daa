"""The pages of a unit's reports."""

from __future__ import annotations

from plugins.reporting.pages import acts, months, report

__all__ = ["PAGES"]

PAGES = (*months.PAGES, *report.PAGES, *acts.PAGES)
