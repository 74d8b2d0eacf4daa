"""People: where is she? Search as one types, filters in the address, what is shown is what is exported."""

from __future__ import annotations

from typing import Any

from core.sdk import Cell, Form, ListColumn, Listing, Nav, Page, Picking, Row, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.tenancy import list_firms
from plugins.registration.forms import PeopleQuery, PeopleSearch
from plugins.registration.permissions import EDIT, EXPORT, MOVE, READ
from plugins.registration.services.listing import (
    Line,
    Lines,
    asked,
    list_people,
    mark_of,
    place_of,
    sealed,
    words_in,
)
from plugins.registration.services.offers import waiting_offers
from plugins.registration.services.words import PRESENCES, SEXES, origin_words

__all__ = ["COLUMNS", "PAGES"]

COLUMNS = (
    ListColumn(name="name", title=_("Name"), can_sort=True),
    ListColumn(name="born", title=_("Birth year"), is_number=True, can_sort=True),
    ListColumn(name="sex", title=_("Sex"), is_shown=False),
    ListColumn(name="document", title=_("Document")),
    ListColumn(name="firm", title=_("Firm")),
    ListColumn(name="presence", title=_("Presence")),
    ListColumn(name="origin", title=_("Place of origin"), is_shown=False),
    ListColumn(name="floating", title=_("Floating population"), is_shown=False),
)


async def show_people(ctx: TenantCtx, query: PeopleQuery) -> Any:
    return await _shown(ctx, query, words_in(ctx, query.words))


async def search_people(ctx: TenantCtx, form: Form[PeopleSearch]) -> Any:
    """What is searched for comes in the body; the addresses of the answer hold it sealed."""
    told = form.value
    query = PeopleQuery(words=sealed(ctx, told.q), firm=told.firm, present=told.present, arrived=told.arrived)
    return await _shown(ctx, query, told.q)


async def _shown(ctx: TenantCtx, query: PeopleQuery, words: str) -> Any:
    page = await list_people(ctx, asked(ctx, query), place_of(ctx, query.after))
    filters = {"words": query.words, "firm": query.firm, "present": query.present, "arrived": query.arrived}
    people = _listing(ctx, query, page, filters)
    answer = ctx.render(
        "registration/people.html",
        query=query,
        words=words,
        people=people,
        firms=await list_firms(ctx.transaction),
        is_filtered=any(filters.values()),
        offers=await waiting_offers() if ctx.can(MOVE) else [],
    )
    answer.headers["HX-Replace-Url"] = people.at()
    return answer


def _listing(ctx: TenantCtx, query: PeopleQuery, page: Lines, filters: dict[str, object]) -> Listing:
    confirming = Picking(
        address=ctx.address("people/confirm"), action=ctx.tell(_("Still here: those picked"))
    )
    people = Listing.of(
        COLUMNS,
        query,
        ctx.address("people"),
        filters=filters,
        rows=[_row(ctx, line) for line in page.lines],
        more=mark_of(ctx, page.after) or "",
        picking=confirming if ctx.can(EDIT) else None,
    )
    files = {
        ctx.tell(_("Export as .xlsx")): ctx.address("exports/people/xlsx"),
        ctx.tell(_("Export as CSV")): ctx.address("exports/people/csv"),
    }
    return people.with_files(files) if ctx.can(EXPORT) else people


def _row(ctx: TenantCtx, line: Line) -> Row:
    person = line.person
    is_here = person.presence != "absent"
    return Row(
        key=str(person.id),
        cells={
            "name": Cell(text=person.name, address=ctx.address(f"people/{person.id}")),
            "born": Cell(text=str(person.birth_year or "")),
            "sex": Cell(text=ctx.tell(SEXES[person.sex])),
            "document": Cell(text=person.document or ""),
            "firm": Cell(text=line.firm),
            "presence": Cell(text=ctx.tell(PRESENCES[person.presence]), tone="on" if is_here else "off"),
            "origin": Cell(text=origin_words(ctx, person.origin)),
            "floating": Cell(text=ctx.tell(_("yes")) if person.is_floating else ctx.tell(_("no"))),
        },
    )


PAGES = (
    Page(
        path="people",
        handler=show_people,
        permission=READ,
        nav=Nav(title=_("People"), order=20, icon="users"),
    ),
    Page(path="people/search", handler=search_people, permission=READ, method="POST"),
)
