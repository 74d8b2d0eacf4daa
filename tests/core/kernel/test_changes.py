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
