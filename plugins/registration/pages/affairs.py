"""A person's own affairs at the counter: a copy of all that is kept of her, and her erasure."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from msgspec import json

from core.sdk import BadInput, Conflict, Form, Page, TenantCtx, download, now
from core.sdk import gettext_noop as _
from core.sdk.personal import ERASURE_REASONS
from core.sdk.values import Column, XlsxWriter
from plugins.registration.forms import EraseForm
from plugins.registration.permissions import COPY, ERASE
from plugins.registration.services import erasing
from plugins.registration.services.copies import copy_of
from plugins.registration.services.listing import basics_of

__all__ = ["PAGES"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    Column(title=_("Part"), width=22),
    Column(title=_("Line"), kind="number"),
    Column(title=_("What"), width=22),
    Column(title=_("Value"), width=30),
)


async def show_copy(ctx: TenantCtx, person: UUID) -> Any:
    return ctx.render("registration/copy.html", person=person, copy=await copy_of(ctx, person), day=ctx.today)


async def copy_as_json(ctx: TenantCtx, person: UUID) -> Any:
    copy = await copy_of(ctx, person)
    told = {
        "unit": ctx.tenant.name(ctx.language),
        "made_at": now().isoformat(),
        "parts": [{"title": part.title, "rows": part.rows} for part in copy.parts],
        "ask_also": copy.ask,
    }
    content = json.format(json.encode(told), indent=2)
    return download(
        ctx.tell(_("All that is kept of her")) + f"-{ctx.today}.json", "application/json", content
    )


async def copy_as_workbook(ctx: TenantCtx, person: UUID) -> Any:
    """A line for each fact."""
    copy = await copy_of(ctx, person)
    title = ctx.tell(_("All that is kept of her"))
    columns = [
        Column(title=ctx.tell(column.title), kind=column.kind, width=column.width) for column in COLUMNS
    ]
    file = BytesIO()
    with XlsxWriter(file) as book:
        sheet = book.sheet(title, columns)
        for part in copy.parts:
            for number, row in enumerate(part.rows, start=1):
                for name, value in row.items():
                    sheet.write((part.title, number, name, value))
    return download(f"{title}-{ctx.today}.xlsx", XLSX, file.getvalue())


async def show_erase(ctx: TenantCtx, person: UUID) -> Any:
    return await _erase_page(ctx, person, Form.empty())


async def erase(ctx: TenantCtx, person: UUID, form: Form[EraseForm]) -> Any:
    problem: Conflict | None = None
    if form.is_valid:
        try:
            await erasing.erase(ctx, person, form.value.reason, form.value.confirm)
        except BadInput as error:
            for field, message in error.fields.items():
                form.refuse(field, message)
        except Conflict as error:
            problem = error
        else:
            return ctx.redirect(ctx.address("people"), _("She is being erased. This takes a moment."))
    return await _erase_page(ctx, person, form, problem, status=409 if problem else 400)


async def _erase_page(
    ctx: TenantCtx, person: UUID, form: Form[EraseForm], problem: Conflict | None = None, status: int = 200
) -> Any:
    return ctx.render(
        "registration/erase.html",
        status,
        person=await basics_of(ctx, person),
        tail=erasing.TAIL,
        form=form,
        problem=problem,
        waiting=await ctx.personal.erasure(person),
        merges=[merge for merge in await ctx.personal.merges(person) if merge.state == "merged"],
        reasons=[(code, ctx.tell(title)) for code, title in ERASURE_REASONS.items()],
    )


PAGES = (
    Page(path="people/{person}/copy", handler=show_copy, permission=COPY),
    Page(path="people/{person}/copy/xlsx", handler=copy_as_workbook, permission=COPY),
    Page(path="people/{person}/copy/json", handler=copy_as_json, permission=COPY),
    Page(path="people/{person}/erase", handler=show_erase, permission=ERASE),
    Page(path="people/{person}/erase", handler=erase, permission=ERASE, method="POST"),
)
