"""The one question across the wall: is the holder of this document registered in another tenant now?

Yes or no, never where or who. The question is noted in the asking tenant, without the number.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from core.kernel.audit import record
from core.kernel.db import Database
from core.kernel.scope import Scope
from core.kernel.seal import Keyring
from core.people import documents
from core.people.columns import is_unique
from core.people.drafts import Document

__all__ = ["is_registered_elsewhere"]

Answer = TypeVar("Answer")

_ASK = """
SELECT EXISTS (SELECT 1 FROM people.pseudonym WHERE pseudonym = $1 AND tenant_id <> $2 AND is_current)
"""


async def is_registered_elsewhere(
    database: Database, keyring: Keyring, document: Document, tenant: UUID, actor: UUID | None = None
) -> bool:
    """Whether the holder is present, or away for a time, in a tenant other than `tenant`.

    Opens transactions of its own, also while the caller's is open; False for documents that tell nobody apart.
    """
    if not is_unique(document):
        return False
    number = documents.normal_number(document.number)
    pseudonym = keyring.pseudonym(documents.space(document.id_type), number)
    # Noted first: a question that is answered is on record whatever becomes of the caller.
    await _outside(_noted(database, tenant, actor))
    return await _outside(_asked(database, pseudonym, tenant))


async def _asked(database: Database, pseudonym: str, tenant: UUID) -> bool:
    async with database.transaction(Scope.elsewhere(pseudonym)) as tx:
        return await tx.fetchval(_ASK, pseudonym, tenant)


async def _noted(database: Database, tenant: UUID, actor: UUID | None) -> None:
    async with database.transaction(Scope.of_tenant(tenant, actor=actor)) as tx:
        record(tx, "people.elsewhere.ask", "person", None)


async def _outside(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run `work` in a context where no transaction is open."""
    return await asyncio.create_task(work, context=contextvars.Context())
