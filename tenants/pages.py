"""The pages that every tenant has: home, figures, association."""

from __future__ import annotations

from core.web.pages import Page

__all__ = ["PAGES"]

PAGES: tuple[Page, ...] = ()
