"""Undoing an import: everything is as it was, figures and all; whoever was changed since is left alone, and said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.app import Platform
from core.figures.rebuild import rebuild
from core.host.traces import tracer
from core.kernel.clock import freeze, now
from core.people.access import PersonFull
from core.sdk import Conflict, NotFound
from core.sdk.people import MovementKind, PersonEdit
from core.testing import Town
from plugins.registration.imports import uploads
from plugins.registration.imports.traces import forget_traces
from plugins.registration.imports.undo import ask_undo, left_people, undo_piece, undo_until
from plugins.registration.services.confirming import confirm
from plugins.registration.services.records import record_of
from plugins.registration.services.registering import register
from plugins.registration.tables import RosterTrace
from tests.plugins.registration.conftest import Counter, DoorOf, Work, registration, resident
from tests.plugins.registration.imports.small import Worker
from tests.plugins.registration.imports.test_uploads import applied, roster
from tests.plugins.registration.test_merging import cells

InTenant = Callable[..., Any]
Settled = Callable[[], Awaitable[None]]

# Versions apart, since they only grow; digests and all.
STATE = (
    """SELECT id, name, pinyin, sex, birth_date, origin, is_floating, document_index, phone_index, phone_mask, state
       FROM people.person WHERE state <> 'erased' ORDER BY id""",
    "SELECT id, person_id, kind, day, sequence, reason, ref FROM people.movement ORDER BY id",
    "SELECT id, person_id, started_on, ended_on FROM people.residence ORDER BY id",
    "SELECT person_id, pseudonym, is_current FROM people.pseudonym ORDER BY person_id",
    """SELECT person_id, village, firm_id, firm_name, workshop, job_title, hired_on, dwelling, purpose, roster_year,
       roster_digest FROM registration.record ORDER BY person_id""",
)
FILE = roster(
    Worker("王晓明", 7, "2020-01-01", "13900139000", born=date(1990, 1, 1)),
    *(Worker(f"甲{number}", number, "2026-10-02") for number in range(10, 14)),
)


async def state_of(in_tenant: InTenant) -> list[list[tuple[Any, ...]]]:
    async with in_tenant("registry") as tx:
        return [[tuple(row.values()) for row in await tx.fetch(asked)] for asked in STATE]


async def undone(counter: Counter, worked: Work, incoming: UUID) -> uploads.Incoming:
    async with counter() as ctx:
        await ask_undo(ctx, incoming)
    await worked()
    async with counter():
        return await uploads.find_import(incoming)


async def named(counter: Counter, name: str) -> UUID:
    async with counter() as ctx:
        (person,) = (await ctx.people.search(name)).people
        return person.id


async def test_everything_is_as_before_and_the_file_can_be_sent_again(
    counter: Counter, worked: Work, settled: Settled, platform: Platform, in_tenant: InTenant, town: Town
) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
    async with counter(town.t02) as ctx:
        await register(ctx, registration(document=resident(10), name="甲十"))
    await settled()
    before, figures = await state_of(in_tenant), await cells(platform)

    incoming = await applied(counter, worked, FILE)
    await settled()
    assert await cells(platform) != figures
    async with counter() as ctx:
        assert (await ctx.people.get(person)).name == "王晓明"

    done = await undone(counter, worked, incoming)
    assert (done.state, done.undone, done.left_alone) == ("undone", 5, 0)
    await settled()
    assert await cells(platform) == figures
    assert await rebuild(platform.database, platform.catalogue) == 0
    assert await state_of(in_tenant) == before
    async with counter() as ctx:
        shown = await ctx.people.get(person)
        assert isinstance(shown, PersonFull)
        assert (shown.name, shown.phone) == ("王小明", "••••00")
        assert await ctx.people.reveal(person, "phone", "test") == "+8613800138000"
        assert await RosterTrace.count() == 0

    again = await applied(counter, worked, FILE)
    async with counter():
        told = await uploads.find_import(again)
        assert (told.added, told.corrected) == (4, 1)
    async with in_tenant("registry") as tx:
        acts = await tx.fetch("SELECT action FROM kernel.audit WHERE action LIKE '%take-back'")
        assert len(acts) == 2
        cancelled = await tx.fetch("SELECT why, ref, new_kind FROM people.movement_correction")
        assert {tuple(row.values()) for row in cancelled} == {("", None, None)}
        left = await tx.fetch(
            "SELECT name, document_sealed, phone_sealed FROM people.person WHERE state = 'erased'"
        )
        assert {tuple(row.values()) for row in left} == {(None, None, None)}


async def test_who_was_changed_since_is_left_alone_and_said(
    counter: Counter, door: DoorOf, worked: Work
) -> None:
    async with counter() as ctx:
        known = await register(ctx, registration())
        other = await register(ctx, registration(name="王小红", document=resident(8)))
    incoming = await applied(
        counter, worked,
        roster(
            Worker("王晓明", 7), Worker("王晓红", 8),
            *(Worker(f"甲{number}", number, "2026-10-02") for number in range(10, 16)),
        ),
    )  # fmt: skip
    async with counter() as ctx:
        found = {person.name: person for person in (await ctx.people.search()).people}
        await ctx.people.edit(known, (await ctx.people.get(known)).version, PersonEdit(alias="小王"))
        await ctx.people.edit(found["甲10"].id, found["甲10"].version, PersonEdit(sex="1"))
        await ctx.people.move(found["甲11"].id, MovementKind.DEPART, date(2026, 11, 1))
        await confirm(ctx, found["甲12"].id, date(2026, 11, 1), contact_verified=True)
        await ctx.people.give_consent(found["甲13"].id, "RECORD")
    async with door() as (_ctx, personal):
        await personal.merge(found["甲15"].id, found["甲14"].id, "SHE_SAYS_SO")
    await worked()
    done = await undone(counter, worked, incoming)
    assert (done.state, done.undone, done.left_alone) == ("undone", 8, 7)
    async with counter() as ctx:
        assert (await ctx.people.get(other)).name == "王小红"
        assert [
            (one.place, one.person.name if one.person else None, one.standing)
            for one in await left_people(ctx, incoming)
        ] == [
            (0, "王晓明", "edited"),
            (2, "甲10", "edited"),
            (3, "甲11", "recorded"),
            (4, "甲12", "recorded"),
            (5, "甲13", "recorded"),
            (6, None, "gone"),
            (7, "甲15", "recorded"),
        ]
        assert [one.place for one in await left_people(ctx, incoming, after=4, limit=1)] == [5]
        assert (
            await ctx.transaction.fetchval(
                "SELECT count(*) FROM registration.roster_trace WHERE before_sealed IS NOT NULL"
            )
            == 0
        )


async def test_who_has_something_in_another_module_stays(
    counter: Counter, worked: Work, platform: Platform, town: Town
) -> None:
    incoming = await applied(counter, worked, roster(Worker("张三", 1, "2026-10-01"), Worker("李四", 2)))
    person = await named(counter, "张三")

    async def kept(people: Collection[UUID]) -> set[UUID]:
        return {person} & set(people)

    async with counter() as ctx:
        await ask_undo(ctx, incoming)
        ctx._find_traces = kept
        await undo_piece(ctx, incoming)
        assert [one.standing for one in await left_people(ctx, incoming)] == ["recorded"]
        assert [one.name for one in (await ctx.people.search()).people] == ["张三"]
        await confirm(ctx, person, ctx.today, contact_verified=False)
    for tenant, seen in ((town.t01, {person}), (town.t02, set[UUID]())):
        async with counter(tenant) as ctx:
            # As another module would ask: for it, the tables of registration are those of another one.
            assert await tracer(platform.server, ctx.tenant, "reporting")([person]) == seen
            assert await tracer(platform.server, ctx.tenant, "registration")([person]) == set()


async def test_it_goes_on_where_it_was_and_repeating_changes_nothing(
    counter: Counter, worked: Work, in_tenant: InTenant
) -> None:
    before = await state_of(in_tenant)
    incoming = await applied(counter, worked, roster(*(Worker(f"甲{n}", n, "2026-10-01") for n in range(5))))
    async with counter() as ctx:
        await ask_undo(ctx, incoming)
        with pytest.raises(Conflict):
            await ask_undo(ctx, incoming)
    for expected in (2, 4, 5, 5):
        with pytest.raises(RuntimeError):
            async with counter() as ctx:
                await undo_piece(ctx, incoming, piece=2)
                raise RuntimeError  # killed before the end: nothing is done
        async with counter() as ctx:
            await undo_piece(ctx, incoming, piece=2)
            assert (await uploads.find_import(incoming)).undone == expected
    async with counter():
        assert (await uploads.find_import(incoming)).state == "undone"
    assert await state_of(in_tenant) == before


async def test_only_within_the_day_and_only_what_was_applied(
    counter: Counter, worked: Work, town: Town
) -> None:
    incoming = await applied(counter, worked, roster(Worker("张三", 1, "2026-10-01")))
    empty = await applied_nothing(counter, worked)
    async with counter(town.t02) as ctx:
        with pytest.raises(NotFound):
            await ask_undo(ctx, incoming)
    async with counter() as ctx:
        assert await undo_until(ctx, await uploads.find_import(incoming)) is not None
        assert await undo_until(ctx, await uploads.find_import(empty)) is None
        assert await forget_traces(24, 7) == 0
    with freeze(now() + timedelta(hours=25)):
        async with counter() as ctx:
            with pytest.raises(Conflict):
                await ask_undo(ctx, incoming)
            assert await forget_traces(24, 7) == 1
            assert len((await ctx.people.search()).people) == 1


async def applied_nothing(counter: Counter, worked: Work) -> UUID:
    async with counter() as ctx:
        incoming = await uploads.receive(ctx, roster(Worker("坏", 2, "x")))
    await worked()
    async with counter() as ctx:
        await uploads.make_plan(ctx, incoming)
    await worked()
    async with counter() as ctx:
        await uploads.apply_plan(ctx, incoming)
    await worked()
    return incoming


@pytest.mark.requirement("R43")
async def test_what_was_before_is_sealed(counter: Counter, worked: Work) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
        village = (await record_of(person)).village
    await applied(counter, worked, FILE)
    async with counter() as ctx:
        rows = await ctx.transaction.fetch("SELECT * FROM registration.roster_trace")
        assert len(rows) == 5
        told = b"".join(row["before_sealed"] or b"" for row in rows)
        assert told
        assert "王小明".encode() not in told
        assert (await record_of(person)).village == village
