"""The book of a point, and a voucher: what was entered, what may be done with it, and the receipt that she takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from core.sdk import (
    BadInput,
    Cell,
    Conflict,
    Form,
    ListColumn,
    Listing,
    NotFound,
    Page,
    Row,
    TenantCtx,
    new_id,
)
from core.sdk import gettext_noop as _
from core.sdk.people import PeopleFilter
from core.sdk.tenancy import staff_names
from plugins.supplies.forms import BackForm, BookQuery, ReverseForm
from plugins.supplies.permissions import ISSUE, READ
from plugins.supplies.services import last_used
from plugins.supplies.services.book import BookLine, Told, book_of, mark_of, place_of, voucher_of
from plugins.supplies.services.catalogue import Catalogue, catalogue_on
from plugins.supplies.services.points import list_points, open_points
from plugins.supplies.services.returning import come_back, give_back
from plugins.supplies.services.reversing import REVERSAL_REASONS, may_take_back, take_back
from plugins.supplies.services.vouchers import KIND_TITLES, OVERRIDE_REASONS, REASON_TITLES
from plugins.supplies.services.words import storage_words

__all__ = ["COLUMNS", "PAGES"]

REASONS = {**REASON_TITLES, **OVERRIDE_REASONS, **REVERSAL_REASONS}

COLUMNS = (
    ListColumn(name="day", title=_("Day")),
    ListColumn(name="kind", title=_("Kind")),
    ListColumn(name="product", title=_("Product")),
    ListColumn(name="lot", title=_("Lot")),
    ListColumn(name="expiry", title=_("Expiry")),
    ListColumn(name="change", title=_("In or out"), is_number=True),
    ListColumn(name="reason", title=_("Reason or document")),
)


class Both(Struct, frozen=True):
    """The same words twice, for paper."""

    zh: str
    en: str


async def show_book(ctx: TenantCtx, query: BookQuery) -> Any:
    points = await open_points()
    point = await last_used.point_for(ctx, points, query.point)
    catalogue = await catalogue_on(ctx, ctx.today)
    page = await book_of(point.code if point else "", query.sku, place_of(ctx, query.after))
    listing = Listing.of(
        COLUMNS,
        query,
        ctx.address("book"),
        filters={"point": point.code if point else "", "sku": query.sku},
        rows=[_row(ctx, catalogue, line) for line in page.lines],
        more=mark_of(ctx, page),
    )
    return ctx.render(
        "supplies/book.html",
        points=points,
        point=point,
        sku=query.sku,
        products=[(one.sku, one.name(ctx.language)) for one in catalogue.products.values()],
        book=listing,
    )


async def show_voucher(ctx: TenantCtx, voucher: UUID) -> Any:
    return await _voucher(ctx, voucher, Form.empty())


async def show_receipt(ctx: TenantCtx, voucher: UUID) -> Any:
    """A5: what she may take along; it names nobody."""
    told = await voucher_of(voucher)
    if told.kind != "ISSUE" or told.reverses_id is not None:
        raise NotFound
    catalogue = await catalogue_on(ctx, told.day)
    return ctx.render(
        "supplies/receipt.html",
        voucher=told,
        point_name=next((one.name for one in await list_points() if one.code == told.point), ""),
        unit=Both(ctx.tenant.name_zh, ctx.tenant.name_en),
        lines=[(line, catalogue.get(line.sku)) for line in told.lines],
        storage_words=storage_words,
        both=lambda message: Both(ctx.tell_in("zh")(message), ctx.tell_in("en")(message)),
        # Marks the words of the template, which both languages are made of there.
        gettext_noop=_,
    )


async def reverse(ctx: TenantCtx, voucher: UUID, form: Form[ReverseForm]) -> Any:
    if not form.is_valid:
        return await _voucher(ctx, voucher, form, status=400)
    try:
        posted = await take_back(ctx, voucher, form.value.reason)
    except Conflict as error:
        return await _voucher(ctx, voucher, form, status=409, problem=error)
    return ctx.redirect(
        ctx.address(f"vouchers/{posted.voucher}"), _("It is taken back: the goods stand in the book again.")
    )


async def bring_back(ctx: TenantCtx, voucher: UUID, form: Form[BackForm]) -> Any:
    if form.is_valid:
        told = form.value
        try:
            posted = await give_back(
                ctx, voucher, told.entry, told.quantity, str(told.key) if told.key else None
            )
        except BadInput as error:
            for field, message in error.fields.items():
                form.refuse(field, message)
        except Conflict as error:
            return await _voucher(ctx, voucher, form, status=409, problem=error)
        else:
            return ctx.redirect(
                ctx.address(f"vouchers/{posted.voucher}"), _("The goods are back in their lot.")
            )
    return await _voucher(ctx, voucher, form, status=400)


async def _voucher(
    ctx: TenantCtx, voucher: UUID, form: Form[Any], status: int = 200, problem: Conflict | None = None
) -> Any:
    told = await voucher_of(voucher)
    catalogue = await catalogue_on(ctx, told.day)
    staff = await staff_names(ctx.transaction)
    can_return = told.kind == "ISSUE" and told.reverses_id is None and told.reversed_by is None
    back = await come_back(voucher) if can_return else {}
    still = [(line, line.quantity - back.get((line.sku, line.lot), 0)) for line in told.lines]
    return ctx.render(
        "supplies/voucher.html",
        status,
        voucher=told,
        kind=KIND_TITLES[told.kind],
        products=catalogue.products,
        reasons=REASONS,
        person=await _name(ctx, told),
        by=staff.get(told.made_by, "") if told.made_by else "",
        at=told.made_at.astimezone(ZoneInfo(ctx.tenant.time_zone)),
        still=[(line, left) for line, left in still if left > 0] if can_return else [],
        can_reverse=told.reverses_id is None and told.reversed_by is None and may_take_back(ctx, told),
        reversals=[(code, ctx.tell(title)) for code, title in REVERSAL_REASONS.items()],
        form=form,
        problem=problem,
        key=new_id(),
    )


async def _name(ctx: TenantCtx, told: Told) -> str:
    """Of whom the voucher names, as far as the reader sees people."""
    if told.person is None:
        return ""
    found = await ctx.people.search(where=PeopleFilter(among=[told.person]), limit=1)
    return found.people[0].name if found.people else ""


def _row(ctx: TenantCtx, catalogue: Catalogue, line: BookLine) -> Row:
    product = catalogue.get(line.sku)
    reference = "" if line.kind == "RETURN" else line.reference
    reason = line.override or line.reason or reference
    return Row(
        key=str(line.id),
        cells={
            "day": Cell(
                text=line.day.isoformat(),
                address=ctx.address(f"vouchers/{line.voucher}") if ctx.can(ISSUE) else "",
            ),
            "kind": Cell(
                text=ctx.tell(KIND_TITLES[line.kind]),
                beside=ctx.tell(_("taken back")) if line.kind != "ADJUST" and line.quantity < 0 else "",
            ),
            "product": Cell(text=product.name(ctx.language) if product else line.sku),
            "lot": Cell(text=line.lot),
            "expiry": Cell(text=line.expiry.isoformat()),
            "change": Cell(text=f"{line.change:+d}"),
            "reason": Cell(text=ctx.tell(REASONS[reason]) if reason in REASONS else reason),
        },
    )


PAGES = (
    Page(path="book", handler=show_book, permission=READ),
    Page(path="vouchers/{voucher}", handler=show_voucher, permission=ISSUE),
    Page(path="vouchers/{voucher}/receipt", handler=show_receipt, permission=ISSUE),
    Page(path="vouchers/{voucher}/reverse", handler=reverse, permission=ISSUE, method="POST"),
    Page(path="vouchers/{voucher}/return", handler=bring_back, permission=ISSUE, method="POST"),
)
