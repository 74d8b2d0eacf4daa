"""The catalogue as it is: every relation outside PostgreSQL's own schemas and its extensions.

This session's temporary tables count, as `pg_temp.*`: `declared` makes some to read them here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from core.kernel.db import Transaction

__all__ = ["Column", "ForeignKey", "Key", "Policy", "Privilege", "Relation", "Trigger", "relations"]


class Column(Struct, frozen=True, order=True):
    """A column; `kind` as PostgreSQL writes the type, `default` as it writes the expression."""

    name: str
    kind: str
    is_required: bool
    default: str | None
    generated: str = ""
    """PostgreSQL's letters for a column that the server fills in itself."""


class Policy(Struct, frozen=True, kw_only=True):
    """A row policy, its conditions as PostgreSQL writes them."""

    name: str
    command: str
    roles: frozenset[str]
    is_permissive: bool
    using: str | None
    check: str | None
    has_subquery: bool
    calls_own_functions: bool


class Key(Struct, frozen=True):
    """An index, unique or not; of an expression its text stands for the column."""

    name: str
    columns: tuple[str, ...]
    is_unique: bool
    is_primary: bool
    is_partial: bool


class ForeignKey(Struct, frozen=True):
    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    on_delete: str = ""


class Trigger(Struct, frozen=True):
    """One of ours, or one by which PostgreSQL itself holds a foreign key, if that is switched off."""

    name: str
    definition: str
    is_own: bool
    is_on: bool


class Privilege(Struct, frozen=True, order=True):
    """What a role may do, with the whole table (`column` is empty) or with one column."""

    role: str
    name: str
    column: str = ""


class Relation(Struct, frozen=True, kw_only=True):
    """A table or view with everything that decides who sees its rows. `kind` is PostgreSQL's letter."""

    name: str
    kind: str
    owner: str
    options: frozenset[str]
    is_walled: bool
    is_forced: bool
    columns: tuple[Column, ...]
    policies: tuple[Policy, ...]
    keys: tuple[Key, ...]
    foreign: tuple[ForeignKey, ...]
    privileges: frozenset[Privilege]
    checks: frozenset[str]
    triggers: tuple[Trigger, ...]
    rewritings: tuple[str, ...]
    parents: tuple[str, ...]
    is_logged: bool


async def relations(tx: Transaction) -> dict[str, Relation]:
    """Every relation by its full name."""
    parts = {name: _by_relation(await tx.fetch(sql)) for name, sql in _PARTS.items()}
    found = [
        _relation(row, {name: rows.get(row["oid"], []) for name, rows in parts.items()})
        for row in await tx.fetch(_RELATIONS)
    ]
    return {relation.name: relation for relation in found}


def _by_relation(rows: Iterable[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["oid"], []).append(row)
    return found


def _relation(row: Mapping[str, Any], parts: Mapping[str, list[Mapping[str, Any]]]) -> Relation:
    return Relation(
        name=row["name"],
        kind=row["kind"],
        owner=row["owner"],
        options=frozenset(row["options"]),
        is_walled=row["is_walled"],
        is_forced=row["is_forced"],
        columns=tuple(Column(*list(c.values())[1:]) for c in parts["columns"]),
        policies=tuple(_policy(policy) for policy in parts["policies"]),
        keys=tuple(
            Key(k["name"], tuple(k["columns"]), k["is_unique"], k["is_primary"], k["is_partial"])
            for k in parts["keys"]
        ),
        foreign=tuple(
            ForeignKey(tuple(f["columns"]), f["target"], tuple(f["targets"]), f["on_delete"])
            for f in parts["foreign"]
        ),
        privileges=frozenset(Privilege(p["role"], p["name"], p["column"]) for p in parts["privileges"]),
        checks=frozenset(check["text"] for check in parts["checks"]),
        triggers=tuple(
            Trigger(t["name"], t["definition"], t["is_own"], t["is_on"]) for t in parts["triggers"]
        ),
        rewritings=tuple(rewriting["name"] for rewriting in parts["rewritings"]),
        parents=tuple(parent["name"] for parent in parts["parents"]),
        is_logged=row["is_logged"],
    )


def _policy(row: Mapping[str, Any]) -> Policy:
    values = {name: value for name, value in row.items() if name not in ("oid", "roles")}
    return Policy(roles=frozenset(row["roles"]), **values)


_OURS = """
(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' OR n.oid = pg_my_temp_schema()) AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
"""

_RELATIONS = f"""
SELECT c.oid, c.relkind::text AS kind,
       CASE n.oid WHEN pg_my_temp_schema() THEN 'pg_temp' ELSE n.nspname END || '.' || c.relname AS name,
       pg_get_userbyid(c.relowner) AS owner, COALESCE(c.reloptions, ARRAY[]::text[]) AS options,
       c.relrowsecurity AS is_walled, c.relforcerowsecurity AS is_forced, c.relpersistence <> 'u' AS is_logged
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND {_OURS} ORDER BY 3
"""  # noqa: S608 -- put together from a constant of this module

_COLUMNS = """
SELECT a.attrelid AS oid, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS kind,
       a.attnotnull AS is_required, pg_get_expr(d.adbin, d.adrelid) AS default,
       a.attgenerated::text || a.attidentity::text AS generated
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attname
"""

_POLICIES = """
SELECT p.polrelid AS oid, p.polname::text AS name, p.polcmd::text AS command,
       ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END FROM unnest(p.polroles) r) AS roles,
       p.polpermissive AS is_permissive, pg_get_expr(p.polqual, p.polrelid) AS using,
       pg_get_expr(p.polwithcheck, p.polrelid) AS check,
       concat(p.polqual::text, p.polwithcheck::text) LIKE '%{SUBLINK%' AS has_subquery,
       EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid
               AND d.refclassid = 'pg_proc'::regclass) AS calls_own_functions
FROM pg_policy p ORDER BY p.polname
"""

_KEYS = """
SELECT i.indrelid AS oid, c.relname::text AS name,
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts::int) k) AS columns,
       i.indisunique AS is_unique, i.indisprimary AS is_primary, i.indpred IS NOT NULL AS is_partial
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisvalid ORDER BY c.relname
"""

_FOREIGN = """
SELECT k.conrelid AS oid, k.confrelid::regclass::text AS target,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.place) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.place) AS targets,
       CASE k.confdeltype WHEN 'a' THEN '' WHEN 'c' THEN 'CASCADE' ELSE k.confdeltype::text END AS on_delete
FROM pg_constraint k WHERE k.contype = 'f' ORDER BY k.conname
"""

# The owner's own privileges go without saying, and so does what a role may do with its own table.
_PRIVILEGES = """
SELECT c.oid, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END AS role,
       x.privilege_type AS name, ''::text AS column
FROM pg_class c, aclexplode(c.relacl) x WHERE x.grantee <> c.relowner
UNION ALL
SELECT c.oid, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END,
       x.privilege_type || ' with the right to pass it on', ''
FROM pg_class c, aclexplode(c.relacl) x WHERE x.grantee <> c.relowner AND x.is_grantable
UNION ALL
SELECT c.oid, CASE x.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END, x.privilege_type, a.attname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) x WHERE x.grantee <> c.relowner
"""

_CHECKS = """
SELECT conrelid AS oid, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE contype = 'c'
"""

_TRIGGERS = """
SELECT tgrelid AS oid, CASE WHEN tgisinternal THEN 'of a foreign key' ELSE tgname::text END AS name,
       pg_get_triggerdef(oid) AS definition, NOT tgisinternal AS is_own, tgenabled IN ('O', 'A') AS is_on
FROM pg_trigger WHERE NOT tgisinternal OR tgenabled NOT IN ('O', 'A') ORDER BY tgname
"""

_REWRITINGS = (
    "SELECT ev_class AS oid, rulename::text AS name FROM pg_rewrite WHERE rulename <> '_RETURN' ORDER BY 2"
)

_PARENTS = "SELECT inhrelid AS oid, inhparent::regclass::text AS name FROM pg_inherits ORDER BY 2"

_PARTS: dict[str, str] = {
    "columns": _COLUMNS,
    "policies": _POLICIES,
    "keys": _KEYS,
    "foreign": _FOREIGN,
    "privileges": _PRIVILEGES,
    "checks": _CHECKS,
    "triggers": _TRIGGERS,
    "rewritings": _REWRITINGS,
    "parents": _PARENTS,
}
