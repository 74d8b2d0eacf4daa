"""What is wrong with one relation: its wall, its keys, its owner, its grants, its columns, what acts on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from core.kernel.catalogue.exempt import EXEMPT
from core.kernel.catalogue.live import Column, ForeignKey, Privilege, Relation
from core.kernel.catalogue.reviewed import DOORS, TRIGGERS
from core.kernel.catalogue.rules import Finding, Rule
from core.kernel.ddl import Door, Foreign, Table, policies

__all__ = ["faults_of_history", "faults_of_stranger", "faults_of_table"]

TENANT = "tenant_id"
READERS = ("app", "figures", "dispatch", "backup")
SIGHTED = {"security_invoker=true", "security_invoker=on", "security_invoker=1"}
FILLED = re.compile(r"current_setting|nextval|current_user|session_user|\b(?!pg_catalog)\w+\.\w+\(")
NUMBERS = ("numeric", "real", "double precision")

Told = Callable[..., Finding]


def faults_of_table(
    live: Relation, expected: Relation, declared: Table, tables: Mapping[str, Table], triggers: bool
) -> Iterator[Finding]:
    """What is wrong with one declared table; `triggers` says whether this server has any."""
    yield from _storage(live)
    yield from _walls(live, expected, declared)
    yield from _policies(live, expected)
    yield from _doors(declared)
    yield from _grants(live, expected.privileges)
    yield from _wide_grants(live.name, expected, declared)
    yield from _columns(live, expected)
    yield from _checks(live, expected)
    yield from _keys(live, expected)
    yield from _foreign(live, declared, tables)
    yield from _triggers(live, TRIGGERS.get(live.name, {}) if triggers else {})
    if declared.wall == "tenant":
        yield from _tenant_column(live)
        yield from _tenant_keys(live)


def faults_of_history(live: Relation) -> Iterator[Finding]:
    """What is wrong with a table that says which migrations have run."""
    yield from _storage(live)
    yield from _grants(live, frozenset(Privilege(role, "SELECT") for role in READERS))
    yield from _triggers(live, {})


def faults_of_stranger(live: Relation) -> Iterator[Finding]:
    """What is wrong with a relation that no migration declares."""
    if live.kind == "m":
        yield Rule.VIEW_STORED.told(table=live.name)
    elif live.kind == "S":
        yield Rule.SEQUENCE.told(table=live.name)
    elif live.kind == "v" and not live.options & SIGHTED:
        yield Rule.VIEW_OF_OWNER.told(table=live.name)
    elif live.kind != "v":
        yield Rule.TABLE_STRANGE.told(table=live.name)
    yield from (Rule.TABLE_PART.told(table=live.name, parent=parent) for parent in live.parents)


def _storage(live: Relation) -> Iterator[Finding]:
    if live.owner != "owner":
        yield Rule.TABLE_OWNER.told(table=live.name, role=live.owner)
    if not live.is_logged:
        yield Rule.TABLE_UNLOGGED.told(table=live.name)
    yield from (Rule.TABLE_PART.told(table=live.name, parent=parent) for parent in live.parents)
    yield from (Rule.REWRITTEN.told(table=live.name, name=name) for name in live.rewritings)


def _walls(live: Relation, expected: Relation, declared: Table) -> Iterator[Finding]:
    if not expected.is_walled:
        if declared.full_name not in EXEMPT:
            yield Rule.WALL_NONE.told(table=live.name)
        return
    if not live.is_walled:
        yield Rule.WALL_OFF.told(table=live.name)
    if not live.is_forced:
        yield Rule.WALL_NOT_FORCED.told(table=live.name)


def _policies(live: Relation, expected: Relation) -> Iterator[Finding]:
    there, wanted = ({policy.name: policy for policy in one.policies} for one in (live, expected))
    for name in wanted.keys() - there.keys():
        yield Rule.POLICY_MISSING.told(table=live.name, policy=name)
    for name in there.keys() - wanted.keys():
        yield Rule.POLICY_ADDED.told(table=live.name, policy=name)
    for name in there.keys() & wanted.keys():
        if there[name] != wanted[name]:
            yield Rule.POLICY_CHANGED.told(table=live.name, policy=name)
    for policy in live.policies:
        if policy.has_subquery:
            yield Rule.POLICY_ASKS.told(table=live.name, policy=policy.name)
        if policy.calls_own_functions:
            yield Rule.POLICY_CALLS.told(table=live.name, policy=policy.name)


def _doors(declared: Table) -> Iterator[Finding]:
    for door in policies(declared):
        if declared.wall == "published" or (door.name == "tenant_wall" and declared.wall == "tenant"):
            continue
        if f"{declared.full_name}.{door.name}" not in DOORS and not _feeds_figures(door):
            yield Rule.DOOR_NEW.told(table=declared.full_name, policy=door.name, role=door.role)
        if declared.compartment is not None and "app.region" in door.using:
            yield Rule.DOOR_TO_COMPARTMENT.told(table=declared.full_name, policy=door.name)


def _feeds_figures(door: Door) -> bool:
    return door.role == "figures" and door.command == "SELECT"


def _grants(live: Relation, wanted: frozenset[Privilege]) -> Iterator[Finding]:
    for privilege in sorted(live.privileges - wanted):
        yield Rule.GRANT_ADDED.told(table=live.name, privilege=_told(privilege), role=privilege.role)
    for privilege in sorted(wanted - live.privileges):
        yield Rule.GRANT_MISSING.told(table=live.name, privilege=_told(privilege), role=privilege.role)


def _told(privilege: Privilege) -> str:
    return f"{privilege.name} of {privilege.column}" if privilege.column else privilege.name


def _wide_grants(table: str, expected: Relation, declared: Table) -> Iterator[Finding]:
    """A declaration may not give what its door could not hold: rows are the affair of `app` alone."""
    for privilege in sorted(expected.privileges):
        writes = privilege.role == "app" or (privilege.role == "figures" and declared.schema == "figures")
        allowed = {"SELECT", "INSERT", "UPDATE", "DELETE"} if writes else {"SELECT"}
        if privilege.name not in allowed:
            yield Rule.GRANT_WIDE.told(table=table, privilege=_told(privilege), role=privilege.role)


def _columns(live: Relation, expected: Relation) -> Iterator[Finding]:
    there, wanted = ({column.name: column for column in one.columns} for one in (live, expected))
    for name in sorted(wanted.keys() - there.keys()):
        yield Rule.COLUMN_MISSING.told(table=live.name, column=name)
    for name in sorted(there.keys() - wanted.keys()):
        yield Rule.COLUMN_ADDED.told(table=live.name, column=name)
    for name in sorted(there.keys() & wanted.keys()):
        if there[name] != wanted[name]:
            yield Rule.COLUMN_CHANGED.told(table=live.name, column=name)
    for column in live.columns:
        if column.generated in ("a", "d") or FILLED.search(column.default or ""):
            yield Rule.COLUMN_FILLED.told(table=live.name, column=column.name)
        if _lets_nan_in(column, live):
            yield Rule.COLUMN_NAN.told(table=live.name, column=column.name)


def _lets_nan_in(column: Column, live: Relation) -> bool:
    if not column.kind.startswith(NUMBERS):
        return False
    refused = re.compile(rf"\(?\b{column.name}\b\)? <> '?\(?'NaN'")
    return not any(refused.search(check) for check in live.checks)


def _checks(live: Relation, expected: Relation) -> Iterator[Finding]:
    for check in sorted(expected.checks - live.checks):
        yield Rule.CHECK_MISSING.told(table=live.name, check=check.removeprefix("CHECK "))
    for check in sorted(live.checks - expected.checks):
        yield Rule.CHECK_ADDED.told(table=live.name, check=check.removeprefix("CHECK "))


def _keys(live: Relation, expected: Relation) -> Iterator[Finding]:
    there = {(key.columns, key.is_partial) for key in live.keys if key.is_unique}
    for key in expected.keys:
        if key.is_unique and (key.columns, key.is_partial) not in there:
            yield Rule.KEY_MISSING.told(table=live.name, columns=", ".join(key.columns))


def _foreign(live: Relation, declared: Table, tables: Mapping[str, Table]) -> Iterator[Finding]:
    of_tenant = declared.wall == "tenant" and declared.of_a_tenant
    own = (Foreign((TENANT,), "tenancy.tenant", ("id",)),) if of_tenant else ()
    own = (Foreign(("region_id",), "tenancy.region", ("id",)),) if declared.wall == "published" else own
    wanted = [ForeignKey(f.columns, f.table, f.targets, f.on_delete) for f in own + declared.foreign]
    for key in wanted:
        if key not in live.foreign:
            yield _of_key(Rule.FOREIGN_MISSING, live, key)
    for key in live.foreign:
        if key not in wanted:
            yield _of_key(Rule.FOREIGN_ADDED, live, key)
        target = tables.get(key.table)
        if target is None or target.wall != "tenant":
            continue
        if (TENANT, TENANT) not in zip(key.columns, key.targets, strict=True):
            yield _of_key(Rule.FOREIGN_WITHOUT_TENANT, live, key)


def _of_key(rule: Rule, live: Relation, key: ForeignKey) -> Finding:
    return rule.told(table=live.name, columns=", ".join(key.columns), target=key.table)


def _triggers(live: Relation, wanted: Mapping[str, str]) -> Iterator[Finding]:
    there = {trigger.name: trigger for trigger in live.triggers}
    yield from (
        Rule.TRIGGER_MISSING.told(table=live.name, trigger=name) for name in wanted.keys() - there.keys()
    )
    for name, trigger in there.items():
        if not trigger.is_on:
            yield Rule.TRIGGER_OFF.told(table=live.name, trigger=name)
        if not trigger.is_own:
            continue
        if name not in wanted:
            yield Rule.TRIGGER_ADDED.told(table=live.name, trigger=name)
        elif trigger.definition != wanted[name]:
            yield Rule.TRIGGER_CHANGED.told(table=live.name, trigger=name)


def _tenant_column(live: Relation) -> Iterator[Finding]:
    column = next((column for column in live.columns if column.name == TENANT), None)
    if column is None or column.kind != "uuid" or not column.is_required:
        yield Rule.TENANT_NONE.told(table=live.name)
    elif column.default is not None:
        yield Rule.TENANT_DEFAULT.told(table=live.name)


def _tenant_keys(live: Relation) -> Iterator[Finding]:
    for key in live.keys:
        if key.is_unique and TENANT not in key.columns:
            yield Rule.KEY_WITHOUT_TENANT.told(table=live.name, key=key.name)
    if not any(key.is_primary for key in live.keys):
        yield Rule.KEY_PRIMARY_NONE.told(table=live.name)
    if not any(key.columns[:1] == (TENANT,) and not key.is_partial for key in live.keys):
        yield Rule.INDEX_OF_TENANT_NONE.told(table=live.name)
