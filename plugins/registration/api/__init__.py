"""The JSON operations of registration: everything that its pages do. Unsafe ones answer ids and versions alone."""

from __future__ import annotations

from plugins.registration.api import (
    acts,
    affairs,
    edits,
    figures,
    household,
    merging,
    movements,
    offers,
    people,
    registering,
    roster,
    roster_acts,
    timeline,
)

__all__ = ["ROUTES"]

ROUTES = (
    *people.ROUTES,
    *registering.ROUTES,
    *acts.ROUTES,
    *edits.ROUTES,
    *movements.ROUTES,
    *household.ROUTES,
    *offers.ROUTES,
    *roster.ROUTES,
    *roster_acts.ROUTES,
    *figures.ROUTES,
    *affairs.ROUTES,
    *merging.ROUTES,
    *timeline.ROUTES,
)
