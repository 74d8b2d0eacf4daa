"""What somebody of the staff last chose in a form, so that the next one begins with it: choices, never a person's data.

Kept for each account in each tenant. It is nobody else's business there, and gone when she leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from core.kernel import clock
from core.kernel.db import Transaction
from core.kernel.ids import new_id
from core.kernel.tables import current_tenant

__all__ = ["forget_all", "keep_last_used", "last_used"]

MOST_FIELDS = 20
LONGEST_CHOICE = 200

_READ = """
SELECT choices FROM identity.last_used WHERE tenant_id = $1 AND account_id = $2 AND form = $3
"""

_KEEP = """
INSERT INTO identity.last_used (tenant_id, id, account_id, form, choices, kept_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, account_id, form) DO UPDATE SET choices = excluded.choices, kept_at = excluded.kept_at
WHERE identity.last_used.choices <> excluded.choices
"""

_FORGET = "DELETE FROM identity.last_used WHERE tenant_id = $1 AND account_id = $2 AND form = $3"
_FORGET_ALL = "DELETE FROM identity.last_used WHERE tenant_id = $1 AND account_id = $2"


async def last_used(tx: Transaction, account_id: UUID, form: str) -> dict[str, str]:
    """By field; empty where nothing is kept."""
    kept = await tx.fetchval(_READ, current_tenant(), account_id, form)
    return msgspec.json.decode(kept, type=dict[str, str]) if kept else {}


async def keep_last_used(tx: Transaction, account_id: UUID, form: str, choices: Mapping[str, str]) -> None:
    """In place of what was kept before; without any choice nothing is. Raises `ValueError` for what is none."""
    told = {name: choice for name, choice in choices.items() if choice}
    if len(told) > MOST_FIELDS or any(len(choice) > LONGEST_CHOICE for choice in told.values()):
        raise ValueError("Choices are few and short.")
    if not told:
        await tx.execute(_FORGET, current_tenant(), account_id, form)
        return
    kept = msgspec.json.encode(told, order="sorted").decode()
    await tx.execute(_KEEP, current_tenant(), new_id(), account_id, form, kept, clock.now())


async def forget_all(tx: Transaction, account_id: UUID) -> None:
    """Everything that is kept of her here."""
    await tx.execute(_FORGET_ALL, current_tenant(), account_id)
