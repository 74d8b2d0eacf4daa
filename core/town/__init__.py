"""What the town association sees and does: numbers of its tenants, never people."""

from __future__ import annotations

from core.host.serving import CorePages
from core.town.api import ROUTES
from core.town.notice_pages import NOTICE_WIDGETS
from core.town.pages import PAGES
from core.town.permissions import PERMISSIONS
from core.town.search import SEARCH_WIDGETS

__all__ = ["TOWN_PAGES"]

TOWN_PAGES = CorePages(
    name="town",
    pages=PAGES,
    permissions=PERMISSIONS,
    widgets=(*NOTICE_WIDGETS, *SEARCH_WIDGETS),
    routes=ROUTES,
)
