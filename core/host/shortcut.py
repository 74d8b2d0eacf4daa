"""The short way through the gate, for programs that were let in before: one statement, in the transaction of the work.

What is remembered opens nothing. It only names the account and the tenant for which the transaction is opened; the
token, the account, the roles and the plug-ins are asked for again, every time. Whatever is not as it was goes the long
way, which alone refuses, and says why.
"""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.host.gate import TENANT, Admission, Caller, Gate, tenant_of
from core.identity import tokens
from core.kernel import clock
from core.kernel.db import Transaction
from core.kernel.scope import Scope
from core.sdk.contributions import Permission
from core.sdk.ctx import Actor, TenantPlace

__all__ = ["Entry", "Shortcut"]

MOST_REMEMBERED = 10_000

_PROOF = f"""
SELECT k.id AS account_id, k.login, k.name, k.language, k.scopes, t.*, ARRAY(
  SELECT m.role FROM identity.membership m
  WHERE m.tenant_id = $3 AND m.account_id = k.id AND m.tenant_slug = $4
    AND m.since <= $5 AND (m.until IS NULL OR m.until > $5)
  ORDER BY m.role
) AS roles
FROM ({tokens.FIND}) AS k CROSS JOIN ({TENANT.replace("$1", "$3")}) AS t
WHERE NOT k.is_to_be_seen AND k.id = $6
"""  # noqa: S608 -- put together from the gate's own statements


class Entry(Struct, frozen=True):
    """Somebody who was let in, by the digest of her token and the address of the tenant."""

    digest: bytes
    slug: str
    account_id: UUID
    tenant_id: UUID

    def scope(self, permission: Permission) -> Scope:
        return Scope.of_tenant(self.tenant_id, permission.compartments, self.account_id)


class Shortcut:
    """Remembers in this process alone, and not for ever."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._entries: dict[tuple[bytes, str], Entry] = {}

    def recall(self, token: str, slug: str) -> Entry | None:
        return self._entries.get((tokens.digest(token), slug))

    def note(self, token: str, admission: Admission) -> None:
        """She came in by the long way."""
        if len(self._entries) >= MOST_REMEMBERED:
            self._entries.clear()
        entry = Entry(tokens.digest(token), admission.slug, admission.caller.account_id, admission.tenant_id)
        self._entries[entry.digest, entry.slug] = entry

    async def proven(
        self, transaction: Transaction, entry: Entry, permission: Permission, plugin: str | None
    ) -> tuple[Admission, TenantPlace, frozenset[str]] | None:
        """Everything that the gate asks, in `entry.scope`; None unless all of it holds."""
        row = await transaction.fetchrow(
            _PROOF,
            entry.digest,
            clock.offset(),
            entry.tenant_id,
            entry.slug,
            clock.today(),
            entry.account_id,
        )
        if row is None or not row["roles"]:
            return None
        actor = Actor(id=entry.account_id, login=row["login"], name=row["name"], language=row["language"])
        caller = Caller(actor=actor, account_id=entry.account_id, scopes=frozenset(row["scopes"]))
        admission = self._gate.admission(caller, entry.tenant_id, entry.slug, tuple(row["roles"]))
        place, enabled = tenant_of(row)
        if permission.code not in admission.permissions or (plugin is not None and plugin not in enabled):
            return None
        return admission, place, enabled
