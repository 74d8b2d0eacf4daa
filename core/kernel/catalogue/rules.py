"""The rules for one table: its wall, its keys, its owner, its grants, its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.kernel.catalogue.exempt import EXEMPT
from core.kernel.catalogue.live import ForeignKey, Privilege, Relation
from core.kernel.ddl import Foreign, Table

__all__ = ["faults_of_history", "faults_of_stranger", "faults_of_table"]

TENANT = "tenant_id"
READERS = ("app", "figures", "dispatch", "backup")


def faults_of_table(
    live: Relation, expected: Relation, declared: Table, tables: Mapping[str, Table]
) -> Iterator[str]:
    """What is wrong with one declared table, in words that follow its name."""
    yield from _owner(live)
    yield from _walls(live, expected, declared)
    yield from _policies(live, expected)
    yield from _grants(live, expected.privileges)
    yield from _columns(live, expected)
    yield from _keys(live, expected)
    yield from _foreign(live, declared, tables)
    if declared.wall == "tenant":
        yield from _tenant_column(live)
        yield from _tenant_keys(live)


def faults_of_history(live: Relation) -> Iterator[str]:
    """What is wrong with a table that says which migrations have run."""
    yield from _owner(live)
    yield from _grants(live, frozenset(Privilege(role, "SELECT") for role in READERS))


def faults_of_stranger(live: Relation) -> Iterator[str]:
    """What is wrong with a relation that no migration declares."""
    if live.kind == "m":
        yield "is a materialized view, which keeps rows of all tenants outside their walls."
    elif live.kind == "v" and not live.options & {
        "security_invoker=true",
        "security_invoker=on",
        "security_invoker=1",
    }:
        yield "is a view that reads with its owner's rights; make it with security_invoker."
    elif live.kind != "v":
        yield "is declared by no migration of an installed plug-in."


def _owner(live: Relation) -> Iterator[str]:
    if live.owner != "owner":
        yield f"belongs to the role {live.owner}, not to owner."


def _walls(live: Relation, expected: Relation, declared: Table) -> Iterator[str]:
    if not expected.is_walled:
        if declared.full_name not in EXEMPT:
            yield "has no wall between tenants and is not on the reviewed list of such tables."
        return
    if not live.is_walled:
        yield "has row-level security switched off."
    if not live.is_forced:
        yield "does not force row-level security on its owner."


def _policies(live: Relation, expected: Relation) -> Iterator[str]:
    there, wanted = ({policy.name: policy for policy in one.policies} for one in (live, expected))
    yield from (f"lacks the policy {name}." for name in wanted.keys() - there.keys())
    yield from (
        f"has a door that is not declared, the policy {name}." for name in there.keys() - wanted.keys()
    )
    for name in there.keys() & wanted.keys():
        if there[name] != wanted[name]:
            yield f"has the policy {name} otherwise than declared."
    for policy in live.policies:
        if policy.has_subquery:
            yield f"has a sub-query in the policy {policy.name}, which Citus refuses."
        if policy.calls_own_functions:
            yield f"calls a function that is not built in from the policy {policy.name}."


def _grants(live: Relation, wanted: frozenset[Privilege]) -> Iterator[str]:
    for privilege in sorted(live.privileges - wanted):
        yield f"grants {_told(privilege)}, which is not declared."
    for privilege in sorted(wanted - live.privileges):
        yield f"does not grant {_told(privilege)}."


def _told(privilege: Privilege) -> str:
    column = f" of {privilege.column}" if privilege.column else ""
    return f"{privilege.name}{column} to {privilege.role}"


def _columns(live: Relation, expected: Relation) -> Iterator[str]:
    there, wanted = ({column.name: column for column in one.columns} for one in (live, expected))
    yield from (f"lacks the column {name}." for name in sorted(wanted.keys() - there.keys()))
    yield from (
        f"has a column that is not declared, {name}." for name in sorted(there.keys() - wanted.keys())
    )
    for name in sorted(there.keys() & wanted.keys()):
        if there[name] != wanted[name]:
            yield f"has the column {name} otherwise than declared."


def _keys(live: Relation, expected: Relation) -> Iterator[str]:
    there = {(key.columns, key.is_partial) for key in live.keys if key.is_unique}
    for key in expected.keys:
        if key.is_unique and (key.columns, key.is_partial) not in there:
            yield f"lacks the unique key ({', '.join(key.columns)})."


def _foreign(live: Relation, declared: Table, tables: Mapping[str, Table]) -> Iterator[str]:
    of_tenant = declared.wall == "tenant" and declared.of_a_tenant
    wanted = (Foreign((TENANT,), "tenancy.tenant", ("id",)),) if of_tenant else ()
    for foreign in wanted + declared.foreign:
        if ForeignKey(foreign.columns, foreign.table, foreign.targets) not in live.foreign:
            yield f"lacks the foreign key ({', '.join(foreign.columns)}) to {foreign.table}."
    for key in live.foreign:
        target = tables.get(key.table)
        if target is None or target.wall != "tenant":
            continue
        if (TENANT, TENANT) not in zip(key.columns, key.targets, strict=True):
            yield f"refers to {key.table} by ({', '.join(key.columns)}), without the tenant on both sides."


def _tenant_column(live: Relation) -> Iterator[str]:
    column = next((column for column in live.columns if column.name == TENANT), None)
    if column is None or column.kind != "uuid" or not column.is_required:
        yield "has no column tenant_id uuid NOT NULL."
    elif column.default is not None:
        yield "has a default for tenant_id; a row must say whose it is."


def _tenant_keys(live: Relation) -> Iterator[str]:
    for key in live.keys:
        if key.is_unique and TENANT not in key.columns:
            yield f"has the unique key {key.name} without tenant_id: it tells what other tenants have."
    if not any(key.is_primary for key in live.keys):
        yield "has no primary key."
    if not any(key.columns[:1] == (TENANT,) and not key.is_partial for key in live.keys):
        yield "has no index that begins with tenant_id."
