"""Two records of one person: find the other one, see both side by side, choose which is kept, and undo it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from core.sdk import Conflict, Form, NotFound, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import PersonFull
from core.sdk.personal import FILLABLE, MERGE_REASONS
from plugins.registration.forms import MergeForm, MergeQuery, UndoForm
from plugins.registration.permissions import MERGE
from plugins.registration.services import merging
from plugins.registration.services.listing import basics_of
from plugins.registration.services.words import PRESENCES, SEXES, origin_words

__all__ = ["PAGES"]

TITLES = {
    "document": _("Document"),
    "phone": _("Telephone"),
    "contact": _("Another way to reach her"),
    "birth_date": _("Birth date"),
}


async def choose_other(ctx: TenantCtx, person: UUID, query: MergeQuery) -> Any:
    """Whoever sounds like her stands there at once."""
    shown = await basics_of(ctx, person)
    others = await merging.candidates(ctx, person, query.q)
    return ctx.render(
        "registration/merge.html", person=shown, query=query, lines=others, presences=PRESENCES, sexes=SEXES
    )


async def show_both(ctx: TenantCtx, person: UUID, other: UUID) -> Any:
    form: Form[MergeForm] = Form({f"take_{name}": "1" for name in FILLABLE}, None, {})
    return await _both(ctx, person, other, form)


async def merge(ctx: TenantCtx, person: UUID, other: UUID, form: Form[MergeForm]) -> Any:
    problem: Conflict | None = None
    if form.is_valid:
        told = form.value
        kept, gone = (other, person) if told.keep == "other" else (person, other)
        wanted = [name for name in FILLABLE if getattr(told, f"take_{name}")]
        try:
            await merging.merge(ctx, kept, gone, told.reason, wanted)
        except Conflict as error:
            problem = error
        else:
            said = _("The two records are being put together. This takes a moment.")
            return ctx.redirect(ctx.address(f"people/{kept}"), said)
    return await _both(ctx, person, other, form, problem, status=409 if problem else 400)


async def undo(ctx: TenantCtx, person: UUID, form: Form[UndoForm]) -> Any:
    await merging.undo(ctx, person, form.value.merge)
    said = _("The two records are being taken apart. This takes a moment.")
    return ctx.redirect(ctx.address(f"people/{person}"), said)


async def _both(
    ctx: TenantCtx,
    person: UUID,
    other: UUID,
    form: Form[MergeForm],
    problem: Conflict | None = None,
    status: int = 200,
) -> Any:
    if person == other:
        raise NotFound
    pair = [await _full(ctx, person), await _full(ctx, other)]
    return ctx.render(
        "registration/merge_pair.html",
        status,
        person=pair[0],
        other=pair[1],
        rows=[_compared(ctx, pair, title, column) for title, column in _ROWS],
        form=form,
        problem=problem,
        keeps=[
            ("this", ctx.tell(_("the one on the left"))),
            ("other", ctx.tell(_("the one on the right"))),
        ],
        reasons=[(code, ctx.tell(title)) for code, title in MERGE_REASONS.items()],
        takes=[(f"take_{name}", TITLES[name]) for name in FILLABLE if _differs(pair, name)],
    )


_ROWS = (
    (_("Name"), "name"),
    (_("Alias"), "alias"),
    (_("Sex"), "sex"),
    (_("Birth date"), "birth_date"),
    (_("Document"), "document"),
    (_("Telephone"), "phone"),
    (_("Another way to reach her"), "contact"),
    (_("Place of origin"), "origin"),
    (_("Presence"), "presence"),
    (_("Registered on"), "registered_on"),
    (_("Movements"), "movements"),
)


async def _full(ctx: TenantCtx, person: UUID) -> dict[str, Any]:
    """As the station sees her; sealed fields stay masked."""
    shown = await ctx.people.get(person, MERGE)
    if not isinstance(shown, PersonFull):
        raise NotFound
    return {
        "id": shown.id,
        "name": shown.name,
        "alias": shown.alias if shown.legal_name else None,
        "sex": ctx.tell(SEXES[shown.sex]),
        "birth_date": shown.birth_date,
        "document": shown.document,
        "phone": shown.phone,
        "contact": "••••" if shown.has_contact else None,
        "origin": origin_words(ctx, shown.origin),
        "presence": ctx.tell(PRESENCES[shown.presence]),
        "registered_on": shown.registered_on,
        "movements": len(await ctx.people.movements(person)),
    }


def _compared(
    ctx: TenantCtx, pair: Sequence[dict[str, Any]], title: str, column: str
) -> tuple[str, Any, Any, bool]:
    one, two = (each[column] for each in pair)
    return ctx.tell(title), one, two, one == two


def _differs(pair: Sequence[dict[str, Any]], name: str) -> bool:
    """One of the two has it and the other has not."""
    return (pair[0][name] is None) != (pair[1][name] is None)


PAGES = (
    Page(path="people/{person}/merge", handler=choose_other, permission=MERGE),
    Page(path="people/{person}/merge/{other}", handler=show_both, permission=MERGE),
    Page(path="people/{person}/merge/{other}", handler=merge, permission=MERGE, method="POST"),
    Page(path="people/{person}/unmerge", handler=undo, permission=MERGE, method="POST"),
)
