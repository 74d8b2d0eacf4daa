"""The region tree: a town, the county above it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.kernel.clock import TOWN_ZONE
from core.kernel.db import Database, Transaction
from core.kernel.errors import Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.tenancy import tables
from core.tenancy.keeping import keep

__all__ = ["Level", "Region", "list_regions", "open_region", "region_by_code", "region_of"]

Level = Literal["county", "town"]


class Region(Struct, frozen=True, kw_only=True):
    """A town or county; for its own acts it is also the tenant."""

    id: UUID
    code: str
    level: Level
    name_zh: str
    name_en: str
    parent_id: UUID | None
    time_zone: str

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


async def region_by_code(tx: Transaction, code: str) -> Region | None:
    """Readable in every scope: the tree of regions is public."""
    row = await tables.Region.select().where(tables.Region.code == code).first()
    return Region(**row) if row else None


async def list_regions(tx: Transaction, level: Level | None = None) -> list[Region]:
    """All regions of the deployment in order of code."""
    query = tables.Region.select().order_by(tables.Region.code)
    rows = await (query.where(tables.Region.level == level) if level else query)
    return [Region(**row) for row in rows]


async def region_of(tx: Transaction) -> Region:
    """The town of the open scope, or of its tenant; raises `NotFound` without either."""
    row = await tx.fetchrow(
        """SELECT r.* FROM tenancy.region r
           WHERE r.id = COALESCE($1, (SELECT t.region_id FROM tenancy.tenant t WHERE t.id = $2))""",
        tx.scope.region,
        tx.scope.tenant,
    )
    if row is None:
        raise NotFound
    return Region(**row)


async def open_region(
    database: Database,
    *,
    code: str,
    name_zh: str,
    name_en: str,
    level: Level = "town",
    time_zone: str = TOWN_ZONE,
    parent: str | None = None,
    actor: UUID | None = None,
) -> Region:
    """Open a town or county, or bring its names up to date; again with the same words it changes nothing.

    Takes the database because a region's scope cannot be opened before the region has an id.
    """
    async with database.transaction(Scope.nobody()) as tx:
        known = await region_by_code(tx, code)
        above = await region_by_code(tx, parent) if parent else None
    if parent and above is None:
        raise NotFound(_("There is no region %(code)s."), _("Open the county first."), code=parent)
    if known is not None and known.level != level:
        raise Conflict(
            _("The region %(code)s is already of another level."),
            _("Check the code of the region."),
            code=code,
        )
    region_id = known.id if known else new_id()
    parent_id = above.id if above else (known.parent_id if known else None)
    async with database.transaction(Scope.town(region_id, actor)) as tx:
        kept = await keep(
            tx,
            tables.Region,
            noun="region",
            key={"code": code},
            values={
                "level": level,
                "name_zh": name_zh,
                "name_en": name_en,
                "time_zone": time_zone,
                "parent_id": parent_id,
            },
            new_row_id=region_id,
        )
    return Region(**kept)
