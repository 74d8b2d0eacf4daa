"""A person who is erased stands nowhere any more, and no figure of the past changes."""

from __future__ import annotations

import zipfile
from collections.abc import Awaitable, Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.app import Platform
from core.commands.verify import verify
from core.contract.search import places_of
from core.figures.export import exported
from core.figures.rebuild import rebuild
from core.host.personal import ERASE
from core.host.registry import Refusal, Registry
from core.kernel.errors import BadInput, NotFound
from core.kernel.jobs import enqueue
from core.kernel.outbox import resume
from core.kernel.scope import Scope
from core.people.erasure import coarsened
from core.sdk.people import MovementKind
from core.tenancy.tenants import Tenant
from core.testing import Server, Town, Visitor, platform_settings
from plugins.registration.imports import uploads
from plugins.registration.services import confirming, offers
from plugins.registration.services.moving import move
from plugins.registration.services.registering import look_for, register
from plugins.registration.tables import RosterImport, RosterRow, Transfer
from tests.plugins.registration.conftest import Counter, DoorOf, Work, registration, resident, wang
from tests.plugins.registration.imports.small import Worker
from tests.plugins.registration.imports.test_uploads import planned, received, roster

Settled = Callable[[], Awaitable[None]]
Visit = Callable[..., Awaitable[Visitor]]

BORN = date(1990, 10, 17)
HER: dict[str, Any] = {
    "name": "欧阳晓岚",
    "alias": "阿岚姐姐",
    "name_latin": "Aurelie Ouyang",
    "document": resident(31, BORN),
    "phone": "13911112222",
    "contact": "门卫老周转告",
}
WORDS = (
    *("欧阳晓岚", "阿岚姐姐", "Aurelie", "ouyangxiaolan", "13911112222", "门卫老周转告"),
    HER["document"].number,
)
LOOK_ALIKE: dict[str, Any] = {
    "name": "欧阳晓莲",
    "document": resident(36, BORN),
    "phone": "13911113333",
    "sex": "2",
}


class Story:
    """Two units, somebody with services in three months in the one, and her look-alike in both."""

    def __init__(self, counter: Counter, door: DoorOf, platform: Platform, town: Town) -> None:
        self.counter, self.door, self.platform, self.town = counter, door, platform, town

    async def begin(self) -> UUID:
        async with self.counter() as ctx:
            her = await register(ctx, registration(date(2026, 9, 3), **HER))
            await register(ctx, registration(date(2026, 9, 3), **LOOK_ALIKE))
            await ctx.people.give_consent(her, "TRANSFER")
            await move(ctx, her, MovementKind.TEMP_LEAVE, date(2026, 10, 9), "HOLIDAY")
            await move(ctx, her, MovementKind.RETURN, date(2026, 10, 20))
            await confirming.confirm(ctx, her, date(2026, 10, 21), contact_verified=True)
            await confirming.help_with_permit(ctx, her, "APPLY", date(2026, 11, 5))
        async with self.counter(self.town.t02) as ctx:
            await register(ctx, registration(date(2026, 9, 3), **LOOK_ALIKE))
        return her

    async def erase(self, person: UUID, worked: Work, tenant: Tenant | None = None) -> None:
        async with self.door(tenant) as (_ctx, personal):
            await personal.erase(person, "ASKED")
            assert await personal.erasure(person) is not None
        await worked()


@pytest.fixture
def story(counter: Counter, door: DoorOf, platform: Platform, town: Town) -> Story:
    return Story(counter, door, platform, town)


async def cells(platform: Platform) -> list[object]:
    async with platform.database.transaction(Scope.nobody(), login="figures") as tx:
        return [row async for row in exported(tx, platform.catalogue, everything=True)]


async def files(visit: Visit) -> str:
    """The exports of the unit as text, the workbook unpacked."""
    clerk = await visit("station_staff")
    table = (await clerk.get("/t/t01/registration/exports/people/csv")).text
    book = (await clerk.get("/t/t01/registration/exports/people/xlsx")).content
    with zipfile.ZipFile(BytesIO(book)) as archive:
        return table + "".join(archive.read(name).decode() for name in archive.namelist())


async def test_nothing_of_her_is_left_and_no_figure_changes(
    story: Story,
    worked: Work,
    settled: Settled,
    visit: Visit,
    database_server: Server,
    home: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    her = await story.begin()
    async with story.counter() as ctx:
        offer = await offers.offer_move(ctx, her, "T02", date(2026, 11, 6))
    await worked()
    await planned(
        story.counter,
        worked,
        roster(
            Worker("欧阳晓岚", 31, "2026-11-02", born=BORN),
            Worker("欧阳晓岚", 3, ""),
            Worker("张三", 8, "2026-11-02"),
        ),
    )
    unread = await received(story.counter, roster(Worker("李四", 9, "2026-11-02")))
    await settled()
    before = await cells(story.platform)
    # The control: the search and the files find her before.
    assert set(await places_of(database_server, story.platform, WORDS)) >= {"欧阳晓岚", "阿岚姐姐", "Aurelie"}
    assert "欧阳晓岚" in await files(visit)

    await story.erase(her, worked)
    await settled()
    assert await places_of(database_server, story.platform, WORDS) == {}
    told = await files(visit)
    assert "欧阳晓岚" not in told
    assert "欧阳晓莲" in told

    settings = platform_settings(database_server, await _name(story.platform), home)
    findings = await verify(settings, is_quiet=True)
    assert findings.are_none, [line.text for line in findings.lines if line.state == "finding"]
    assert await rebuild(story.platform.database, story.platform.catalogue) == 0
    unchanged = [cell for cell in before if not _is_of_today(cell)]
    after = await cells(story.platform)
    assert [cell for cell in after if not _is_of_today(cell)] == unchanged
    log = capfd.readouterr()
    assert not any(word in log.out + log.err for word in WORDS)

    async with story.counter() as ctx:
        row = await Transfer.select().where(Transfer.id == offer).first() or {}
        assert (row["state"], row["person_id"]) == ("withdrawn", None)
        assert (await uploads.find_import(unread)).state == "cancelled"
        assert await RosterImport.count().where(RosterImport.content_sealed.is_not_null()) == 0
        assert [row["name"] for row in await RosterRow.select(RosterRow.name)] == ["张三"]
        assert (await ctx.people.search("欧阳")).people[0].name == "欧阳晓莲"
        with pytest.raises(NotFound):
            await ctx.people.get(her)
    async with story.counter(story.town.t02) as ctx:
        half = await Transfer.select().where(Transfer.id == offer).first() or {}
        assert (half["carried_sealed"], half["document_match"], half["state"]) == (None, None, "withdrawn")
        assert len((await ctx.people.search("欧阳")).people) == 1


async def test_the_residue_counts_and_nothing_else(
    story: Story, worked: Work, in_tenant: Callable[..., Any]
) -> None:
    her = await story.begin()
    await story.erase(her, worked)
    async with in_tenant("registry") as tx:
        row = await tx.fetchrow("SELECT * FROM people.person WHERE id = $1", her)
        assert (row["state"], row["sex"], row["origin"], row["is_floating"]) == ("erased", "2", "43", True)
        assert row["birth_date"] == coarsened(
            BORN, [date(2026, 10, 9), date(2026, 10, 20), date(2026, 10, 21)]
        )
        assert row["birth_date"] == date(1990, 10, 10)
        assert not any(value for name, value in row.items() if "sealed" in name or "index" in name)
        moves = await tx.fetch("SELECT kind, reason, ref FROM people.movement WHERE person_id = $1", her)
        assert {move["kind"] for move in moves} == {"ARRIVE", "TEMP_LEAVE", "RETURN", "OPT_OUT"}
        assert {(move["reason"], move["ref"]) for move in moves} == {("", None)}
        assert await tx.fetchval("SELECT count(*) FROM people.pseudonym WHERE person_id = $1", her) == 0
        assert await tx.fetchval("SELECT done_at FROM people.erasure WHERE person_id = $1", her) is not None
        given = await tx.fetch("SELECT withdrawn_at FROM people.consent WHERE person_id = $1", her)
        assert given
        assert all(each["withdrawn_at"] for each in given)


async def test_an_erasure_waits_for_a_module_that_cannot_be_reached_and_is_done_once(
    story: Story, worked: Work, in_tenant: Callable[..., Any]
) -> None:
    her = await story.begin()
    server = story.platform.server
    whole = server.registry
    server.registry = Registry(whole.plugins, (Refusal("broken", "It needs another SDK."),))
    await story.erase(her, worked)
    async with story.counter() as ctx:
        assert (await ctx.people.get(her)).name == "欧阳晓岚"
    server.registry = whole
    async with in_tenant() as tx:
        await resume(tx)
    await worked()
    async with in_tenant("registry") as tx:
        before = await tx.fetchrow("SELECT * FROM people.person WHERE id = $1", her)
        assert before["state"] == "erased"
        await enqueue(tx, ERASE, {"person": str(her)})
    await worked()
    async with in_tenant("registry") as tx:
        assert await tx.fetchrow("SELECT * FROM people.person WHERE id = $1", her) == before


async def test_the_town_does_not_count_her_twice_when_another_unit_has_her(
    story: Story, worked: Work, settled: Settled, in_tenant: Callable[..., Any]
) -> None:
    her = await story.begin()
    async with story.counter(story.town.t02) as ctx:
        there = await register(ctx, registration(date(2026, 9, 3), **HER))
    await settled()
    before = [cell for cell in await cells(story.platform) if not _is_of_today(cell)]
    await story.erase(her, worked)
    await settled()
    assert [cell for cell in await cells(story.platform) if not _is_of_today(cell)] == before
    assert await rebuild(story.platform.database, story.platform.catalogue) == 0
    async with in_tenant("registry") as tx:
        row = await tx.fetchrow("SELECT is_current FROM people.pseudonym WHERE person_id = $1", her)
        assert row["is_current"] is False
    async with story.counter() as ctx:
        # Here nobody knows her number any more, and there she is as she was.
        known = await look_for(ctx, wang(**HER))
        assert (known.here, known.is_elsewhere, known.near) == (None, True, ())
    async with story.counter(story.town.t02) as ctx:
        assert (await ctx.people.get(there)).name == "欧阳晓岚"
    await story.erase(there, worked, story.town.t02)
    await settled()
    assert await rebuild(story.platform.database, story.platform.catalogue) == 0


async def test_a_file_does_not_bring_her_back_and_she_herself_may(
    story: Story, worked: Work, settled: Settled
) -> None:
    her = await story.begin()
    await story.erase(her, worked)
    hers = Worker("欧阳晓岚", 31, "2026-11-02", born=BORN)
    upload = roster(hers, Worker("张三", 8, "2026-11-02"))
    for _again in range(2):
        incoming = await planned(story.counter, worked, upload)
        async with story.counter() as ctx:
            await uploads.apply_plan(ctx, incoming)
        await worked()
        async with story.counter() as ctx:
            assert [person.name for person in (await ctx.people.search("欧阳晓岚")).people] == []
            assert (await ctx.people.search("张三")).people
            assert (await uploads.find_import(incoming)).rejected == 0
    async with story.counter() as ctx:
        again = await register(ctx, registration(date(2026, 11, 20), **HER))
        assert again != her
        assert await ctx.people.passed_over([HER["document"]]) == [False]
        assert (await ctx.people.get(again)).name == "欧阳晓岚"
    async with story.door() as (_ctx, personal):
        with pytest.raises(NotFound):
            await personal.erase(her, "ASKED")
        with pytest.raises(BadInput):
            await personal.erase(again, "because")
    await settled()
    assert await rebuild(story.platform.database, story.platform.catalogue) == 0


def _is_of_today(cell: object) -> bool:
    """The month, quarter and year in which she leaves: there she is one fewer, rightly."""
    return getattr(cell, "period", "") in {"2026-11", "2026-Q4", "2026"}


async def _name(platform: Platform) -> str:
    async with platform.database.transaction(Scope.nobody()) as tx:
        return await tx.fetchval("SELECT current_database()")
