"""What `townbridge verify` asks of the books of people; nothing is changed by asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.kernel.db import Transaction
from core.kernel.errors import Broken
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.people.columns import CONTACT_PLACE, DOCUMENT_PLACE, PHONE_PLACE
from core.people.presence import MovementKind

__all__ = ["Half", "first_movement", "transfer_halves", "unpaired", "unreadable"]

_FIRST = "SELECT min(day) FROM people.movement WHERE tenant_id = $1"

_HALVES = """
SELECT transfer_id, kind, day FROM people.movement WHERE tenant_id = $1 AND transfer_id IS NOT NULL
UNION ALL
SELECT transfer_id, kind, day FROM people.set_aside WHERE tenant_id = $1 AND transfer_id IS NOT NULL
"""

_SEALED = """
SELECT id, document_sealed, phone_sealed, contact_sealed FROM people.person
WHERE tenant_id = $1 AND num_nonnulls(document_sealed, phone_sealed, contact_sealed) > 0
ORDER BY random() LIMIT $2
"""

_PLACES = {
    "document_sealed": DOCUMENT_PLACE,
    "phone_sealed": PHONE_PLACE,
    "contact_sealed": CONTACT_PLACE,
}


class Half(Struct, frozen=True, kw_only=True):
    """One tenant's half of a move to another one."""

    tenant_id: UUID
    transfer_id: UUID
    kind: MovementKind
    day: date


async def first_movement(tx: Transaction) -> date | None:
    """The day on which the tenant's books of people begin."""
    return await tx.fetchval(_FIRST, tx.scope.tenant)


async def transfer_halves(tx: Transaction) -> list[Half]:
    """The halves that stand in the scope's tenant; one that a merge set aside still has its other half."""
    tenant = current_tenant()
    return [
        Half(
            tenant_id=tenant,
            transfer_id=row["transfer_id"],
            kind=MovementKind(row["kind"]),
            day=row["day"],
        )
        for row in await tx.fetch(_HALVES, tenant)
    ]


def unpaired(halves: Sequence[Half]) -> list[Half]:
    """Those without the other half: somebody left for, or came from, another tenant on the same day."""
    kinds = {MovementKind.CHANGE_EMPLOYER_OUT, MovementKind.CHANGE_EMPLOYER_IN}
    together: dict[UUID, list[Half]] = {}
    for half in halves:
        together.setdefault(half.transfer_id, []).append(half)
    return [
        half
        for pair in together.values()
        for half in pair
        if len(pair) != 2
        or {each.kind for each in pair} != kinds
        or len({each.day for each in pair}) != 1
        or len({each.tenant_id for each in pair}) != 2
    ]


async def unreadable(tx: Transaction, keyring: Keyring, number: int) -> tuple[int, list[tuple[UUID, str]]]:
    """Open the sealed fields of up to `number` people at random; how many, and (person, column) that fail.

    What is opened is looked at by nobody and kept nowhere, so that it is not noted as an access.
    """
    tenant = current_tenant()
    rows = await tx.fetch(_SEALED, tenant, number)
    failed: list[tuple[UUID, str]] = []
    for row in rows:
        for column, place in _PLACES.items():
            if row[column] is None:
                continue
            try:
                keyring.open(tenant, place, row["id"], row[column])
            except Broken:
                failed.append((row["id"], column))
    return len(rows), failed
