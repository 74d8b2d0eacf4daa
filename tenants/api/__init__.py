"""The JSON operations of a unit's own pages, each at the address of its page under /api/v1."""

from __future__ import annotations

from tenants.api import association, figures, home, notices, records, staff
from tenants.search import SEARCH_ROUTES

__all__ = ["ROUTES"]

ROUTES = (
    *home.ROUTES,
    *figures.ROUTES,
    *association.ROUTES,
    *staff.ROUTES,
    *notices.ROUTES,
    *records.ROUTES,
    *SEARCH_ROUTES,
)
