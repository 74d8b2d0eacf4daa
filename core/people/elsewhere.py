"""The one question across the wall: is the holder of this document registered in another tenant now?

Yes or no, never where or who. That it was asked is noted in the asking tenant, without the number: the answer
reaches nobody before the transaction, and the note with it, is committed.
"""

from __future__ import annotations

from core.kernel.audit import record
from core.kernel.db import Transaction
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.people import documents
from core.people.columns import is_unique
from core.people.drafts import Document

__all__ = ["is_registered_elsewhere"]

_ASK = """
SELECT EXISTS (SELECT 1 FROM people.pseudonym WHERE pseudonym = $1 AND tenant_id <> $2 AND is_current)
"""


async def is_registered_elsewhere(tx: Transaction, keyring: Keyring, document: Document) -> bool:
    """Whether the holder is present, or away for a time, in a tenant other than that of `tx`.

    False for documents that tell nobody apart.
    """
    if not is_unique(document):
        return False
    number = documents.normal_number(document.number)
    pseudonym = keyring.pseudonym(documents.space(document.id_type), number)
    record(tx, "people.elsewhere.ask", "person", None)
    async with tx.door_of(pseudonym):
        return await tx.fetchval(_ASK, pseudonym, current_tenant())
