"""Somebody with a name that nobody else has is served in every way; then she is looked for where she must not be."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import unquote
from uuid import UUID

import pytest

from core.app import Platform
from core.contract.search import places_of
from core.host.background import town_background
from core.identity.accounts import account_by_login
from core.identity.tokens import issue_token
from core.kernel.clock import freeze, now
from core.kernel.scope import Scope
from core.testing import Server, Town, Visitor
from plugins.supplies.jobs import FIND, RETIRE
from plugins.supplies.services.ledger import post
from plugins.supplies.services.recipients import lock_client
from plugins.supplies.tables import Client, Recall, Stock
from tests.plugins.registration.test_canary import Trail, everything_in
from tests.plugins.supplies.conftest import Store, Work, act, line, person_at, receive
from tests.plugins.supplies.pages.test_counter_pages import form_to

BASE = "/t/t01/supplies"
NAME = "司马霁岚"
WORDS = (NAME, "simajilan")
LINKS = {"supplies.recipient", "supplies.past_recipient", "supplies.client", "supplies.recall_notice"}
"""Where her id stands in supplies: behind the compartment, or where no role reads."""


@pytest.fixture
def platform(ringing: Platform) -> Platform:
    return ringing


async def long_ago(store: Store) -> UUID:
    """She was served, agreed to be told of recalls, and the lot is recalled by now."""
    with freeze(now() - timedelta(days=800)):
        async with store() as ctx:
            her = await person_at(ctx, NAME)
            await lock_client(her)
            await Client.update({"recall_agreed_on": ctx.today}).where(Client.person_id == her)
            await receive(ctx, 10, "OLD01")
            await post(ctx, act(ctx, "ISSUE", person=her), [line(7, "OLD01")])
    async with store() as ctx:
        await receive(ctx, 500, "LOT01")
    return her


async def recalled(platform: Platform, town: Town) -> None:
    async with (
        platform.database.transaction(Scope.town(town.region.id)) as tx,
        town_background(platform.server, tx, "supplies") as ctx,
    ):
        lot = {"region_id": town.region.id, "sku": "CON-M", "lot": "OLD01", "reason": "damp"}
        await Recall.insert(Recall(**lot, recalled_on=ctx.today, announced_at=now()))


async def at_the_counter(clerk: Visitor, trail: Trail, her: UUID) -> None:
    for text in (NAME, "smjl"):
        await trail(clerk.post(f"{BASE}/find", {"q": text, "point": "S1"}))
    page = await trail(clerk.get(f"{BASE}/issue/{her}?point=S1"))
    assert NAME in page.text
    asked = {**form_to(page.text, "issue/look"), "sku": "CON-M", "quantity": "5"}
    page = await trail(clerk.post(f"{BASE}/issue/look", asked))
    fields = form_to(page.text, "issue")
    await trail(clerk.post(f"{BASE}/issue", {**fields, "override": NAME}))
    receipt = await trail(clerk.post(f"{BASE}/issue", fields, follow=True))
    voucher = receipt.url.path.removesuffix("/receipt")
    shown = await trail(clerk.get(voucher))
    assert NAME in shown.text
    back = form_to(shown.text, f"{voucher.removeprefix(BASE + '/')}/return")
    await trail(clerk.post(f"{voucher}/return", {**back, "quantity": "2"}))
    await trail(clerk.post(f"{voucher}/reverse", {"reason": "WRONG_PERSON"}))
    for path in (
        "",
        "/book",
        "/stock",
        "/recalled",
        f"/issue/{her}",
        "/exports/stock/csv",
        "/exports/ledger/csv",
    ):
        await trail(clerk.get(BASE + path))
    await trail(clerk.get(f"/t/t01/registration/people/{her}"))


async def by_the_api(clerk: Visitor, trail: Trail, token: str, her: UUID, lot: UUID) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    address = f"/api/v1{BASE}/issue"
    await trail(clerk.client.get(f"{address}/{her}", headers=headers))
    body = {"point": "S1", "person": str(her), "lots": [str(lot)], "quantities": [3]}
    for number, changed in enumerate((body, {**body, "name": NAME}, {**body, "point": NAME})):
        own = {**headers, "Idempotency-Key": f"the canary's key {number}"}
        await trail(clerk.client.post(address, json=changed, headers=own))


@pytest.mark.requirement("R09", "R41", "R45")
async def test_who_received_what_stands_in_no_log_address_or_other_table(
    store: Store,
    platform: Platform,
    town: Town,
    visit: Callable[..., Awaitable[Visitor]],
    worked: Work,
    database_server: Server,
    redis: str,
    logged: io.StringIO,
) -> None:
    her = await long_ago(store)
    await recalled(platform, town)
    trail, clerk = Trail(), await visit("station_staff")
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        account = await account_by_login(tx, "station_staff")
        assert account is not None
        token = await issue_token(tx, account.id, "canary")
    async with store() as ctx:
        (row,) = await Stock.select().where(Stock.lot == "LOT01")
        await ctx.enqueue(FIND, {})
        await ctx.enqueue(RETIRE, {})
    await at_the_counter(clerk, trail, her)
    await by_the_api(clerk, trail, token, her, row["id"])
    await worked()
    await trail(clerk.get(f"{BASE}/recalled"))
    for login in ("tenant_officer", "tenant_reporter", "rights_consultant"):
        for path in ("", "/book", f"/issue/{her}"):
            answer = await trail((await visit(login)).get(BASE + path))
            assert NAME not in answer.text
    assert {answer.status_code for answer in trail.answers} >= {200, 201, 303, 400, 403}

    lines = [json.loads(each) for each in logged.getvalue().splitlines()]
    text = json.dumps(lines, ensure_ascii=False)
    assert [word for word in WORDS if word in text + unquote(text)] == []
    stored = await everything_in(redis)
    assert [word for word in (*WORDS, str(her)) if word.encode() in stored] == []
    addresses = list(trail.addresses())
    assert len(addresses) > 50
    assert [(word, each) for word in WORDS for each in addresses if word in each] == []

    found = await places_of(database_server, platform, {*WORDS, str(her)})
    assert {table for word in WORDS for table in found.get(word, ())} <= {"people.person"}
    of_supplies = {table for table in found[str(her)] if table.startswith("supplies.")}
    assert of_supplies == LINKS
    async with store() as ctx:
        audited = await ctx.transaction.fetch(
            "SELECT action, object_id, detail FROM kernel.audit WHERE action LIKE 'supplies.%'"
        )
        assert len(audited) > 5
        assert [row["action"] for row in audited if str(her) in f"{row['object_id']} {row['detail']}"] == []
