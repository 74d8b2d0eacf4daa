"""D1: the list of people as the portal renders it, 50 rows, against the same in f-strings, and against its query."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from html import escape
from time import perf_counter
from typing import Any

import httpx
from msgspec import structs

from core.app import create_app
from core.identity import sessions
from core.kernel.scope import Scope
from core.web.listings import Listing
from tests.bench.goals import Finding, at_most
from tests.bench.rounds import in_turn, ratio
from tests.bench.town import Bench

__all__ = ["measure"]

RENDERINGS = 100
TEMPLATE = "registration/people.html"


async def measure(bench: Bench) -> list[Finding]:
    """D1, once the templates are compiled."""
    async with _reader(bench) as read:
        template, language, values = await _rendered(bench, read)
        listing = values["people"]
        frame = bench.platform.templates.render(
            template, language, **{**values, "people": structs.replace(listing, rows=())}
        )
        least, mine, bare, whole = await in_turn(
            _timed(lambda: _floor(frame, listing)),
            _timed(lambda: bench.platform.templates.render(template, language, **values)),
            _unrendered(bench, read),
            _read(read),
            rounds=bench.sizes.rounds,
        )
    what = f"people's page, {len(listing.rows)} rows"
    return [
        at_most("D1", what, "f-strings", ratio(mine, least), 5.5),
        at_most("D1", f"{what}, answered", "the same without rendering", ratio(whole, bare), 2.0),
    ]


def _timed(render: Callable[[], str]) -> Any:
    async def run() -> float:
        started = perf_counter()
        for _time in range(RENDERINGS):
            render()
        return perf_counter() - started

    return run


@asynccontextmanager
async def _reader(bench: Bench) -> AsyncIterator[Callable[[], Any]]:
    """Asks the running product for the page, as a clerk's browser does."""
    place = bench.places[0]
    async with bench.platform.database.transaction(Scope.nobody()) as tx:
        token = await sessions.start(tx, place.account, is_of_town=False)
    transport = httpx.ASGITransport(create_app(bench.platform))  # pyright: ignore[reportArgumentType]
    headers = {"Cookie": f"session={token}", "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:

        async def read() -> None:
            (await client.get(f"/t/{place.slug}/registration/people")).raise_for_status()

        yield read


def _read(read: Callable[[], Any]) -> Any:
    async def run() -> float:
        started = perf_counter()
        for _time in range(RENDERINGS):
            await read()
        return perf_counter() - started

    return run


def _unrendered(bench: Bench, read: Callable[[], Any]) -> Any:
    """Everything of the request but its template: the gate, the transaction, the query, the rows."""
    timed = _read(read)

    async def run() -> float:
        bench.platform.templates.render = lambda *_given, **_values: ""
        try:
            return await timed()
        finally:
            del bench.platform.templates.render

    return run


async def _rendered(bench: Bench, read: Callable[[], Any]) -> tuple[str, str, dict[str, Any]]:
    """What the page of the running product hands to its template."""
    seen: list[tuple[str, str, dict[str, Any]]] = []
    render = bench.platform.templates.render

    def noted(template: str, language: str, **values: Any) -> str:
        seen.append((template, language, values))
        return render(template, language, **values)

    bench.platform.templates.render = noted
    try:
        await read()
    finally:
        del bench.platform.templates.render
    return next(values for values in seen if values[0] == TEMPLATE)


def _floor(frame: str, listing: Listing) -> str:
    """The page without its rows as it is, and the rows as the template writes them."""
    shown = [
        (column.name, "number" if column.is_number else "", column.title) for column in listing.shown[1:]
    ]
    rows = "".join(
        f'<tr><td class="pick"><input type="checkbox" class="form-check-input" data-pick name="picked"'
        f' value="{escape(row.key)}" aria-label="{escape(row.cells["name"].text)}"></td>'
        f'<th scope="row"><a href="{escape(row.cells["name"].address)}">{escape(row.cells["name"].text)}</a></th>'
        + "".join(
            f'<td class="{kind}" data-label="{escape(title)}">{escape(row.cells[name].text)}</td>'
            for name, kind, title in shown
        )
        + "</tr>"
        for row in listing.rows
    )
    return f"{frame}<table>{rows}</table>"
