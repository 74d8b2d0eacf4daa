"""Whose figures there are: the tenants, with what they have switched on, and the regions above them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.figures.periods import Period, month, periods_between
from core.kernel import clock
from core.kernel.db import Transaction

__all__ = ["Atlas", "Place", "survey"]


class Place(Struct, frozen=True, kw_only=True):
    """A tenant, or a region (`id` is `region_id` too); its figures begin with the month of `starts`.

    A tenant that opens after `ends` has none yet.
    """

    id: UUID
    region_id: UUID
    code: str
    starts: date
    ends: date
    """The last day of the month that has begun, or of files that cover more: later figures do not exist yet."""
    groups: frozenset[str] = frozenset()
    """The plug-ins that are on here."""

    @property
    def periods(self) -> list[Period]:
        return periods_between(self.starts, self.ends)

    @property
    def has_begun(self) -> bool:
        return self.starts <= self.ends

    @property
    def is_region(self) -> bool:
        return self.id == self.region_id

    def has(self, group: str) -> bool:
        """A region has the figures of all plug-ins, whoever below has switched them on."""
        return not group or self.is_region or group in self.groups


class Atlas(Struct, frozen=True):
    """The tenants (by id) and the regions (by id) that a piece of work is about."""

    tenants: Mapping[UUID, Place]
    regions: Mapping[UUID, Place]
    parents: Mapping[UUID, UUID | None]

    def above(self, tenant: Place) -> Iterator[UUID]:
        """The tenant's town, the town's county, and so on."""
        region: UUID | None = tenant.region_id
        while region is not None:
            yield region
            region = self.parents.get(region)

    def under(self, region: UUID) -> list[Place]:
        """The tenants of a region at any depth."""
        return [tenant for tenant in self.tenants.values() if region in self.above(tenant)]


async def survey(tx: Transaction, tenants: Sequence[UUID] | None = None) -> Atlas:
    """Everybody, or some tenants and the regions above them. A region begins with the year of its first tenant."""
    regions = await tx.fetch("SELECT id, code, parent_id, time_zone FROM tenancy.region")
    ends = {row["id"]: month(clock.today(row["time_zone"])).last_day for row in regions}
    groups = await _groups(tx, tenants)
    surveyed = {
        row["id"]: Place(
            id=row["id"],
            region_id=row["region_id"],
            code=row["code"],
            starts=row["starts"],
            ends=max(
                ends[row["region_id"]], month(row["files_end"]).last_day if row["files_end"] else date.min
            ),
            groups=groups.get(row["id"], frozenset()),
        )
        for row in await tx.fetch(_TENANTS, tenants)
    }
    parents = {row["id"]: row["parent_id"] for row in regions}
    atlas = Atlas(surveyed, {}, parents)
    places = {
        row["id"]: Place(
            id=row["id"],
            region_id=row["id"],
            code=row["code"],
            starts=min(below.starts for below in tenants_below).replace(month=1, day=1),
            ends=max(below.ends for below in tenants_below),
        )
        for row in regions
        if (tenants_below := atlas.under(row["id"]))
    }
    return Atlas(surveyed, places, parents)


async def _groups(tx: Transaction, tenants: Sequence[UUID] | None) -> dict[UUID, frozenset[str]]:
    """A plug-in is on where the tenant has switched it on and the town offers it, or the town requires it."""
    found: dict[UUID, set[str]] = {}
    for row in await tx.fetch(_SWITCHED_ON, tenants):
        found.setdefault(row["tenant_id"], set()).add(row["plugin"])
    return {tenant_id: frozenset(plugins) for tenant_id, plugins in found.items()}


_TENANTS = """
SELECT id, region_id, code, greatest(opened_on, books_from) AS starts, covered_to[cardinality(covered_to)] AS files_end
FROM tenancy.tenant WHERE $1::uuid[] IS NULL OR id = ANY($1)
"""

_SWITCHED_ON = """
SELECT t.id AS tenant_id, o.plugin
FROM tenancy.tenant t JOIN host.plugin_offer o ON o.region_id = t.region_id
LEFT JOIN tenancy.activation a ON a.tenant_id = t.id AND a.plugin = o.plugin
WHERE ($1::uuid[] IS NULL OR t.id = ANY($1)) AND (o.mode = 'required' OR a.is_on)
"""
