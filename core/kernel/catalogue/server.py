"""The rules for everything that is not a table: roles, defaults, functions, schemas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from core.kernel.db import Transaction
from core.kernel.roles import LOGINS

__all__ = ["faults_of_server"]

ROLES = (*LOGINS, "owner", "backup")
WORKING = ("app", "figures", "dispatch")


async def faults_of_server(tx: Transaction, schemas: Collection[str]) -> list[str]:
    """What is wrong beside the tables; `schemas` are those of the migration histories."""
    roles = {row["rolname"]: row for row in await tx.fetch(_ROLES, list(ROLES))}
    found = [*_role_faults(roles)]
    found += [
        f"The role {row['member']} is a member of {row['role']}."
        for row in await tx.fetch(_MEMBERS, list(WORKING))
    ]
    found += [
        f"A default of {row['whose']} sets {row['setting']} outside a transaction."
        for row in await tx.fetch(_DEFAULTS)
    ]
    found += [
        f"The function {row['name']} runs with its owner's rights (SECURITY DEFINER)."
        for row in await tx.fetch(_DEFINERS)
    ]
    found += [
        f"The schema {row['name']} belongs to the role {row['owner']}, not to owner."
        for row in await tx.fetch(_SCHEMA_OWNERS, list(schemas))
    ]
    found += [
        f"The role {row['role']} may make tables in the schema {row['name']}."
        for row in await tx.fetch(_MAKERS)
    ]
    return found


def _role_faults(roles: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from (
        f"The role {name} is missing; run `townbridge migrate`." for name in ROLES if name not in roles
    )
    for name, role in roles.items():
        if role["rolsuper"]:
            yield f"The role {name} is a superuser: no wall holds it."
        if role["rolbypassrls"] and name != "backup":
            yield f"The role {name} bypasses row-level security."
        if role["rolcreaterole"] or role["rolcreatedb"]:
            yield f"The role {name} may make roles or databases."
    if "owner" in roles and roles["owner"]["rolcanlogin"]:
        yield "The role owner may log in; only migrator becomes it."


_ROLES = """
SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin
FROM pg_roles WHERE rolname = ANY ($1::text[]) ORDER BY rolname
"""

_MEMBERS = """
SELECT pg_get_userbyid(m.member) AS member, pg_get_userbyid(m.roleid) AS role
FROM pg_auth_members m WHERE pg_get_userbyid(m.member) = ANY ($1::text[]) ORDER BY 1, 2
"""

_DEFAULTS = """
SELECT COALESCE('the role ' || r.rolname, 'the database') AS whose, split_part(c, '=', 1) AS setting
FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c
WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND split_part(c, '=', 1) ~ '^(app\\.|row_security$|role$|session_replication_role$)' ORDER BY 1, 2
"""

_DEFINERS = """
SELECT n.nspname || '.' || p.proname AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
"""

_SCHEMA_OWNERS = """
SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace
WHERE nspname = ANY ($1::text[]) AND pg_get_userbyid(nspowner) <> 'owner' ORDER BY 1
"""

_MAKERS = """
SELECT n.nspname AS name, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END AS role
FROM pg_namespace n, aclexplode(n.nspacl) x
WHERE x.privilege_type = 'CREATE' AND x.grantee <> n.nspowner
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1, 2
"""
