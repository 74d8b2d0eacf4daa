"""The JSON operations of the town's own pages, each at the address of its page under /api/v1."""

from __future__ import annotations

from core.town.api import audit, figures, modules, notices, overview, staff, units
from core.town.search import SEARCH_ROUTES

__all__ = ["ROUTES"]

ROUTES = (
    *overview.ROUTES,
    *figures.ROUTES,
    *units.ROUTES,
    *modules.ROUTES,
    *notices.ROUTES,
    *staff.ROUTES,
    *audit.ROUTES,
    *SEARCH_ROUTES,
)
