"""The logins of the database and what each is held to (architecture, section 4, "Doors")."""

from __future__ import annotations

import asyncpg

from core.kernel.db import Login

__all__ = ["LOGINS", "prepare_database", "role_statements"]

LOGINS: tuple[Login, ...] = ("app", "figures", "dispatch", "migrator")

# A request that takes longer than these is a fault; background work on all tenants has its own, longer ones.
LIMITS = {
    "app": {
        "statement_timeout": "10s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "15s",
        "transaction_timeout": "60s",
    },
    "figures": {
        "statement_timeout": "300s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
    },
    "dispatch": {
        "statement_timeout": "10s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "15s",
    },
}


def role_statements(database: str) -> list[str]:
    """Make the roles, for a superuser to run; running them again changes nothing."""
    return [
        _role("owner", "NOLOGIN"),
        _role("migrator", "LOGIN"),
        _role("app", "LOGIN"),
        _role("figures", "LOGIN"),
        _role("dispatch", "LOGIN"),
        _role("backup", "LOGIN BYPASSRLS REPLICATION"),
        "GRANT owner TO migrator",
        f'GRANT CREATE, CONNECT ON DATABASE "{database}" TO owner',
        *(
            f"ALTER ROLE {role} SET {name} = '{value}'"
            for role, limits in LIMITS.items()
            for name, value in limits.items()
        ),
        *(f"ALTER ROLE {role} SET jit = off" for role in LIMITS),
    ]


async def prepare_database(superuser_address: str) -> None:
    """Make the roles in the database of this address; quick when they are there."""
    connection = await asyncpg.connect(superuser_address)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = 'dispatch'"):
            database = await connection.fetchval("SELECT current_database()")
            async with connection.transaction():
                for statement in role_statements(database):
                    await connection.execute(statement)
    finally:
        await connection.close()


def _role(name: str, options: str) -> str:
    return (
        f"DO $role$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{name}') "  # noqa: S608 -- names of our own
        f"THEN CREATE ROLE {name} {options}; END IF; END $role$"
    )
