"""People: where is she? Search as one types, filters in the address, what is shown is what is exported."""

from __future__ import annotations

from typing import Any

from core.sdk import Nav, Page, TenantCtx, download
from core.sdk import gettext_noop as _
from core.sdk.tenancy import list_firms
from plugins.registration.exports import write_list
from plugins.registration.forms import ExportQuery, PeopleQuery
from plugins.registration.pages.choices import PRESENCES
from plugins.registration.permissions import EXPORT, READ
from plugins.registration.services.listing import Query, list_people, mark_of, place_of
from plugins.registration.services.offers import waiting_offers

__all__ = ["PAGES"]

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


async def show_people(ctx: TenantCtx, query: PeopleQuery) -> Any:
    page = await list_people(ctx, asked(query), place_of(query.after))
    filters = {"firm": query.firm, "present": query.present or None, "arrived": query.arrived or None}
    answer = ctx.render(
        "registration/people.html",
        query=query,
        lines=page.lines,
        more=ctx.address("people", q=query.q or None, **_text(filters), after=mark_of(page.after))
        if page.after
        else "",
        firms=await list_firms(ctx.transaction),
        presences=PRESENCES,
        filters=_text(filters),
        is_filtered=bool(query.q or any(filters.values())),
        offers=await waiting_offers() if ctx.can("registration.person.move") else [],
    )
    # The filters stay in the address while one types; what is typed, a name or a number, does not.
    answer.headers["HX-Replace-Url"] = ctx.address("people", **_text(filters))
    return answer


async def export_people(ctx: TenantCtx, query: ExportQuery) -> Any:
    """The list with its search and filters, up to 20,000 lines; documents stay masked."""
    content, count = await write_list(ctx, asked(query), query.kind)
    ctx.audit("registration.people.export", "person", None, detail={"count": count, "kind": query.kind})
    name = f"{ctx.tell(_('People'))}-{ctx.tenant.code}-{ctx.today.isoformat()}.{query.kind}"
    return download(name, MEDIA[query.kind], content)


def asked(query: PeopleQuery) -> Query:
    return Query(
        text=query.q,
        firm=query.firm,
        is_present={"yes": True, "no": False}.get(query.present),
        arrived_this_month=query.arrived == "1",
    )


def _text(filters: dict[str, Any]) -> dict[str, str | None]:
    return {name: str(value) if value else None for name, value in filters.items()}


PAGES = (
    Page(path="people", handler=show_people, permission=READ, nav=Nav(title=_("People"), order=20)),
    Page(path="people/export", handler=export_people, permission=EXPORT, time_limit=40.0),
)
