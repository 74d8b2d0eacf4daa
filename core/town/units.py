"""How each unit is doing: what it has on, when it last did something, how many people it has registered."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.figures.indicators import Catalogue
from core.figures.periods import Period, parse_period
from core.host.gate import enabled_plugins
from core.host.offers import offers_of
from core.host.portal import TownHallCtx
from core.kernel.db import Transaction
from core.tenancy.activations import activations_of_town

__all__ = ["enabled_in_units", "last_activity"]

# The last month in which something that is counted by its day happened; a state goes on by itself.
_LAST = """
SELECT tenant_id, max(period) AS period FROM figures.figure
WHERE region_id = $1 AND tenant_id <> $1 AND indicator = ANY($2::text[]) AND cut = '' AND num <> 0
    AND period ~ '^[0-9]{4}-[0-9]{2}$'
GROUP BY tenant_id
"""


class Switches(Struct, frozen=True):
    """What the town offers and requires, and what each unit has on."""

    offered: frozenset[str]
    required: frozenset[str]
    on: dict[UUID, frozenset[str]]

    def enabled(self, tenant: UUID) -> frozenset[str]:
        return enabled_plugins(list(self.on.get(tenant, ())), list(self.offered), list(self.required))


async def enabled_in_units(ctx: TownHallCtx) -> Switches:
    offers = await offers_of(ctx.town.id, ctx.registry)
    return Switches(
        frozenset(offer.name for offer in offers if offer.mode),
        frozenset(offer.name for offer in offers if offer.mode == "required"),
        await activations_of_town(ctx.transaction),
    )


async def last_activity(tx: Transaction, region_id: UUID, catalogue: Catalogue) -> dict[UUID, Period]:
    """The month of the last service or movement of each unit; units without one are absent."""
    events = [each.code for each in catalogue.indicators if each.adds_up_over_time]
    rows = await tx.fetch(_LAST, region_id, events)
    return {row["tenant_id"]: parse_period(row["period"]) for row in rows}
