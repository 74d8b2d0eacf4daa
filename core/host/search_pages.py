"""Search, for units and towns alike: the page of results, the piece of it as one types, and the operation."""

from __future__ import annotations

from litestar import Response

from core.host.portal import PortalCtx, TownHallCtx
from core.host.searching import Found, SearchForm, exact, found, grouped
from core.web.forms import Form
from core.web.pages import Page, Place, Route, Slot

__all__ = ["search_pages", "search_routes"]


async def ask(ctx: PortalCtx | TownHallCtx) -> Response:
    """Without words; where the address leads that a page of results has."""
    return _results(ctx, Form.empty())


async def search(ctx: PortalCtx | TownHallCtx, form: Form[SearchForm]) -> Response:
    """What is found; the one thing that was named, such as a person by her whole number, is opened."""
    named = exact(ctx.hits)
    if named is not None:
        return ctx.redirect(named.address)
    return _results(ctx, form, status=200 if form.is_valid else 400)


async def look(ctx: PortalCtx | TownHallCtx, form: Form[SearchForm]) -> Response:
    """The same as one types: a piece to choose from, which opens nothing by itself."""
    words = form.typed.get("words", "").strip()
    return ctx.render("web/found.html", 200 if form.is_valid else 400, groups=grouped(ctx.hits), words=words)


def _results(ctx: PortalCtx | TownHallCtx, form: Form[SearchForm], status: int = 200) -> Response:
    return ctx.render("web/search.html", status, form=form, groups=grouped(ctx.hits))


async def search_by_program(ctx: PortalCtx | TownHallCtx, body: SearchForm) -> Found:
    return found(ctx.hits, ctx.tell)


def search_pages(place: Place, permission: str, slot: Slot) -> tuple[Page, ...]:
    """Open to everybody of the place; what each finds is asked of each service module by its own permission."""
    return (
        Page(path="search", place=place, handler=ask, permission=permission),
        Page(path="search", place=place, handler=search, permission=permission, method="POST", slots=(slot,)),
        Page(
            path="search/look", place=place, handler=look, permission=permission, method="POST", slots=(slot,)
        ),
    )


def search_routes(place: Place, permission: str, slot: Slot) -> tuple[Route, ...]:
    return (
        Route(
            path="search",
            place=place,
            handler=search_by_program,
            permission=permission,
            method="POST",
            slots=(slot,),
            is_repeatable=True,
            summary="Search people, pages and whatever else the service modules find",
        ),
    )
