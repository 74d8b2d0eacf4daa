"""The rules for roles: what each login may be, what it is limited to, what is set for it beforehand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from core.kernel.catalogue.rules import Finding, Rule
from core.kernel.db import Transaction
from core.kernel.roles import LIMITS, LOGINS

__all__ = ["faults_of_roles", "faults_of_schemas"]

ROLES = (*LOGINS, "owner", "backup")
USERS = ("owner", "app", "figures", "dispatch", "backup")


async def faults_of_roles(tx: Transaction) -> list[Finding]:
    """What is wrong with the logins; a role that is missing is told alone."""
    roles = {row["rolname"]: row for row in await tx.fetch(_ROLES, list(ROLES))}
    if missing := [Rule.ROLE_MISSING.told(role=name) for name in ROLES if name not in roles]:
        return missing
    found = [fault for name, role in roles.items() for fault in _role_faults(name, role)]
    found += [
        Rule.ROLE_MEMBER.told(member=row["member"], role=row["role"])
        for row in await tx.fetch(_MEMBERS, list(ROLES))
    ]
    found += [
        Rule.SETTING_DEFAULT.told(whose=row["whose"], setting=row["setting"])
        for row in await tx.fetch(_DEFAULTS)
    ]
    kept = {(row["role"], row["setting"]) for row in await tx.fetch(_KEPT)}
    found += [
        Rule.ROLE_UNLIMITED.told(role=role, setting=setting, value=value)
        for role, limits in LIMITS.items()
        for setting, value in limits.items()
        if (role, f"{setting}={value}") not in kept
    ]
    return found


async def faults_of_schemas(tx: Transaction, schemas: Collection[str]) -> list[Finding]:
    """What is wrong with the schemas of the migration histories, and with what may be made beside them."""
    found = [
        Rule.SCHEMA_OWNER.told(name=row["name"], role=row["owner"])
        for row in await tx.fetch(_SCHEMA_OWNERS, list(schemas))
    ]
    found += [
        Rule.SCHEMA_MAKER.told(name=row["name"], role=row["role"]) for row in await tx.fetch(_SCHEMA_MAKERS)
    ]
    found += [
        Rule.SCHEMA_USER.told(name=row["name"], role=row["role"])
        for row in await tx.fetch(_SCHEMA_USERS, list(schemas), list(USERS))
    ]
    found += [Rule.DATABASE_MAKER.told(role=row["role"]) for row in await tx.fetch(_DATABASE_MAKERS)]
    found += [Rule.GRANTS_TO_COME.told(role=row["role"]) for row in await tx.fetch(_TO_COME, list(ROLES))]
    return found


def _role_faults(name: str, role: Mapping[str, Any]) -> Iterator[Finding]:
    if role["rolsuper"]:
        yield Rule.ROLE_SUPERUSER.told(role=name)
    if role["rolbypassrls"] and name != "backup":
        yield Rule.ROLE_BYPASSES.told(role=name)
    if role["rolcreaterole"] or role["rolcreatedb"]:
        yield Rule.ROLE_MAKES.told(role=name)
    if role["rolreplication"] and name != "backup":
        yield Rule.ROLE_REPLICATES.told(role=name)
    if role["rolcanlogin"] and name == "owner":
        yield Rule.ROLE_OWNER_LOGS_IN.told()


_ROLES = """
SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin
FROM pg_roles WHERE rolname = ANY ($1::text[]) ORDER BY rolname
"""

# Who made a role without being a superuser is its member by that, and can neither use nor become it.
_MEMBERS = """
SELECT pg_get_userbyid(m.member) AS member, pg_get_userbyid(m.roleid) AS role
FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
WHERE (pg_get_userbyid(m.member) = ANY ($1::text[]) OR pg_get_userbyid(m.roleid) = ANY ($1::text[]))
  AND (m.inherit_option OR m.set_option) AND NOT r.rolsuper
  AND (pg_get_userbyid(m.member), pg_get_userbyid(m.roleid)) <> ('migrator', 'owner') ORDER BY 1, 2
"""

_DEFAULTS = """
SELECT COALESCE('the role ' || r.rolname, 'the database') AS whose, split_part(c, '=', 1) AS setting
FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c
WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND split_part(c, '=', 1)
    ~ '^(app\\.|row_security$|role$|session_replication_role$|search_path$|(local|session)_preload_libraries$)'
ORDER BY 1, 2
"""

_KEPT = """
SELECT r.rolname AS role, unnest(s.setconfig) AS setting
FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = 0
"""

_SCHEMA_OWNERS = """
SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace
WHERE nspname = ANY ($1::text[]) AND pg_get_userbyid(nspowner) <> 'owner' ORDER BY 1
"""

_SCHEMA_MAKERS = """
SELECT n.nspname AS name, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END AS role
FROM pg_namespace n, aclexplode(n.nspacl) x
WHERE x.privilege_type = 'CREATE' AND x.grantee <> n.nspowner
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1, 2
"""

_SCHEMA_USERS = """
SELECT n.nspname AS name, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END AS role
FROM pg_namespace n, aclexplode(n.nspacl) x
WHERE x.privilege_type = 'USAGE' AND x.grantee <> n.nspowner AND n.nspname = ANY ($1::text[])
  AND NOT CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END = ANY ($2::text[])
ORDER BY 1, 2
"""

_DATABASE_MAKERS = """
SELECT CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END AS role
FROM pg_database d, aclexplode(d.datacl) x
WHERE d.datname = current_database() AND x.privilege_type = 'CREATE' AND x.grantee <> d.datdba
  AND (x.grantee = 0 OR pg_get_userbyid(x.grantee) IN ('app', 'figures', 'dispatch', 'backup')) ORDER BY 1
"""

_TO_COME = """
SELECT DISTINCT pg_get_userbyid(defaclrole) AS role FROM pg_default_acl
WHERE pg_get_userbyid(defaclrole) = ANY ($1::text[]) ORDER BY 1
"""
