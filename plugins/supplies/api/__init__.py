"""The JSON operations of supplies, each at the address of its page under /api/v1."""

from __future__ import annotations

from plugins.supplies.api import catalogue, network

__all__ = ["ROUTES"]

ROUTES = (*catalogue.ROUTES, *network.ROUTES)
