"""Two records of one person become one, and undoing puts everything back where it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.app import Platform
from core.commands.verify import verify
from core.figures.export import exported
from core.figures.rebuild import rebuild
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.scope import Scope
from core.sdk.people import AlreadyKnown, MovementKind, PersonEdit, PersonFull
from core.testing import Server, Town, platform_settings
from plugins.registration.imports import uploads
from plugins.registration.services import confirming, offers
from plugins.registration.services.moving import move
from plugins.registration.services.records import Residence, record_of
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, DoorOf, Work, registration, resident, wang
from tests.plugins.registration.imports.small import Worker
from tests.plugins.registration.imports.test_uploads import planned, roster

Settled = Callable[[], Awaitable[None]]
InTenant = Callable[..., Any]

# What the database says of everything that a merge touches, so that undoing can be compared with before.
STATE = (
    """SELECT id, name, state, merged_into, birth_date, document_index, phone_index, contact_sealed IS NULL
       FROM people.person ORDER BY id""",
    "SELECT id, person_id, kind, day, sequence, reason, ref, transfer_id FROM people.movement ORDER BY id",
    "SELECT id, person_id, started_on, ended_on FROM people.residence ORDER BY id",
    "SELECT person_id, pseudonym, is_current FROM people.pseudonym ORDER BY person_id",
    "SELECT id, person_id FROM registration.confirmation ORDER BY id",
    "SELECT id, person_id FROM registration.permit_help ORDER BY id",
    "SELECT id, person_id, village FROM registration.record ORDER BY id",
)


class Desk:
    """A station, its door to people's affairs, and the worker behind it."""

    def __init__(self, counter: Counter, door: DoorOf, platform: Platform, worked: Work) -> None:
        self.counter, self.door, self.platform, self.worked = counter, door, platform, worked

    async def merge(self, kept: UUID, gone: UUID) -> UUID:
        async with self.door() as (_ctx, personal):
            merge = await personal.merge(kept, gone, "SHE_SAYS_SO")
            assert [each.state for each in await personal.merges(kept)][-1:] == ["asked"]
        await self.worked()
        return merge

    async def undo(self, merge: UUID) -> None:
        async with self.door() as (_ctx, personal):
            await personal.undo_merge(merge)
        await self.worked()

    async def twice(self) -> tuple[UUID, UUID]:
        """王小明 without a document, and again, two months later, with one; both served."""
        async with self.counter() as ctx:
            bare = {"document": None, "phone": None, "contact": "same dormitory"}
            kept = await register(ctx, registration(date(2026, 9, 3), **bare))
            await confirming.confirm(ctx, kept, date(2026, 9, 9), contact_verified=True)
            gone = await register(ctx, registration(date(2026, 10, 12)))
            await confirming.help_with_permit(ctx, gone, "APPLY", date(2026, 10, 20))
            await move(ctx, gone, MovementKind.DEPART, date(2026, 11, 2), "GO_HOME")
        return kept, gone


@pytest.fixture
def desk(counter: Counter, door: DoorOf, platform: Platform, worked: Work) -> Desk:
    return Desk(counter, door, platform, worked)


async def state_of(in_tenant: InTenant) -> list[list[tuple[Any, ...]]]:
    async with in_tenant("registry") as tx:
        return [[tuple(row.values()) for row in await tx.fetch(asked)] for asked in STATE]


async def cells(platform: Platform) -> list[object]:
    async with platform.database.transaction(Scope.nobody(), login="figures") as tx:
        return [row async for row in exported(tx, platform.catalogue, everything=True)]


async def test_one_is_kept_and_undoing_puts_everything_back(
    desk: Desk, settled: Settled, in_tenant: InTenant, town: Town
) -> None:
    kept, gone = await desk.twice()
    async with desk.counter(town.t02) as ctx:
        there = await register(ctx, registration(date(2026, 10, 12)))
    await settled()
    before, figures = await state_of(in_tenant), await cells(desk.platform)

    merge = await desk.merge(kept, gone)
    await settled()
    assert await cells(desk.platform) != figures
    assert await rebuild(desk.platform.database, desk.platform.catalogue) == 0
    async with desk.counter() as ctx:
        shown = await ctx.people.get(kept)
        assert isinstance(shown, PersonFull)
        assert (shown.document is not None, shown.phone is not None, shown.presence) == (
            True,
            True,
            "present",
        )
        assert shown.birth_date is None or shown.birth_date == date(1990, 1, 1)
        assert await ctx.people.by_number([resident(7)]) == [kept]
        assert len(await ctx.people.movements(kept)) == 1
        assert len(await confirming.helps_of(kept)) == 1
        assert len(await confirming.seen_of(kept)) == 3
        assert (await record_of(kept)).village == "东村"
        assert [person.id for person in (await ctx.people.search("王小明")).people] == [kept]
        for act in (
            ctx.people.get(gone),
            ctx.people.edit(gone, 1, PersonEdit(name="王小月")),
            ctx.people.give_consent(gone, "CONTACT"),
        ):
            with pytest.raises(NotFound):
                await act

    await desk.undo(merge)
    await settled()
    assert await state_of(in_tenant) == before
    assert await cells(desk.platform) == figures
    assert await rebuild(desk.platform.database, desk.platform.catalogue) == 0
    async with desk.counter(town.t02) as ctx:
        assert (await ctx.people.get(there)).name == "王小明"


async def test_the_number_of_the_record_that_went_leads_to_the_one_that_stays(
    desk: Desk, worked: Work, in_tenant: InTenant
) -> None:
    async with desk.counter() as ctx:
        kept = await register(ctx, registration(date(2026, 9, 3)))
        gone = await register(ctx, registration(date(2026, 9, 4), document=resident(8), phone="13800138001"))
    merge = await desk.merge(kept, gone)
    async with desk.counter() as ctx:
        assert await ctx.people.by_number([resident(7), resident(8)]) == [kept, kept]
        with pytest.raises(AlreadyKnown) as known:
            await ctx.people.register(wang(document=resident(8)))
        assert known.value.person_id == kept
    incoming = await planned(
        desk.counter, worked, roster(Worker("王小月", 8, "2026-11-02"), Worker("王小明", 7, "2026-11-02"))
    )
    async with desk.counter() as ctx:
        assert (await uploads.find_import(incoming)).added == 0
        await uploads.apply_plan(ctx, incoming)
    await worked()
    async with desk.counter() as ctx:
        shown = await ctx.people.get(kept)
        assert (shown.name, len(await ctx.people.movements(kept))) == ("王小明", 1)
        # What the kept record was given and then corrected is hers: undoing takes back its own alone.
        await ctx.people.edit(kept, shown.version, PersonEdit(document=resident(9)))
    await desk.undo(merge)
    async with desk.counter() as ctx:
        assert await ctx.people.by_number([resident(7), resident(8), resident(9)]) == [None, gone, kept]


async def test_what_cannot_be_is_answered_and_changes_nothing(desk: Desk, in_tenant: InTenant) -> None:
    kept, gone = await desk.twice()
    async with desk.counter() as ctx:
        third = await register(ctx, registration(date(2026, 9, 3), document=resident(8)))
        elsewhere = UUID(int=7)
    async with desk.door() as (_ctx, personal):
        with pytest.raises(Conflict):
            await personal.merge(kept, kept, "SHE_SAYS_SO")
        with pytest.raises(NotFound):
            await personal.merge(kept, elsewhere, "SHE_SAYS_SO")
        with pytest.raises(BadInput):
            await personal.merge(kept, gone, "I think so")
        first = await personal.merge(kept, gone, "SHE_SAYS_SO")
        with pytest.raises(Conflict):
            await personal.merge(kept, gone, "SHE_SAYS_SO")
        with pytest.raises(Conflict):
            await personal.erase(kept, "ASKED")
    await desk.worked()
    async with desk.door() as (_ctx, personal):
        with pytest.raises(NotFound):
            await personal.merge(third, gone, "SHE_SAYS_SO")
        with pytest.raises(Conflict):
            await personal.merge(third, kept, "SHE_SAYS_SO")
        await personal.merge(kept, third, "SHE_SAYS_SO")
    await desk.worked()
    await desk.undo(first)
    async with desk.door() as (_ctx, personal):
        with pytest.raises(Conflict):
            await personal.undo_merge(first)
        assert [(each.gone_id, each.state) for each in await personal.merges(kept)] == [(third, "merged")]
    async with desk.counter() as ctx:
        assert len((await ctx.people.search("王小明")).people) == 2


async def test_erasing_the_kept_one_erases_both(desk: Desk, settled: Settled, in_tenant: InTenant) -> None:
    kept, gone = await desk.twice()
    merge = await desk.merge(kept, gone)
    async with desk.door() as (_ctx, personal):
        await personal.erase(kept, "ASKED")
        with pytest.raises(Conflict):
            await personal.undo_merge(merge)
    await desk.worked()
    async with desk.door() as (ctx, personal):
        with pytest.raises(Conflict):
            await personal.undo_merge(merge)
        assert (await ctx.people.search("王小明")).people == []
        assert await ctx.people.passed_over([resident(7)]) == [True]
    async with in_tenant("registry") as tx:
        rows = await tx.fetch("SELECT state, name, merged_into FROM people.person")
        assert {tuple(row.values()) for row in rows} == {("erased", None, None)}
    await settled()
    assert await rebuild(desk.platform.database, desk.platform.catalogue) == 0


async def test_the_books_hold_with_what_is_set_aside(
    desk: Desk, settled: Settled, town: Town, database_server: Server, home: Path
) -> None:
    """An offer goes along with the record that stays, and who moved before still has both halves."""
    kept, gone = await desk.twice()
    async with desk.counter() as ctx:
        await move(ctx, gone, MovementKind.ARRIVE, date(2026, 11, 3))
        await ctx.people.give_consent(gone, "TRANSFER")
        offer = await offers.offer_move(ctx, gone, "T02", date(2026, 11, 6))
    await desk.worked()
    async with desk.counter(town.t02) as ctx:
        there = Residence(village="西村")
        await offers.accept(ctx, offer, offers.Acceptance(day=date(2026, 11, 6), residence=there))
    await desk.worked()
    merge = await desk.merge(kept, gone)
    async with desk.counter() as ctx:
        assert [(each.id, each.state) for each in await offers.offers_of(kept)] == [(offer, "accepted")]
    await desk.undo(merge)
    await desk.merge(kept, gone)
    await settled()
    settings = platform_settings(database_server, await _name(desk.platform), home)
    findings = await verify(settings, is_quiet=True)
    assert findings.are_none, [line.text for line in findings.lines if line.state == "finding"]


async def _name(platform: Platform) -> str:
    async with platform.database.transaction(Scope.nobody()) as tx:
        return await tx.fetchval("SELECT current_database()")
