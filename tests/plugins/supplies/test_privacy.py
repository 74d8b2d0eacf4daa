"""Who received what: seen at the counter for two years, then by nobody, and still there for a recall."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from core.app import Platform
from core.figures.export import exported
from core.figures.rebuild import rebuild
from core.host.personal import PersonalDoor
from core.identity.roles import ROLES, TENANT_ROLES, compartments_of
from core.kernel.clock import freeze, now
from core.kernel.ids import new_id
from core.kernel.scope import ARCHIVE, Scope
from core.people.merging import begin_merge
from core.sdk.ctx import Actor, TenantCtx
from core.testing import Visitor
from plugins.supplies.jobs import RETIRE
from plugins.supplies.services.ledger import post
from plugins.supplies.services.recipients import lock_client, retire
from plugins.supplies.tables import Client, Entry, PastRecipient, Recipient, Voucher
from tests.plugins.supplies.conftest import Store, Work, act, line, person_at, receive

Settled = Callable[[], Awaitable[None]]
Visit = Callable[..., Awaitable[Visitor]]

HELD = tuple(sorted(compartments_of(role.name for role in TENANT_ROLES)))
"""All compartments that anybody opens, at once."""
EVERY = (*HELD, ARCHIVE)
LONG_AGO = timedelta(days=800)


@pytest.fixture
async def her(store: Store) -> UUID:
    """She was given something long ago, and something today."""
    with freeze(now() - LONG_AGO):
        async with store() as ctx:
            person = await person_at(ctx, "欧阳霁岚")
    with freeze(now() - LONG_AGO + timedelta(days=3)):
        async with store() as ctx:
            await lock_client(person)
            await receive(ctx, 100)
            await post(ctx, act(ctx, "ISSUE", person=person), [line(7)])
    async with store() as ctx:
        await post(ctx, act(ctx, "ISSUE", person=person), [line(3)])
    return person


async def put_away(store: Store, worked: Work) -> None:
    """As the worker does it."""
    async with store() as ctx:
        await ctx.enqueue(RETIRE, {})
    await worked()


def personal(platform: Platform, ctx: TenantCtx, *roles: str) -> PersonalDoor:
    return PersonalDoor(platform.server, ctx.transaction, ctx.tenant, roles or ("station_staff",), Actor())


async def cells(platform: Platform) -> list[object]:
    async with platform.database.transaction(Scope.nobody(), login="figures") as tx:
        return [row async for row in exported(tx, platform.catalogue, everything=True)]


async def whose(lot: str) -> dict[UUID, int]:
    """What a recall asks, in a job that opens every compartment: who has how many of the lot."""
    entries = await Entry.select(Entry.voucher_id, Entry.quantity).where(
        (Entry.lot == lot) & (Entry.kind == "ISSUE")
    )
    links = [*await Recipient.select(), *await PastRecipient.select()]
    people = {row["voucher_id"]: row["person_id"] for row in links}
    found: dict[UUID, int] = {}
    for row in entries:
        person = people[row["voucher_id"]]
        found[person] = found.get(person, 0) + row["quantity"]
    return found


async def test_after_two_years_no_role_finds_the_link_and_a_recall_still_does(
    store: Store, her: UUID, worked: Work
) -> None:
    async with store(None, *HELD) as ctx:
        assert await Recipient.count().where(Recipient.person_id == her) == 2
    await put_away(store, worked)
    async with store(None, *HELD) as ctx:
        assert [row["day"] for row in await Recipient.select()] == [ctx.today]
        assert await PastRecipient.select() == []
        old = await Voucher.select().where(Voucher.day < ctx.today, Voucher.kind == "ISSUE")
        assert [str(her) in str(row) for row in old] == [False]
    async with store(None, *EVERY):
        assert await whose("A") == {her: 10}
    assert await places_without_archive(store, her) == {"supplies.recipient", "supplies.client"}


async def places_without_archive(store: Store, person: UUID) -> set[str]:
    """The tables of supplies where her id stands for a page with everything open that a role may open."""
    async with store(None, *HELD) as ctx:
        tables = await ctx.transaction.fetch(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname = 'supplies'"
        )
        found = {
            name: await ctx.transaction.fetchval(
                f"SELECT count(*) FROM {name} AS r WHERE strpos(r::text, $1) > 0",
                str(person),
            )
            for name in (row["name"] for row in tables)
        }
        return {name for name, count in found.items() if count}


async def test_no_role_writes_or_takes_away_what_is_put_away(store: Store, her: UUID, worked: Work) -> None:
    await put_away(store, worked)
    async with store(None, *HELD) as ctx:
        assert await PastRecipient.delete().where(PastRecipient.day < ctx.today).returning(
            PastRecipient.id
        ) == []  # fmt: skip
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with store(None, *HELD) as ctx:
            voucher = await Voucher.select().where(Voucher.kind == "RECEIPT").first()
            assert voucher is not None
            await PastRecipient.insert(PastRecipient(voucher_id=voucher["id"], person_id=her, day=ctx.today))
    async with store(None, *EVERY):
        assert await PastRecipient.count() == 1


def test_nothing_that_somebody_opens_opens_the_archive(platform: Platform) -> None:
    assert not any(ARCHIVE in role.compartments for role in ROLES.values())
    opened = {
        permission.code: permission.compartments
        for entry in platform.registry.plugins
        for permission in entry.permissions
    }
    assert opened
    assert [code for code, compartments in opened.items() if ARCHIVE in compartments] == []


async def test_her_copy_tells_what_the_clerk_may_see(
    store: Store, her: UUID, worked: Work, platform: Platform
) -> None:
    async def told(*roles: str) -> dict[str, int]:
        async with store(None, "registry") as ctx:
            copied = await personal(platform, ctx, *roles).copy(her)
            listed = [one for one in copied.sections if one.table.startswith("supplies.")]
            assert "supplies.past_recipient" not in {one.table for one in listed}
            return {one.table: len(one.rows) for one in listed if one.rows}

    assert await told() == {"supplies.recipient": 2}
    await put_away(store, worked)
    assert await told() == {"supplies.recipient": 1}
    assert await told("tenant_officer", "station_staff") == await told()


@pytest.mark.parametrize("role", [role.name for role in TENANT_ROLES])
async def test_no_page_shows_what_is_put_away(
    store: Store, her: UUID, worked: Work, visit: Visit, role: str
) -> None:
    """Her record with everything that modules say on it, her copy, and the search."""
    await put_away(store, worked)
    async with store(None, *EVERY) as ctx:
        (voucher,) = await Voucher.select().where(Voucher.day < ctx.today, Voucher.kind == "ISSUE")
        day = voucher["day"].isoformat()
    clerk = await visit(role)
    for page in ("", "/copy", "/history"):
        answer = await clerk.get(f"/t/t01/registration/people/{her}{page}")
        assert str(voucher["id"]) not in answer.text
        assert day not in answer.text


@pytest.mark.parametrize("role", ["tenant_officer", "tenant_reporter", "rights_consultant"])
async def test_whoever_works_for_the_employer_opens_nothing_of_supplies(
    platform: Platform, visit: Visit, role: str
) -> None:
    """Every page of the unit that can be opened; that nothing else can be done is tried in tests/walls."""
    (supplies,) = (entry for entry in platform.registry.plugins if entry.name == "supplies")
    here = [page for page in supplies.pages if page.method == "GET" and page.place == "tenant"]
    paths = [re.sub(r"{\w+}", str(new_id()), page.path) for page in here]
    assert len(paths) > 20
    visitor = await visit(role)
    answers = {path: await visitor.get(f"/t/t01/supplies/{path}".rstrip("/")) for path in paths}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(paths, 403)


async def test_figures_do_not_change_when_links_are_put_away(
    store: Store, her: UUID, worked: Work, settled: Settled, platform: Platform
) -> None:
    await settled()
    before = await cells(platform)
    await put_away(store, worked)
    await settled()
    assert await cells(platform) == before
    assert await rebuild(platform.database, platform.catalogue) == 0


async def test_who_is_erased_is_linked_to_nobody_and_no_figure_changes(
    store: Store, her: UUID, worked: Work, settled: Settled, platform: Platform
) -> None:
    async with store() as ctx:
        await Client.update({"recall_agreed_on": ctx.today}).where(Client.person_id == her)
    await put_away(store, worked)
    await settled()
    before = await cells(platform)
    async with store() as ctx:
        await personal(platform, ctx).erase(her, "ASKED")
    await worked()
    async with store(None, *EVERY) as ctx:
        assert await Client.count() == 0
        assert await whose("A") == {her: 10}
        state = "SELECT state, name, document_sealed, phone_sealed FROM people.person WHERE id = $1"
        row = await ctx.transaction.fetchrow(state, her)
        assert row is not None
        assert tuple(row.values()) == ("erased", None, None, None)
    await settled()
    supplies = [row for row in await cells(platform) if getattr(row, "indicator", "").startswith("SUP")]
    assert supplies == [row for row in before if getattr(row, "indicator", "").startswith("SUP")]
    assert await rebuild(platform.database, platform.catalogue) == 0


async def test_two_records_that_are_one_have_all_that_either_received(
    store: Store, her: UUID, worked: Work, platform: Platform
) -> None:
    async with store() as ctx:
        other = await person_at(ctx, "欧阳霁兰")
        await lock_client(other)
        await Client.update({"recall_agreed_on": ctx.today}).where(Client.person_id == other)
        await post(ctx, act(ctx, "ISSUE", person=other), [line(2)])
    await put_away(store, worked)
    async with store() as ctx:
        merge = await personal(platform, ctx).merge(other, her, "SHE_SAYS_SO")
    await worked()
    async with store(None, *EVERY):
        assert await whose("A") == {other: 12}
        assert {row["person_id"] for row in await Recipient.select()} == {other}
    async with store() as ctx:
        await personal(platform, ctx).undo_merge(merge)
    await worked()
    async with store(None, *EVERY):
        assert await whose("A") == {other: 2, her: 10}
        assert await Client.count() == 2


async def test_a_link_that_is_put_away_while_records_are_put_together_goes_with_the_one_that_is_kept(
    store: Store, her: UUID, worked: Work, platform: Platform
) -> None:
    async with store() as ctx:
        other = await person_at(ctx, "欧阳霁兰")
        merge = await personal(platform, ctx).merge(other, her, "SHE_SAYS_SO")

    is_begun = asyncio.Event()

    async def put_links_away() -> None:
        await is_begun.wait()
        async with store(None, "supplies", ARCHIVE) as ctx:
            await retire(ctx, 2)

    putting = asyncio.create_task(put_links_away())
    async with store(None, *EVERY) as ctx:
        # The first steps of the merging job, before it ends.
        assert await begin_merge(ctx.transaction, merge) is not None
        await Recipient.update({"person_id": other}).where(Recipient.person_id == her)
        ctx.changed(Recipient, date(2024, 1, 1), onwards=True)
        is_begun.set()
        await asyncio.sleep(0.3)
        assert not putting.done()
    await putting
    async with store(None, *EVERY):
        assert [row["person_id"] for row in await PastRecipient.select()] == [other]
        assert await whose("A") == {other: 10}
