"""What waits of requisitions and shipments, and where supplies run low: for the list of what is to be done."""

from __future__ import annotations

from collections.abc import Sequence

from core.sdk import Task, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.services import requisitions, shipments
from plugins.supplies.services.needs import is_store, needs_of
from plugins.supplies.services.points import open_points
from plugins.supplies.services.requisitions import Requisition
from plugins.supplies.services.shipments import Shipment

__all__ = ["tasks_of"]


async def tasks_of(ctx: TenantCtx) -> list[Task]:
    """Emergencies first, then what others wait for, then what the unit owes itself."""
    return [*await _low(ctx), *await _orders(ctx), *await _goods(ctx)]


async def _low(ctx: TenantCtx) -> list[Task]:
    """At the town's store as well: what it lacks comes from outside, and is nobody's requisition here."""
    points = await open_points()
    needs = await needs_of(ctx, points)
    names = {point.code: point.name for point in points}
    found: list[Task] = []
    for code, name in names.items():
        at_once = [each for each in needs if each.point == code and each.need.is_emergency]
        low = [each for each in needs if each.point == code and each.need.is_low and each not in at_once]
        for kept, title in (
            (at_once, _("Supplies run out at %(point)s: ask at once")),
            (low, _("Supplies are below the minimum at %(point)s")),
        ):
            if kept:
                found.append(
                    Task(
                        title=title,
                        params={"point": name},
                        due=ctx.today if kept is at_once else None,
                        count=len(kept),
                        action=_("Look at the needs"),
                        address=ctx.address("needs"),
                    )
                )
    return found


async def _orders(ctx: TenantCtx) -> list[Task]:
    found = [
        *_of_requisitions(
            ctx,
            await requisitions.waiting("OUT", "draft"),
            _("A requisition of %(point)s waits to be checked and sent"),
            _("Check and send"),
        ),
        *_of_requisitions(
            ctx,
            await requisitions.waiting("OUT", "returned"),
            _("A requisition of %(point)s was returned"),
            _("Read why"),
        ),
    ]
    if is_store(ctx):
        found += _of_requisitions(
            ctx,
            await requisitions.waiting("IN", "sent"),
            _("%(unit)s asks for supplies"),
            _("Approve or return"),
        )
        found += _of_requisitions(
            ctx,
            await requisitions.waiting("IN", "approved"),
            _("Supplies are approved for %(unit)s and not sent yet"),
            _("Pack and send"),
        )
    return found


async def _goods(ctx: TenantCtx) -> list[Task]:
    return [
        *_of_shipments(
            ctx,
            await shipments.waiting("IN", "sent"),
            _("Supplies from %(unit)s are on their way"),
            _("Count what has come"),
        ),
        *_of_shipments(
            ctx,
            await shipments.waiting("IN", "offered"),
            _("%(unit)s offers supplies"),
            _("Accept or decline"),
        ),
        *_of_shipments(
            ctx,
            await shipments.waiting("OUT", "draft", "accepted"),
            _("A shipment to %(unit)s waits to be sent"),
            _("Pack and send"),
        ),
    ]


def _of_requisitions(ctx: TenantCtx, halves: Sequence[Requisition], title: str, action: str) -> list[Task]:
    return [
        Task(
            title=title,
            params={"point": half.point_code, "unit": half.other(ctx.language)},
            due=ctx.today if half.urgency == "EMERGENCY" else None,
            action=action,
            address=ctx.address(f"requisitions/{half.id}"),
        )
        for half in halves
    ]


def _of_shipments(ctx: TenantCtx, halves: Sequence[Shipment], title: str, action: str) -> list[Task]:
    return [
        Task(
            title=title,
            params={"unit": half.other(ctx.language)},
            action=action,
            address=ctx.address(f"shipments/{half.id}"),
        )
        for half in halves
    ]
