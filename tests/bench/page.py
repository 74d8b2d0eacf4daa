"""D1: the list of people as the portal renders it, 50 rows, against the same cells in f-strings."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from time import perf_counter
from typing import Any

import httpx

from core.app import create_app
from core.identity import sessions
from core.kernel.scope import Scope
from tests.bench.goals import Finding, at_most
from tests.bench.rounds import in_turn, ratio
from tests.bench.town import Bench

__all__ = ["measure"]

RENDERINGS = 100
TEMPLATE = "registration/people.html"


async def measure(bench: Bench) -> list[Finding]:
    """D1, once the templates are compiled."""
    template, language, values = await _rendered(bench)
    frame = bench.platform.templates.render(template, language, **{**values, "lines": ()})
    lines = values["lines"]
    least, mine = await in_turn(
        _timed(lambda: _floor(frame, lines)),
        _timed(lambda: bench.platform.templates.render(template, language, **values)),
        rounds=bench.sizes.rounds,
    )
    return [at_most("D1", f"people's page, {len(lines)} rows", "f-strings", ratio(mine, least), 5.5)]


def _timed(render: Callable[[], str]) -> Any:
    async def run() -> float:
        started = perf_counter()
        for _time in range(RENDERINGS):
            render()
        return perf_counter() - started

    return run


async def _rendered(bench: Bench) -> tuple[str, str, dict[str, Any]]:
    """What the page of the running product hands to its template."""
    platform, place = bench.platform, bench.places[0]
    async with platform.database.transaction(Scope.nobody()) as tx:
        token = await sessions.start(tx, place.account, is_of_town=False)
    seen: list[tuple[str, str, dict[str, Any]]] = []
    render = platform.templates.render

    def noted(template: str, language: str, **values: Any) -> str:
        seen.append((template, language, values))
        return render(template, language, **values)

    platform.templates.render = noted
    try:
        transport = httpx.ASGITransport(create_app(platform))  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.get(
                f"/t/{place.slug}/registration/people", headers={"Cookie": f"session={token}"}
            )
    finally:
        del platform.templates.render
    answer.raise_for_status()
    return next(values for values in seen if values[0] == TEMPLATE)


def _floor(frame: str, lines: Any) -> str:
    """The page without its rows as it is, and 11 values of each row."""
    rows = "".join(
        f'<tr><th scope="row"><a href="/t/x/registration/people/{escape(str(line.person.id))}">'
        f"{escape(line.person.name)}</a> <span>{line.person.birth_year}</span></th>"
        f"<td>{escape(line.person.sex)}</td><td>{escape(line.person.origin)}</td>"
        f"<td>{escape(line.person.id_type or '')}</td><td>{escape(line.person.document or '')}</td>"
        f"<td>{escape(line.firm)}</td><td>{escape(line.person.presence)}</td>"
        f"<td>{line.person.is_floating}</td><td>{line.person.is_employee}</td><td>{line.person.version}</td></tr>"
        for line in lines
    )
    return f"{frame}<table>{rows}</table>"
