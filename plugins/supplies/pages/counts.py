"""Counting a point: written down without the books, compared, looked at a second time, entered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.sdk import BadInput, Form, Nav, Page, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.pages.showing import attempt, status_of
from plugins.supplies.pages.stock_forms import CountForm, NoteForm, SpotForm
from plugins.supplies.permissions import KEEP
from plugins.supplies.services import counting
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.points import list_points

__all__ = ["PAGES", "numbers_in"]


def numbers_in(asked: CountForm) -> Mapping[UUID, int]:
    """By line. Raises `BadInput` where a number is missing."""
    if len(asked.lines) != len(asked.numbers):
        raise BadInput(fields={"numbers": _("Write a number on every line; 0 where nothing is left.")})
    return dict(zip(asked.lines, asked.numbers, strict=True))


async def show_counts(ctx: TenantCtx) -> Any:
    return await _counts_page(ctx, Form.empty(SpotForm))


async def start_count(ctx: TenantCtx, form: Form[SpotForm]) -> Any:
    problem = None
    if form.is_valid:
        with attempt(form) as trouble:
            count = await counting.start_count(ctx, form.value.spot)
            return ctx.redirect(ctx.address(f"counts/{count}"))
        problem = trouble.problem
    return await _counts_page(ctx, form, problem)


async def _counts_page(ctx: TenantCtx, form: Form[Any], problem: Any = None) -> Any:
    return ctx.render(
        "supplies/counts.html",
        status_of(form, problem),
        form=form,
        problem=problem,
        counts=await counting.list_counts(),
        states=counting.STATE_WORDS,
        points=[(str(each.id), f"{each.name} {each.code}") for each in await list_points() if each.is_open],
    )


async def show_count(ctx: TenantCtx, count: UUID) -> Any:
    return await _count_page(ctx, count, Form.empty(CountForm))


async def enter_count(ctx: TenantCtx, count: UUID, form: Form[CountForm]) -> Any:
    await counting.find_count(count)
    problem = None
    if form.is_valid:
        with attempt(form, rename="numbers") as trouble:
            await counting.enter_count(ctx, count, numbers_in(form.value))
            return ctx.redirect(ctx.address(f"counts/{count}"))
        problem = trouble.problem
    return await _count_page(ctx, count, form, problem)


async def apply_count(ctx: TenantCtx, count: UUID, form: Form[NoteForm]) -> Any:
    differing = await counting.apply_count(ctx, count, form.value.note)
    return ctx.redirect(
        ctx.address(f"counts/{count}"), _("The count is entered; %(lines)s lines differed."), lines=differing
    )


async def cancel_count(ctx: TenantCtx, count: UUID) -> Any:
    await counting.cancel_count(ctx, count)
    return ctx.redirect(ctx.address("counts"), _("The count is cancelled. Nothing was changed."))


async def _count_page(ctx: TenantCtx, count: UUID, form: Form[CountForm], problem: Any = None) -> Any:
    known = await counting.find_count(count)
    typed = form.typed.get("numbers", "").split(",") if "numbers" in form.typed else []
    return ctx.render(
        "supplies/count.html",
        status_of(form, problem),
        count=known.count,
        lines=known.lines,
        differing=known.differing,
        typed=typed,
        form=form,
        problem=problem,
        states=counting.STATE_WORDS,
        catalogue=await catalogue_on(ctx, ctx.today),
    )


PAGES = (
    Page(
        path="counts",
        handler=show_counts,
        permission=KEEP,
        nav=Nav(title=_("Counting"), order=44, icon="list-check"),
    ),
    Page(path="counts", handler=start_count, permission=KEEP, method="POST"),
    Page(path="counts/{count}", handler=show_count, permission=KEEP),
    Page(path="counts/{count}/enter", handler=enter_count, permission=KEEP, method="POST"),
    Page(path="counts/{count}/apply", handler=apply_count, permission=KEEP, method="POST"),
    Page(path="counts/{count}/cancel", handler=cancel_count, permission=KEEP, method="POST"),
)
