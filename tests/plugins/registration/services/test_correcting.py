"""Corrections at the counter: the figures follow, an offer that waits goes first, a folder brings nothing back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest

from core.app import Platform
from core.figures.rebuild import rebuild
from core.kernel.scope import Scope
from core.sdk import Conflict, TenantCtx
from core.sdk.people import MovementFacts, MovementKind, PersonEdit
from core.testing import Town
from core.town.exchange import load_folder
from plugins.registration.services import offers
from plugins.registration.services.moving import correct, move
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, registration, resident
from tests.plugins.registration.imports.small import Folder, Worker

ARRIVE, DEPART = MovementKind.ARRIVE, MovementKind.DEPART
AUGUST = date(2026, 8, 10)


async def cells(platform: Platform, town: Town, indicator: str) -> dict[tuple[str, str], int]:
    """What the months of t01 say by age, where it is not nothing."""
    async with platform.database.transaction(Scope.nobody(), login="figures") as tx:
        rows = await tx.fetch(
            "SELECT period, cut, num FROM figures.figure WHERE tenant_id = $1 AND indicator = $2"
            " AND cut LIKE 'age=%' AND num > 0 AND period !~ 'Q|^....$'",
            town.t01.id,
            indicator,
        )
    return {(row["period"], row["cut"]): int(row["num"]) for row in rows}


async def latest(ctx: TenantCtx, person) -> tuple:
    move = (await ctx.people.movements(person))[-1]
    return move.id, MovementFacts(kind=move.kind, day=move.day, reason=move.reason)


async def test_figures_follow_a_corrected_day_a_cancelled_departure_and_a_birth_date(
    counter: Counter, platform: Platform, town: Town, settled: Callable[[], Awaitable[None]]
) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration(day=AUGUST))
        await move(ctx, person, DEPART, date(2026, 10, 20))
    await settled()
    assert await cells(platform, town, "POP-01") == {("2026-08", "age=35-44"): 1, ("2026-09", "age=35-44"): 1}

    async with counter() as ctx:
        departure, seen = await latest(ctx, person)
        assert await correct(ctx, person, departure, seen=seen, new=None, why="a namesake left")
        arrival, seen = await latest(ctx, person)
        new = MovementFacts(kind=ARRIVE, day=date(2026, 9, 2))
        assert await correct(ctx, person, arrival, seen=seen, new=new, why="misread")
    await settled()
    months = ("2026-09", "2026-10", "2026-11")
    assert await cells(platform, town, "POP-01") == {(month, "age=35-44"): 1 for month in months}
    assert await cells(platform, town, "POP-02") == {("2026-09", "age=35-44"): 1}
    assert await cells(platform, town, "POP-04") == {}

    async with counter() as ctx:
        shown = await ctx.people.get(person)
        edit = PersonEdit(birth_date=date(2001, 10, 15))
        await ctx.people.edit(person, shown.version, edit, "as on her card")
    await settled()
    ages = ("age=18-24", "age=25-34", "age=25-34")
    assert await cells(platform, town, "POP-01") == dict.fromkeys(zip(months, ages, strict=True), 1)
    assert await rebuild(platform.database, platform.catalogue) == 0


async def test_while_an_offer_waits_nothing_is_corrected(counter: Counter) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
        arrival, seen = await latest(ctx, person)
        offer = await offers.offer_move(ctx, person, "T02", date(2026, 11, 6))
        with pytest.raises(Conflict) as refused:
            await correct(ctx, person, arrival, seen=seen, new=None, why="a namesake")
        assert "offer" in refused.value.what
        await offers.withdraw(ctx, offer)


async def test_a_folder_that_is_loaded_again_brings_nothing_back(
    counter: Counter, platform: Platform, town: Town, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "2025", 2025)
    folder.roster("T01", [Worker("来了的", 4, "2025-05-01"), Worker("走了的", 5)])
    folder.roster("T02", [])
    folder.move("ARRIVE", "2025-05-01", "T01", 4)
    folder.move("DEPART", "2025-07-01", "T01", 5)
    await load_folder(platform.server, folder.path, lambda _what, _done, _total: None)
    async with counter() as ctx:
        came, went = await ctx.people.by_number([resident(4), resident(5)])
        assert came is not None
        assert went is not None
        arrival, seen = await latest(ctx, came)
        new = MovementFacts(kind=ARRIVE, day=date(2025, 6, 3))
        await correct(ctx, came, arrival, seen=seen, new=new, why="misread")
        departure, seen = await latest(ctx, went)
        await correct(ctx, went, departure, seen=seen, new=None, why="it was her sister")
    report = await load_folder(platform.server, folder.path, lambda _what, _done, _total: None)
    assert not any(outcome.broken for outcome in report.outcomes)
    async with counter() as ctx:
        moves = [(one.kind, one.day) for one in await ctx.people.movements(came)]
        assert moves == [(ARRIVE, date(2025, 6, 3))]
        assert [one.kind for one in await ctx.people.movements(went)] == [MovementKind.OPENING]
        assert await ctx.people.present_on(date(2025, 12, 31)) == {came, went}
        lines = await ctx.people.stock(date(2025, 5, 1), date(2025, 7, 31))
        assert [line.difference for line in lines] == [0, 0]
