"""The portal of an association unit: what every tenant has, whatever service modules are on."""

from __future__ import annotations

from core.host.serving import CorePages
from tenants.api import ROUTES
from tenants.notices import NOTICE_WIDGETS
from tenants.pages import PAGES
from tenants.permissions import PERMISSIONS
from tenants.search import SEARCH_WIDGETS

__all__ = ["TENANT_PAGES"]

TENANT_PAGES = CorePages(
    name="tenants",
    pages=PAGES,
    permissions=PERMISSIONS,
    widgets=(*NOTICE_WIDGETS, *SEARCH_WIDGETS),
    routes=ROUTES,
)
