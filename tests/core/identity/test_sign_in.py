from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters

from core.identity import sign_in as sign_in_module
from core.identity.accounts import add_account
from core.identity.credentials import close_account, set_password
from core.identity.sign_in import sign_in
from core.kernel import clock
from core.kernel.db import Database, Login
from core.kernel.errors import TooManyTries
from core.kernel.scope import Scope
from tests.requirements import IS_FULL

HERE, THERE = "192.0.2.7", "198.51.100.9"


async def wrong(database: Database, login: str = "t01.desk", address: str = HERE) -> str:
    """`no` or `wait`: how a wrong password is answered."""
    try:
        assert await sign_in(database, login, "not the password", address) is None
    except TooManyTries as error:
        return "wait" if 0 < error.retry_after <= 3600 else "for ever"
    return "no"


async def test_the_login_may_be_typed_in_any_case(database: Database, world: Any) -> None:
    assert await sign_in(database, "  T01.Desk ", world.password, HERE)
    assert await sign_in(database, "t01.desk", world.password.upper(), HERE) is None
    assert await sign_in(database, "t01.desk\x00", world.password, "nowhere")


@pytest.mark.requirement("R16", "R45")
async def test_every_kind_of_no_is_the_same(database: Database, world: Any, monkeypatch: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        await add_account(tx, "no.password", "彭文辉")
        closed = await add_account(tx, "is.closed", "彭文辉")
        await set_password(tx, closed.id, world.password)
        await close_account(tx, closed.id)
    checked: list[str] = []
    is_right_password = sign_in_module.is_right_password

    async def noted(password: str, stored: str | None) -> bool:
        checked.append(password)
        return await is_right_password(password, stored)

    monkeypatch.setattr(sign_in_module, "is_right_password", noted)
    for login in ("t01.desk", "nobody", "no.password", "is.closed"):
        assert await sign_in(database, login, "not the password", HERE) is None
    for login in ("nobody", "no.password", "is.closed"):
        assert await sign_in(database, login, world.password, HERE) is None
    assert len(checked) == 7
    assert await sign_in(database, "t01.desk", world.password, HERE)
    async with database.transaction(Scope.nobody()) as tx:
        rows = await tx.fetch("SELECT outcome, account_id FROM identity.sign_in_event ORDER BY at")
    assert [row["outcome"] for row in rows] == ["failure"] * 7 + ["success"]
    assert rows[1]["account_id"] is None
    assert rows[7]["account_id"] == world.clerk.id


@pytest.mark.requirement("R15")
async def test_tries_are_counted_by_every_process_and_nothing_but_the_database_counts_them(
    database: Database, world: Any, addresses: dict[Login, str]
) -> None:
    """There is no Redis here to be wiped, and a new process knows what the old one counted."""
    assert [await wrong(database) for _ in range(3)] == ["no"] * 3
    other = await Database.connect({"app": addresses["app"]}, 1)
    try:
        assert [await wrong(other) for _ in range(4)] == ["no"] * 2 + ["wait"] * 2
    finally:
        await other.close()
    assert await wrong(database) == "wait"


@pytest.mark.requirement("R16")
async def test_a_name_that_there_is_takes_as_long_as_one_that_there_is_not(
    database: Database, world: Any
) -> None:
    """Somebody with a stopwatch is right by chance once in a hundred rounds, and hardly three times running."""
    there, absent = await measured(database)
    for _ in range(2):
        if differ(there, absent):
            there, absent = await measured(database)
    assert not differ(there, absent), f"{median(there) * 1000:.2f} ms against {median(absent) * 1000:.2f} ms"
    assert is_sharp(there, absent)


async def measured(database: Database) -> tuple[list[float], list[float]]:
    """As many tries as it takes on a machine that does other things as well, until a fifth less would be found out."""
    there, absent = await timed(database, 500 if IS_FULL else 40)
    for _ in range(5):
        if is_sharp(there, absent):
            break
        more = await timed(database, 40)
        there, absent = there + more[0], absent + more[1]
    return there, absent


def is_sharp(there: list[float], absent: list[float]) -> bool:
    return differ(there, [each * 0.8 for each in absent])


def differ(one: list[float], other: list[float]) -> bool:
    """By ranks; a difference of 5 ms counts as soon as chance makes it only once in ten rounds."""
    chance = chance_of(one, other)
    return chance < 0.01 or (chance < 0.1 and abs(median(one) - median(other)) >= 0.005)


async def timed(database: Database, tries: int) -> tuple[list[float], list[float]]:
    """Seconds of wrong passwords for a name that there is and for others, by turns; no try is slowed down."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * tries + 4):
        is_there = number % 2 == 0
        async with database.transaction(Scope.nobody()) as tx:
            await tx.execute("DELETE FROM identity.throttle")
        begun = time.perf_counter()
        assert await wrong(database, "t01.desk" if is_there else f"t01.d{number:03d}") == "no"
        seconds[is_there].append(time.perf_counter() - begun)
    return seconds[True][2:], seconds[False][2:]  # the first ones fill caches


def chance_of(one: list[float], other: list[float]) -> float:
    """How probable such a difference is between two samples of the same (Mann and Whitney's U, by the normal curve)."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_value, is_one) in enumerate(ranked, 1) if is_one)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    deviation = abs(u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(deviation / math.sqrt(2))


@pytest.mark.requirement("R15")
@pytest.mark.parametrize("login", ["t01.desk", "nobody"])
async def test_five_failures_from_one_address_slow_down(database: Database, world: Any, login: str) -> None:
    start = datetime.now(UTC)
    assert [await wrong(database, login) for _ in range(8)] == ["no"] * 5 + ["wait"] * 3
    assert await wrong(database, login, THERE) == "no"
    with clock.freeze(start + timedelta(minutes=16)):
        assert [await wrong(database, login) for _ in range(6)] == ["no"] * 5 + ["wait"]
    async with database.transaction(Scope.nobody()) as tx:
        rows = await tx.fetch("SELECT cardinality(tries) AS kept FROM identity.throttle")
    # Two of login and address (what lapsed is not kept), two of an address, one of the login.
    assert sorted(row["kept"] for row in rows) == [1, 1, 5, 10, 11]


@pytest.mark.requirement("R15")
async def test_even_the_right_password_waits(database: Database, world: Any) -> None:
    start = datetime.now(UTC)
    for _ in range(5):
        await wrong(database)
    with pytest.raises(TooManyTries) as refusal:
        await sign_in(database, "t01.desk", world.password, HERE)
    assert 840 < refusal.value.retry_after <= 900
    assert await sign_in(database, "t01.desk", world.password, THERE)
    with clock.freeze(start + timedelta(seconds=refusal.value.retry_after + 5)):
        assert await sign_in(database, "t01.desk", world.password, HERE)


async def test_a_right_password_forgets_the_failures(database: Database, world: Any) -> None:
    for _ in range(3):
        assert [await wrong(database) for _ in range(4)] == ["no"] * 4
        assert await sign_in(database, "t01.desk", world.password, HERE)


@pytest.mark.requirement("R15")
async def test_twenty_failures_from_anywhere_slow_down_strangers_only(database: Database, world: Any) -> None:
    start = datetime.now(UTC)
    assert await sign_in(database, "t01.desk", world.password, HERE)
    answers = [await wrong(database, address=f"203.0.113.{n}") for n in range(24)]
    assert answers == ["no"] * 20 + ["wait"] * 4
    with pytest.raises(TooManyTries):
        await sign_in(database, "t01.desk", world.password, THERE)
    assert await sign_in(database, "t01.desk", world.password, HERE)
    with clock.freeze(start + timedelta(minutes=61)):
        assert await sign_in(database, "t01.desk", world.password, THERE)


async def test_one_address_cannot_try_everybody(database: Database, world: Any, monkeypatch: Any) -> None:
    from core.identity import throttle

    monkeypatch.setattr(throttle, "ADDRESS", throttle.Limit("address", 12, timedelta(hours=1)))
    answers = [await wrong(database, f"guess.{n}") for n in range(14)]
    assert answers == ["no"] * 12 + ["wait"] * 2
    assert await wrong(database, "guess.99", THERE) == "no"


@pytest.mark.requirement("R15")
async def test_many_tries_at_once_count_as_many(database: Database, world: Any) -> None:
    answers = await asyncio.gather(*(wrong(database) for _ in range(16)))
    assert sorted(answers) == ["no"] * 5 + ["wait"] * 11


async def test_an_ipv6_customer_is_one_address(database: Database, world: Any) -> None:
    assert [await wrong(database, address=f"2001:db8::{n}") for n in range(1, 7)] == ["no"] * 5 + ["wait"]
    assert await wrong(database, address="2001:db8:0:1::1") == "no"
    assert [await wrong(database, address=f"::ffff:{HERE}") for _ in range(2)] == ["no"] * 2
    assert [await wrong(database, address=HERE) for _ in range(4)] == ["no"] * 3 + ["wait"]


@pytest.mark.requirement("R45")
async def test_no_login_and_no_address_is_stored(database: Database, world: Any) -> None:
    await wrong(database, "Stranger.Typed.A.Secret")
    await sign_in(database, "t01.desk", world.password, HERE)
    async with database.transaction(Scope.nobody()) as tx:
        rows = await tx.fetch(
            """SELECT t::text AS text FROM identity.throttle t UNION ALL
               SELECT e::text FROM identity.sign_in_event e UNION ALL
               SELECT s::text FROM identity.session s"""
        )
    text = "\n".join(row["text"] for row in rows).lower()
    assert len(rows) >= 7
    for secret in (HERE, HERE.encode().hex(), "stranger", b"stranger".hex(), world.password):
        assert secret not in text


@pytest.mark.requirement("R14")
async def test_weaker_hashes_are_made_again_at_sign_in(database: Database, world: Any) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(world.password)
    async with database.transaction(Scope.nobody()) as tx:
        await tx.execute("UPDATE identity.account SET password_hash = $1", weak)
    assert await sign_in(database, "t01.desk", world.password, HERE)
    async with database.transaction(Scope.nobody()) as tx:
        stored = await tx.fetchval("SELECT password_hash FROM identity.account")
    assert extract_parameters(stored).memory_cost == 19 * 1024
    assert await sign_in(database, "t01.desk", world.password, HERE)


@pytest.mark.requirement("R11")
@pytest.mark.parametrize("act", ["password", "close"])
async def test_a_change_while_the_password_is_checked_wins(
    database: Database, world: Any, monkeypatch: Any, act: str
) -> None:
    is_right_password = sign_in_module.is_right_password

    async def meanwhile(password: str, stored: str | None) -> bool:
        is_right = await is_right_password(password, stored)
        async with database.transaction(Scope.town(world.town.id)) as tx:
            if act == "close":
                await close_account(tx, world.clerk.id)
            else:
                await set_password(tx, world.clerk.id, "another lantern by the sea")
        return is_right

    monkeypatch.setattr(sign_in_module, "is_right_password", meanwhile)
    assert await sign_in(database, "t01.desk", world.password, HERE) is None
    async with database.transaction(Scope.nobody()) as tx:
        assert await tx.fetchval("SELECT count(*) FROM identity.session") == 0


async def test_no_connection_waits_for_a_hash(database: Database, world: Any, monkeypatch: Any) -> None:
    in_use: list[int] = []
    is_right_password = sign_in_module.is_right_password

    async def watched(password: str, stored: str | None) -> bool:
        in_use.append(database.in_use())
        return await is_right_password(password, stored)

    monkeypatch.setattr(sign_in_module, "is_right_password", watched)
    assert await sign_in(database, "t01.desk", world.password, HERE)
    assert in_use == [0]
