"""What a transaction may see: the tenant, its open compartments, and the doors (architecture, section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self
from uuid import UUID

from msgspec import Struct

from core.kernel.errors import NoScope
from core.kernel.ids import canonical_id

__all__ = ["ARCHIVE", "COMPARTMENTS", "Scope", "pseudonym_statement"]

ARCHIVE = "archive"
"""What only work in the background opens: no role holds it, so no page shows what lies in it."""

COMPARTMENTS = frozenset(
    {"registry", "supplies", "health", "rights", "benefits", "membership", "reports", ARCHIVE}
)


class Scope(Struct, frozen=True, kw_only=True):
    """The settings that the database's policies read; everything not named here stays closed."""

    tenant: UUID | None = None
    compartments: frozenset[str] = frozenset()
    actor: UUID | None = None
    region: UUID | None = None
    pseudonym: str | None = None

    @classmethod
    def of_tenant(cls, tenant: UUID, compartments: Iterable[str] = (), actor: UUID | None = None) -> Self:
        """One tenant's rows, and of its compartments those named."""
        return cls(tenant=tenant, compartments=frozenset(compartments), actor=actor)

    @classmethod
    def town(cls, region: UUID, actor: UUID | None = None) -> Self:
        """The town's pages. The region is the tenant of its own acts: its jobs and audit lines are its rows."""
        return cls(tenant=region, region=region, actor=actor)

    @classmethod
    def person_of(cls, actor: UUID) -> Self:
        """Sign-in: the memberships of one account, before a tenant is known."""
        return cls(actor=actor)

    @classmethod
    def nobody(cls) -> Self:
        """Tables without a tenant only: accounts, sessions, throttles, regions."""
        return cls()

    @classmethod
    def elsewhere(cls, pseudonym: str) -> Self:
        """The question whether one pseudonym is registered anywhere: yes or no."""
        return cls(pseudonym=pseudonym)

    def statement(self, is_read_only: bool = False) -> str:
        """`BEGIN` and the settings as one message; the values are canonical, so none needs quoting."""
        unknown = self.compartments - COMPARTMENTS
        if unknown:
            raise NoScope("Unknown compartments: %(names)s.", names=", ".join(sorted(unknown)))
        return (
            f"BEGIN READ {'ONLY' if is_read_only else 'WRITE'};"
            f"SET LOCAL app.tenant = '{canonical_id(self.tenant)}';"
            f"SET LOCAL app.scopes = '{','.join(sorted(self.compartments))}';"
            f"SET LOCAL app.actor = '{canonical_id(self.actor)}';"
            f"SET LOCAL app.region = '{canonical_id(self.region)}';"
            f"{pseudonym_statement(self.pseudonym or '')}"
        )


def pseudonym_statement(pseudonym: str) -> str:
    """The setting that the door "registered elsewhere" reads; empty closes it."""
    if not all(character in "0123456789abcdef" for character in pseudonym):
        raise NoScope("A pseudonym is hexadecimal.")
    return f"SET LOCAL app.pseudonym = '{pseudonym}'"
