"""The town's pages of reports: inbox, a month, one unit's report."""

from __future__ import annotations

from plugins.reporting.town import inbox, month, review

__all__ = ["PAGES"]

PAGES = (*inbox.PAGES, *month.PAGES, *review.PAGES)
