"""What a place's rows are, all of them, as one number for each table."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from core.app import Platform, migration_apps
from core.kernel.catalogue import declared_tables

__all__ = ["accounts", "tenant_tables", "untouched"]

# Of the accounts themselves: who works where, her links, her keys.
ACCOUNTS = """
SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM (
    SELECT a.id, a.login, a.name, a.is_active, a.password_hash FROM identity.account a
    UNION ALL SELECT r.id, r.role, '', true, '' FROM identity.town_role r
    UNION ALL SELECT i.id, '', '', true, '' FROM identity.invitation i) AS t
"""


def tenant_tables(platform: Platform) -> list[str]:
    declared = declared_tables(migration_apps(platform.registry))
    return sorted(name for name, table in declared.items() if table.wall == "tenant")


async def untouched(superuser: str, platform: Platform, places: Sequence[UUID]) -> dict[str, str]:
    """The rows of these tenants (and of these towns' own), read beside all walls."""
    connection = await asyncpg.connect(superuser)
    try:
        found = {
            name: await connection.fetchval(
                f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {name} t"
                " WHERE tenant_id = ANY($1::uuid[])",
                list(places),
            )
            for name in tenant_tables(platform)
        }
        found["tenancy.tenant"] = await connection.fetchval(
            "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM tenancy.tenant t WHERE id = ANY($1::uuid[])",
            list(places),
        )
        return found
    finally:
        await connection.close()


async def accounts(superuser: str) -> str:
    connection = await asyncpg.connect(superuser)
    try:
        return await connection.fetchval(ACCOUNTS)
    finally:
        await connection.close()
