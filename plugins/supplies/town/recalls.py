"""Recalls: which lots may not be handed out, in the whole town."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import BadInput, Conflict, Form, Nav, Page, TownCtx
from core.sdk import gettext_noop as _
from plugins.supplies.permissions import CATALOGUE, RECALL
from plugins.supplies.services import recalls
from plugins.supplies.services.catalogue import catalogue_of_town
from plugins.supplies.town.forms import RecallForm

__all__ = ["PAGES"]


async def show_recalls(ctx: TownCtx) -> Any:
    return await _page(ctx, Form({"recalled_on": str(ctx.today)}, None, {}, RecallForm))


async def announce_recall(ctx: TownCtx, form: Form[RecallForm]) -> Any:
    problem = None
    if form.is_valid:
        asked = form.value
        try:
            await recalls.announce(ctx, asked.sku, asked.lot, asked.recalled_on, asked.reason)
        except BadInput as error:
            for field, message in error.fields.items():
                form.refuse(field, message)
        except Conflict as error:
            problem = error
        else:
            return ctx.redirect(ctx.address("recalls"), _("The lot is called back in all units."))
    return await _page(ctx, form, problem)


async def take_recall_back(ctx: TownCtx, recall: UUID) -> Any:
    await recalls.take_back(ctx, recall)
    return ctx.redirect(
        ctx.address("recalls"), _("The recall is taken back. The lot may be handed out again.")
    )


async def _page(ctx: TownCtx, form: Form[RecallForm], problem: Conflict | None = None) -> Any:
    catalogue = await catalogue_of_town(ctx, ctx.today)
    return ctx.render(
        "supplies/recalls.html",
        problem.status if problem else 400 if form.errors else 200,
        form=form,
        problem=problem,
        recalls=await recalls.recalls_of_town(ctx),
        words=recalls.REASON_WORDS,
        catalogue=catalogue,
        options={"sku": [(p.sku, f"{p.name(ctx.language)} {p.sku}") for p in catalogue.products.values()]},
    )


PAGES = (
    Page(
        path="recalls",
        place="town",
        handler=show_recalls,
        permission=CATALOGUE,
        nav=Nav(title=_("Recalls"), order=24, icon="alert-triangle"),
    ),
    Page(path="recalls", place="town", handler=announce_recall, permission=RECALL, method="POST"),
    Page(
        path="recalls/{recall}/take-back",
        place="town",
        handler=take_recall_back,
        permission=RECALL,
        method="POST",
    ),
)
