"""The one question across the wall: is this number registered in another tenant? Yes or no, never where."""

from __future__ import annotations

from core.kernel.audit import record
from core.kernel.db import Transaction
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.people.columns import Sealer, is_unique
from core.people.drafts import Document

__all__ = ["is_registered_elsewhere"]

_ELSEWHERE = """
SELECT EXISTS (
  SELECT 1 FROM people.pseudonym WHERE pseudonym = $1 AND tenant_id <> $2 AND is_current
)
"""


async def is_registered_elsewhere(tx: Transaction, keyring: Keyring, document: Document) -> bool:
    """Whether somebody with this number is present in another tenant. That it was asked is audited."""
    if not is_unique(document):
        return False
    sealer = Sealer(keyring, current_tenant())
    async with tx.door_of(sealer.pseudonym(document)):
        answer = await tx.fetchval(_ELSEWHERE, sealer.pseudonym(document), sealer.tenant)
    record(tx, "people.person.ask-elsewhere", "person", None, detail={"answer": bool(answer)})
    return bool(answer)
