"""The town's pages of supplies: the stock of the units, its catalogue, recalls, the table of the year."""

from __future__ import annotations

from plugins.supplies.town import catalogue, network, recalls, yearly

__all__ = ["PAGES"]

PAGES = (*network.PAGES, *catalogue.PAGES, *recalls.PAGES, *yearly.PAGES)
