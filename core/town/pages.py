"""The pages of the town: overview, tenants, figures, plug-ins, audit."""

from __future__ import annotations

from core.web.pages import Page

__all__ = ["PAGES"]

PAGES: tuple[Page, ...] = ()
