"""Which kinds of acts stand in the records of a unit for whom. What is not listed is shown to nobody there.

A line tells that something happened, so it is as sensitive as the thing itself: the employer's side must not
read that a check was entered or a case opened, whoever did it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

__all__ = ["AREAS", "areas_for"]

Kind = Literal["affairs", "people"]

AREAS: Mapping[str, Kind] = {
    # The unit as an organisation: staff, service modules, settings, firms, workshops, reports, notices.
    "identity": "affairs",
    "tenancy": "affairs",
    "kernel": "affairs",
    "reports": "affairs",
    "reporting": "affairs",
    "notices": "affairs",
    # People, without their names: who is registered, who moved, who agreed to what.
    "people": "people",
    "registration": "people",
}
"""By the first part of the action; a service module's own area is its name."""

READERS: Mapping[str, frozenset[Kind]] = {
    "tenant_officer": frozenset({"affairs"}),
    "station_staff": frozenset({"affairs", "people"}),
}


def areas_for(roles: Iterable[str]) -> list[str]:
    """The areas that any of these roles may read about."""
    kinds = frozenset[Kind]().union(*(READERS.get(role, frozenset[Kind]()) for role in roles))
    return sorted(area for area, kind in AREAS.items() if kind in kinds)
