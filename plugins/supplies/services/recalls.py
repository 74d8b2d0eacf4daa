"""A lot that is called back: the town announces it, and from its day on no unit hands it out."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, NotFound, Prepared, TenantCtx, TownCtx, new_id, now
from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import catalogue_of_town
from plugins.supplies.tables import Recall

__all__ = [
    "REASON_WORDS",
    "RecalledLot",
    "announce",
    "recalled_on",
    "recalls_for_unit",
    "recalls_of_town",
    "take_back",
]

REASON_WORDS = {"PACKAGE_SEAL": _("the pack does not close tightly")}
"""Codes that files of a year bring along; on the page the town writes a sentence."""

NAMES = ("id", "sku", "lot", "recalled_on", "reason", "withdrawn_on")


_held = Prepared(
    lambda region, day: Recall.select(Recall.sku, Recall.lot).where(
        (Recall.region_id == region)
        & (Recall.recalled_on <= day)
        & (Recall.withdrawn_on.is_null() | (Recall.withdrawn_on > day))
    )
)


class RecalledLot(Struct, frozen=True, kw_only=True):
    id: UUID
    sku: str
    lot: str
    recalled_on: date
    reason: str
    withdrawn_on: date | None

    @property
    def is_on(self) -> bool:
        return self.withdrawn_on is None


async def recalled_on(ctx: TenantCtx, day: date) -> set[tuple[str, str]]:
    """The lots that the town calls back on a day, as sku and lot."""
    return {(row["sku"], row["lot"]) for row in await _held(ctx.tenant.region_id, day)}


async def recalls_of_town(ctx: TownCtx) -> list[RecalledLot]:
    """The latest first, those that were taken back included."""
    return await _recalls(ctx.town.id)


async def recalls_for_unit(ctx: TenantCtx) -> list[RecalledLot]:
    """Those of the unit's town that hold today, the latest first."""
    found = await _recalls(ctx.tenant.region_id)
    return [each for each in found if each.is_on and each.recalled_on <= ctx.today]


async def _recalls(region: UUID) -> list[RecalledLot]:
    rows = await Recall.select(*NAMES).where(Recall.region_id == region).order_by(
        Recall.recalled_on, Recall.id, ascending=False
    )  # fmt: skip
    return [RecalledLot(**row) for row in rows]


async def announce(ctx: TownCtx, sku: str, lot: str, recalled_on: date, reason: str) -> UUID:
    """Call a lot back from a day on. Raises `Conflict` where it is called back already."""
    if (await catalogue_of_town(ctx, ctx.today)).get(sku) is None:
        raise BadInput(fields={"sku": _("This product is not in the catalogue.")})
    if recalled_on > ctx.today:
        raise BadInput(fields={"recalled_on": _("This day has not come yet.")})
    known = await _locked((Recall.region_id == ctx.town.id) & (Recall.sku == sku) & (Recall.lot == lot))
    if known is not None and known["withdrawn_on"] is None:
        raise Conflict(
            _("The lot %(lot)s is called back already."), _("Look for it in the list below."), lot=lot
        )
    told: dict[Any, Any] = {
        "recalled_on": recalled_on,
        "reason": reason,
        "withdrawn_on": None,
        "announced_at": now(),
        "announced_by": ctx.actor.id,
    }
    recall = known["id"] if known else new_id()
    if known:
        await Recall.update(told).where(Recall.id == recall)
    else:
        await Recall.insert(Recall(id=recall, region_id=ctx.town.id, sku=sku, lot=lot, **told))
    ctx.audit("supplies.recall.announce", "recall", recall, detail={"sku": sku, "lot": lot})
    return recall


async def take_back(ctx: TownCtx, recall: UUID) -> None:
    """It turned out to be sound: it may be handed out again."""
    row = await _locked((Recall.id == recall) & (Recall.region_id == ctx.town.id))
    if row is None:
        raise NotFound
    if row["withdrawn_on"] is not None:
        raise Conflict(_("This recall is taken back already."), _("Reload the page."))
    await Recall.update({"withdrawn_on": ctx.today}).where(Recall.id == recall)
    ctx.audit("supplies.recall.take-back", "recall", recall, detail={"sku": row["sku"], "lot": row["lot"]})


async def _locked(which: Any) -> dict[str, Any] | None:
    """Everybody reads every recall, but only its own town locks one: for the others it is not there to be changed."""
    return await Recall.select(*NAMES).where(which).lock_rows("UPDATE").first()
