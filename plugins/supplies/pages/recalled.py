"""Recalled lots in the unit: where they lie, to how many they went, and who is to be told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import Form, Nav, Page, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.jobs import FIND
from plugins.supplies.pages.stock_forms import TellForm
from plugins.supplies.permissions import READ, TELL
from plugins.supplies.services import callbacks
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.recalls import REASON_WORDS

__all__ = ["PAGES"]

PURPOSE = "recall"


async def show_recalled(ctx: TenantCtx) -> Any:
    return ctx.render(
        "supplies/recalled.html",
        callbacks=await callbacks.open_callbacks(ctx),
        catalogue=await catalogue_on(ctx, ctx.today),
        words=REASON_WORDS,
    )


async def show_lot(ctx: TenantCtx, recall: UUID) -> Any:
    found = await callbacks.callback_of(ctx, recall)
    people = await ctx.people.get_many([each.person_id for each in found.notices], PURPOSE)
    return ctx.render(
        "supplies/recalled_lot.html",
        found=found,
        people={person.id: person for person in people},
        product=(await catalogue_on(ctx, ctx.today)).get(found.recall.sku),
        words=REASON_WORDS,
    )


async def look_again(ctx: TenantCtx) -> Any:
    await ctx.enqueue(FIND, {}, dedupe=FIND)
    return ctx.redirect(
        ctx.address("recalled"), _("Whoever received it is being looked for. Reload in a minute.")
    )


async def tick_off(ctx: TenantCtx, recall: UUID, form: Form[TellForm]) -> Any:
    count = await callbacks.tick_off(ctx, recall, form.value.picked)
    return ctx.redirect(ctx.address(f"recalled/{recall}"), _("%(count)s people are ticked off."), count=count)


PAGES = (
    Page(
        path="recalled",
        handler=show_recalled,
        permission=READ,
        nav=Nav(title=_("Recalls"), order=46, icon="alert-triangle"),
    ),
    Page(path="recalled/look", handler=look_again, permission=TELL, method="POST"),
    Page(path="recalled/{recall}", handler=show_lot, permission=TELL),
    Page(path="recalled/{recall}/told", handler=tick_off, permission=TELL, method="POST"),
)
