"""The town's pages of supplies: its catalogue and its recalls."""

from __future__ import annotations

from plugins.supplies.town import catalogue, recalls

__all__ = ["PAGES"]

PAGES = (*catalogue.PAGES, *recalls.PAGES)
