"""The JSON operations of reports, each at the address of its page under /api/v1."""

from __future__ import annotations

from plugins.reporting.api import months, report, review

__all__ = ["ROUTES"]

ROUTES = (*report.ROUTES, *months.ROUTES, *review.ROUTES)
