"""`verify` tells what the ledger counts otherwise than the catalogue of the day, and links that stand for no act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from msgspec import structs

from core.app import Platform
from core.host.background import town_background
from core.kernel.scope import Scope
from core.testing import Server, Town
from plugins.supplies.services.catalogue import keep_catalogue, seed_catalogue
from plugins.supplies.services.evidence import faults_of_evidence
from plugins.supplies.services.ledger import post, reverse
from plugins.supplies.services.recipients import retire
from tests.plugins.supplies.conftest import Store, act, line, person_at, receive

Break = Callable[[str], Awaitable[None]]


async def publish(platform: Platform, town: Town, cyp: str, days_ago: int) -> None:
    """Another factor for condoms, from a day on."""
    async with (
        platform.database.transaction(Scope.town(town.region.id)) as tx,
        town_background(platform.server, tx, "supplies") as ctx,
    ):
        products = [
            structs.replace(product, cyp=cyp) if product.sku == "CON-M" else product
            for product in seed_catalogue().products.values()
        ]
        await keep_catalogue(ctx, products, "tests", ctx.today - timedelta(days=days_ago))


@pytest.fixture
async def told(store: Store) -> Callable[[], Awaitable[list[str]]]:
    """What `verify` says of t01, without the ids."""

    async def faults() -> list[str]:
        async with store(None, "supplies", "archive") as ctx:
            return sorted({sentence.split(" ", 2)[2] for sentence in await faults_of_evidence(ctx)})

    return faults


@pytest.fixture
async def broken(platform: Platform, database_server: Server) -> Break:
    """Change as a superuser what nobody else may."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        database = await tx.fetchval("SELECT current_database()")

    async def change(statement: str) -> None:
        await database_server.run("SET session_replication_role = replica", statement, database=database)

    return change


async def a_story(store: Store) -> None:
    async with store() as ctx:
        yesterday = ctx.today - timedelta(days=1)
        person = await person_at(ctx)
        await receive(ctx, 100, day=yesterday)
        given = await post(ctx, act(ctx, "ISSUE", person=person, day=yesterday), [line(4)])
        await post(ctx, act(ctx, "ISSUE"), [line(1), line(2)])
        await reverse(ctx, given.voucher, "MISTAKE")
        await post(ctx, act(ctx, "ISSUE", person=person, day=yesterday), [line(5)])


async def test_factors_are_those_of_the_day_as_it_was_known(
    store: Store, platform: Platform, town: Town, told: Callable[[], Awaitable[list[str]]]
) -> None:
    await a_story(store)
    assert await told() == []
    await publish(platform, town, "1/100", days_ago=5)
    await a_story(store)
    async with store(None, "supplies", "archive") as ctx:
        assert await retire(ctx, 0) > 0
    assert await told() == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "UPDATE supplies.entry SET cyp_num = 2 WHERE kind = 'RECEIPT'",
            "counts CON-M otherwise than the catalogue of its day.",
        ),
        (
            "UPDATE supplies.entry SET row_ref = '2025/1', cyp_den = 100 WHERE kind = 'RECEIPT'",
            "counts CON-M as no catalogue of the town does.",
        ),
        ("DELETE FROM supplies.entry WHERE kind = 'RECEIPT'", "has no line."),
        (
            "UPDATE supplies.entry SET day = day - 1 WHERE kind = 'RECEIPT'",
            "has a line of CON-M of another kind, point or day.",
        ),
        (
            "UPDATE supplies.entry SET quantity = -3, change = 3 WHERE quantity < 0",
            "takes CON-M back otherwise than it was entered.",
        ),
        ("UPDATE supplies.recipient SET day = day - 1", "is linked to a person on another day."),
        ("UPDATE supplies.voucher SET is_anonymous = true", "is linked to a person and should not be."),
        (
            (
                "INSERT INTO supplies.past_recipient (tenant_id, id, voucher_id, person_id, day)"
                " SELECT tenant_id, id, voucher_id, person_id, day FROM supplies.recipient"
            ),
            "is linked to a person twice.",
        ),
    ],
)
async def test_what_counts_otherwise_is_told(
    store: Store, told: Callable[[], Awaitable[list[str]]], broken: Break, statement: str, sentence: str
) -> None:
    await a_story(store)
    await broken(statement)
    assert await told() == [sentence]


async def test_a_factor_of_a_file_that_was_published_once_is_no_fault(
    store: Store, told: Callable[[], Awaitable[list[str]]], broken: Break, platform: Platform, town: Town
) -> None:
    """Which version held on the day of a row cannot be told: its folder said how it counts."""
    await a_story(store)
    await publish(platform, town, "1/100", days_ago=0)
    await broken("UPDATE supplies.entry SET row_ref = '2025/1', cyp_den = 100 WHERE kind = 'RECEIPT'")
    assert await told() == []
