"""What is kept of a person is told to her, and taken away when she asks; the figures stay."""

from __future__ import annotations

from datetime import date

from core.sdk.people import MovementKind
from plugins.registration.privacy import PERSONAL_DATA
from plugins.registration.services import confirming, offers
from plugins.registration.services.households import add_member
from plugins.registration.services.moving import move
from plugins.registration.services.records import record_of
from plugins.registration.services.registering import register
from plugins.registration.tables import TABLES, RosterRow
from tests.plugins.registration.conftest import Counter, Work, registration, resident
from tests.plugins.registration.imports.small import Worker
from tests.plugins.registration.imports.test_uploads import applied, roster


async def test_every_table_with_a_person_answers(counter: Counter, worked: Work) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
        await confirming.help_with_permit(ctx, person, "APPLY", date(2026, 11, 5))
        await offers.offer_move(ctx, person, "T02", date(2026, 11, 6))
        sister = await register(ctx, registration(name="王小红", document=resident(9)))
        await add_member(ctx, person, sister, "7")
    await applied(counter, worked, roster(Worker("王晓明", 7)))
    async with counter() as ctx:
        told = {data.table: await data.export(ctx, person) for data in PERSONAL_DATA}
    linked = {use.table for use in TABLES if use.person_column}
    assert set(told) == linked | {RosterRow}
    assert all(told[table] for table in linked)
    assert "东村" in str(told)
    assert "2026-11-05" in str(told)
    assert "王小红" not in str(told)


async def test_erasing_leaves_dates_without_a_name(counter: Counter, worked: Work) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
        offer = await offers.offer_move(ctx, person, "T02", date(2026, 11, 6))
        await offers.withdraw(ctx, offer)
    await worked()
    async with counter() as ctx:
        await move(ctx, person, MovementKind.DEPART, date(2026, 11, 7))
        assert [await data.erase(ctx, person) for data in PERSONAL_DATA] == [1, 0, 0, 0, 1, 0, 0]
        assert (await record_of(person)).version == 0
        assert await offers.offers_of(person) == []
        assert len(await confirming.seen_of(person)) == 1
