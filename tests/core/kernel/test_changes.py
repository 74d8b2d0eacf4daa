"""What a transaction makes stale reaches the sink once, before it commits, or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from core.kernel.changes import Change, changed, set_sink
from core.kernel.errors import Conflict
from core.kernel.ids import new_id
from core.kernel.scope import Scope

MARCH = date(2025, 3, 1)


@pytest.fixture
def told():
    batches: list[list[Change]] = []

    async def sink(tx, changes):
        assert await tx.fetchval("SELECT 1") == 1
        batches.append(list(changes))

    set_sink(sink)
    yield batches
    set_sink(None)


async def test_a_transaction_tells_each_change_once(database, told):
    async with database.transaction(Scope.of_tenant(new_id())) as tx:
        for _time in range(2):
            changed(tx, "people.movement", MARCH)
        changed(tx, "people.residence", MARCH, onwards=True)
        assert told == []
    assert told == [[Change("people.movement", MARCH), Change("people.residence", MARCH, True)]]


async def test_a_transaction_that_fails_tells_nothing(database, told):
    with pytest.raises(Conflict):
        async with database.transaction(Scope.of_tenant(new_id())) as tx:
            changed(tx, "people.movement", MARCH)
            raise Conflict
    assert told == []


async def test_a_sink_that_is_taken_away_hears_no_more(database, told):
    set_sink(None)
    async with database.transaction(Scope.of_tenant(new_id())) as tx:
        changed(tx, "people.movement", MARCH)
    assert told == []


async def test_a_part_that_is_undone_tells_nothing_and_what_comes_after_stands_outside_it(database, told):
    async with database.transaction(Scope.of_tenant(new_id())) as tx:
        changed(tx, "people.movement", MARCH)
        with pytest.raises(Conflict):
            async with tx.savepoint():
                changed(tx, "people.movement", MARCH.replace(month=4))
                changed(tx, "people.residence", MARCH)
                raise Conflict
        await tx.execute("CREATE TEMPORARY TABLE after (number int) ON COMMIT DROP")
        await tx.execute("INSERT INTO after VALUES (1)")
        assert await tx.fetchval("SELECT xmin = pg_current_xact_id()::xid FROM after")
        async with tx.savepoint():
            changed(tx, "people.person", MARCH)
    assert told == [[Change("people.movement", MARCH), Change("people.person", MARCH)]]
