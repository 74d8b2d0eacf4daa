"""The halves of moves between tenants, paired."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.kernel.ids import new_id
from core.people.presence import MovementKind
from core.people.proof import Half, unpaired

A, B, DAY = new_id(), new_id(), date(2025, 6, 1)
OUT, IN = MovementKind.CHANGE_EMPLOYER_OUT, MovementKind.CHANGE_EMPLOYER_IN


def pair(
    *,
    tenants: tuple[UUID, UUID] = (A, B),
    kinds: tuple[MovementKind, MovementKind] = (OUT, IN),
    days: tuple[date, date] = (DAY, DAY),
) -> list[Half]:
    transfer = new_id()
    return [
        Half(tenant_id=tenant, transfer_id=transfer, kind=kind, day=day)
        for tenant, kind, day in zip(tenants, kinds, days, strict=True)
    ]


def test_two_halves_make_a_move():
    assert unpaired([*pair(), *pair()]) == []
    assert unpaired([]) == []


def test_a_lone_half_is_told():
    (leaving, _arriving) = pair()
    assert unpaired([leaving, *pair()]) == [leaving]


def test_halves_that_do_not_fit_are_both_told():
    for halves in (pair(days=(DAY, date(2025, 6, 2))), pair(kinds=(OUT, OUT)), pair(tenants=(A, A))):
        assert unpaired(halves) == halves


def test_a_third_half_spoils_the_pair():
    halves = pair()
    third = Half(tenant_id=new_id(), transfer_id=halves[0].transfer_id, kind=IN, day=DAY)
    assert len(unpaired([*halves, third])) == 3
