"""The counter: who (or nobody asks), what and how many, from which lots, handed out, the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from core.sdk import BadInput, Conflict, Form, Nav, Page, TenantCtx, new_id
from core.sdk import gettext_noop as _
from core.sdk.people import Person
from plugins.supplies.forms import CounterQuery, FindForm, HandOutForm, IssueQuery, LookForm, WishForm
from plugins.supplies.permissions import ISSUE
from plugins.supplies.services import last_used
from plugins.supplies.services.allotting import FAULTS
from plugins.supplies.services.desk import NOTHING_ELSE, Change, Desk, Given, arrange, desk_at, picks_in, who
from plugins.supplies.services.eligibility import CATEGORIES
from plugins.supplies.services.entitlement import KINDS
from plugins.supplies.services.issuing import hand_out, said_in
from plugins.supplies.services.points import open_points
from plugins.supplies.services.vouchers import OVERRIDE_REASONS
from plugins.supplies.services.wishes import keep_wish, told_since

__all__ = ["PAGES"]

MOST_FOUND = 20
PRESENCES = {"present": _("present"), "away": _("away for a time"), "absent": _("not here")}


async def show_counter(ctx: TenantCtx, query: CounterQuery) -> Any:
    return await _counter(ctx, query.point, Form.empty())


async def find(ctx: TenantCtx, form: Form[FindForm]) -> Any:
    """The one who is meant is served at once; nothing looked for is nobody's name."""
    if not form.is_valid:
        return await _counter(ctx, "", form)
    told = form.value
    if not told.q:
        return ctx.redirect(ctx.address("issue", point=told.point or None))
    found = (await ctx.people.search(told.q, limit=MOST_FOUND)).people
    if len(found) == 1:
        return ctx.redirect(ctx.address(f"issue/{found[0].id}", point=told.point or None))
    return await _counter(ctx, told.point, form, found)


async def show_anonymous(ctx: TenantCtx, query: IssueQuery) -> Any:
    return await _begin(ctx, query, None)


async def show_issue(ctx: TenantCtx, person: UUID, query: IssueQuery) -> Any:
    return await _begin(ctx, query, person)


async def look(ctx: TenantCtx, form: Form[LookForm]) -> Any:
    """The basket with what was chosen, and the lots that it would come from; a product alone is only chosen."""
    if not form.is_known or form.errors.keys() - {"sku", "quantity"}:
        raise BadInput(fields=form.errors)
    told = form.value if form.is_valid else None
    if told and told.sku and told.quantity is None:
        if "quantity" not in form.typed:
            return await _issue(ctx, told, form)
        form.refuse("quantity", _("Enter how many."))
    told = form.value if form.is_valid else _as_it_was(form)
    change = Change(sku=told.sku, quantity=told.quantity or 0, instead=told.instead, without=told.without)
    return await _issue(ctx, told, form, change)


async def send(ctx: TenantCtx, form: Form[HandOutForm]) -> Any:
    told = form.value
    try:
        posted = await hand_out(ctx, told.point, told.person, picks_in(told), said_in(told))
    except BadInput as error:
        for field, message in error.fields.items():
            form.refuse(field, message)
        return await _issue(ctx, told, form)
    except Conflict as error:
        return await _issue(ctx, told, form, problem=error)
    await last_used.keep(ctx, told.point)
    return ctx.redirect(ctx.address(f"vouchers/{posted.voucher}/receipt"), _("It is handed out."))


async def wish(ctx: TenantCtx, person: UUID, form: Form[WishForm]) -> Any:
    wants = form.value.to == "tell"
    await keep_wish(ctx, person, wants=wants)
    said = _("She will be told of recalls.") if wants else _("She will not be told of recalls any more.")
    return ctx.redirect(ctx.address(f"issue/{person}"), said)


def _as_it_was(form: Form[LookForm]) -> LookForm:
    """The basket of a form in which the product or the number is wrong: nothing of it is lost."""
    told = {name: form.typed.get(name, "").split(",") for name in ("lots", "quantities")}
    person = form.typed.get("person", "")
    return LookForm(
        point=form.typed["point"],
        person=UUID(person) if person else None,
        lots=tuple(UUID(each) for each in told["lots"] if each),
        quantities=tuple(int(each) for each in told["quantities"] if each),
    )


async def _counter(ctx: TenantCtx, point: str, form: Form[FindForm], found: Sequence[Person] = ()) -> Any:
    points = await open_points()
    chosen = await last_used.point_for(ctx, points, point)
    desk = await desk_at(ctx, chosen.code, None) if chosen else None
    return ctx.render(
        "supplies/counter.html",
        200 if form.is_valid else 400,
        points=points,
        point=chosen,
        offers=list(desk.offers.values()) if desk else [],
        replaced=desk.replaced if desk else {},
        form=form,
        is_asked=bool(form.typed.get("q")),
        found=found,
        presences=PRESENCES,
    )


async def _begin(ctx: TenantCtx, query: IssueQuery, person: UUID | None) -> Any:
    """An empty basket for her, or without a name."""
    point = await last_used.point_for(ctx, await open_points(), query.point)
    if point is None:
        return ctx.redirect(ctx.address())
    try:
        return await _issue(
            ctx, LookForm(point=point.code, person=person), Form({"sku": query.sku}, None, {})
        )
    except Conflict as error:
        return ctx.redirect(ctx.address("issue", point=point.code), error.todo)


async def _issue(
    ctx: TenantCtx,
    basket: LookForm | HandOutForm,
    form: Form[Any],
    change: Change = NOTHING_ELSE,
    problem: Conflict | None = None,
) -> Any:
    picks = picks_in(basket)
    desk = await desk_at(ctx, basket.point, await who(ctx, basket.person))
    try:
        given = await arrange(ctx, desk, picks, change)
    except BadInput as error:
        for field, message in error.fields.items():
            form.refuse(field, message)
        given = await arrange(ctx, desk, picks)
    typed = form.typed if form.errors or change == NOTHING_ELSE else {}
    wished = typed.get("sku", "")
    return ctx.render(
        "supplies/issue.html",
        409 if problem else 200 if form.is_valid else 400,
        desk=desk,
        offers=list(desk.offers.values()),
        given=given,
        form=form,
        quantity=Form(typed, None, form.errors),
        chosen=_chosen(desk, wished),
        is_empty=not any(one.parts for one in given),
        replaced=desk.replaced,
        wished=desk.catalogue.get(wished),
        problem=problem,
        key=new_id(),
        told_since=await told_since(basket.person) if basket.person else None,
        faults=FAULTS,
        kinds=KINDS,
        **_asked(ctx, given),
    )


def _chosen(desk: Desk, wished: str) -> str:
    """The product that was chosen, or the first that can be had."""
    if wished in desk.offers and desk.offers[wished].is_open:
        return wished
    return next((sku for sku, offer in desk.offers.items() if offer.is_open), "")


def _asked(ctx: TenantCtx, given: Sequence[Given]) -> dict[str, Any]:
    """What has to be said before it is handed out."""
    reasons = [(code, ctx.tell(title)) for code, title in OVERRIDE_REASONS.items()]
    categories = [(str(code), f"{code} {ctx.tell(title)}") for code, title in CATEGORIES.items()]
    return {
        "needs_reason": any(one.needs_reason for one in given),
        "asks_advice": any(one.offer.ruling.asks_advice for one in given),
        "asks_eligibility": any(one.prompts for one in given),
        "reasons": [("", ctx.tell(_("choose why"))), *reasons],
        "categories": [("", ctx.tell(_("not looked at"))), *categories],
    }


PAGES = (
    Page(
        path="",
        handler=show_counter,
        permission=ISSUE,
        nav=Nav(title=_("Supplies"), order=30, icon="package", key="s"),
    ),
    Page(path="find", handler=find, permission=ISSUE, method="POST"),
    Page(path="issue", handler=show_anonymous, permission=ISSUE),
    Page(path="issue", handler=send, permission=ISSUE, method="POST"),
    Page(path="issue/look", handler=look, permission=ISSUE, method="POST"),
    Page(path="issue/{person}", handler=show_issue, permission=ISSUE),
    Page(path="issue/{person}/recalls", handler=wish, permission=ISSUE, method="POST"),
)
