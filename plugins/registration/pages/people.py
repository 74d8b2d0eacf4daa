"""People: where is she? Search as one types, filters in the address, what is shown is what is exported."""

from __future__ import annotations

from typing import Any

from core.sdk import Nav, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.tenancy import list_firms
from plugins.registration.forms import PeopleQuery
from plugins.registration.permissions import READ
from plugins.registration.services.listing import asked, list_people, mark_of, place_of
from plugins.registration.services.offers import waiting_offers
from plugins.registration.services.words import PRESENCES

__all__ = ["PAGES"]


async def show_people(ctx: TenantCtx, query: PeopleQuery) -> Any:
    page = await list_people(ctx, asked(query), place_of(ctx, query.after))
    filters = {"firm": query.firm, "present": query.present or None, "arrived": query.arrived or None}
    answer = ctx.render(
        "registration/people.html",
        query=query,
        lines=page.lines,
        more=ctx.address("people", q=query.q or None, **_text(filters), after=mark_of(ctx, page.after))
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


def _text(filters: dict[str, Any]) -> dict[str, str | None]:
    return {name: str(value) if value else None for name, value in filters.items()}


PAGES = (
    Page(
        path="people",
        handler=show_people,
        permission=READ,
        nav=Nav(title=_("People"), order=20, icon="users"),
    ),
)
