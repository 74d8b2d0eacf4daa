"""Pages of a tenant: to read, to write, to take a file, and one that fails."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from msgspec import Meta, Struct

from core.sdk import Code, Form, Nav, Page, TenantCtx, Upload, redirect
from core.sdk import gettext_noop as _

__all__ = ["PAGES"]


class Lamp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    colour: Annotated[str, Meta(max_length=20)]
    is_lit: bool = False


class Filter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    colour: Code = ""


async def show_lamps(ctx: TenantCtx, query: Filter) -> Any:
    return ctx.render("lantern/lamps.html", form=Form.empty(), colour=query.colour)


async def show_lamp(ctx: TenantCtx, lamp: str) -> Any:
    return ctx.render("lantern/lamps.html", form=Form.empty(), colour=lamp)


async def light_lamp(ctx: TenantCtx, form: Form[Lamp]) -> Any:
    if not form.is_valid:
        return ctx.render("lantern/lamps.html", 400, form=form, colour="")
    ctx.audit("lantern.lamp.light", "lamp", None, detail={"lit": int(form.value.is_lit)})
    return ctx.redirect(ctx.address(), _("The %(colour)s lantern is lit."), colour=form.value.colour)


async def take_list(ctx: TenantCtx, upload: Upload | None) -> Any:
    return ctx.render("lantern/lamps.html", form=Form.empty(), colour=upload.name if upload else "")


async def fail(ctx: TenantCtx) -> Any:
    raise RuntimeError("secret of the lantern")


async def dawdle(ctx: TenantCtx) -> Any:
    await asyncio.sleep(5)
    return redirect("/")


PAGES = (
    Page(
        path="",
        handler=show_lamps,
        permission="lantern.lamp.read",
        nav=Nav(title=_("Lanterns")),
        slots=("PERSON_TIMELINE",),
    ),
    Page(path="lamps/{lamp}", handler=show_lamp, permission="lantern.lamp.read"),
    Page(path="lamps", handler=light_lamp, permission="lantern.lamp.light", method="POST"),
    Page(path="list", handler=take_list, permission="lantern.lamp.light", method="POST", max_body=10_000),
    Page(path="broken", handler=fail, permission="lantern.lamp.read"),
    Page(path="slow", handler=dawdle, permission="lantern.lamp.read", time_limit=0.05),
)
