"""The JSON operations of supplies, each at the address of its page under /api/v1. Unsafe ones answer ids alone."""

from __future__ import annotations

from plugins.supplies.api import (
    behind,
    catalogue,
    counter,
    keeping,
    network,
    requisitions,
    shipments,
    transfers,
    vouchers,
)

__all__ = ["ROUTES"]

ROUTES = (
    *counter.ROUTES,
    *vouchers.ROUTES,
    *keeping.ROUTES,
    *catalogue.ROUTES,
    *network.ROUTES,
    *requisitions.ROUTES,
    *shipments.ROUTES,
    *transfers.ROUTES,
    *behind.ROUTES,
)
