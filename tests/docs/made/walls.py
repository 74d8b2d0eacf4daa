"""Walls and doors, as the migrations declare them, and the logins that they are made for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.app import migration_apps, plugins
from core.kernel import roles
from core.kernel.catalogue.declared import declared_tables
from core.kernel.catalogue.exempt import EXEMPT, HISTORY
from core.kernel.catalogue.reviewed import DOORS, LISTS
from core.kernel.catalogue.rules import Rule
from core.kernel.ddl import Door, Grant, Table, policies
from tests.docs.made.table import code, listed, table

TO_COUNT = "Read by the selects of indicators."
PUBLISHED = {
    "everybody_reads": "What a town publishes is read by all its units.",
    "town_publishes": "The town publishes.",
    "town_corrects": "The town corrects what it published.",
}
PLACE = re.compile(r"\{\w+\}")
SETTING = re.compile(r"NULLIF\(current_setting\('(app\.\w+)', true\), ''\)(?:::uuid)?")


def declared() -> list[Table]:
    return list(declared_tables(migration_apps(plugins())).values())


def tenant_tables() -> str:
    rows = [
        (code(each.full_name), listed([each.compartment] if each.compartment else [], "none"), _own(each))
        for each in declared()
        if each.wall == "tenant"
    ]
    return table(("table", "compartment", "the login `app` may, in its own tenant"), rows)


def _own(each: Table) -> str:
    if each.read_only:
        return "read"
    if each.append_only:
        return "read, add"
    return "read, add, change" if each.never_deleted else "read, add, change, delete"


def doors() -> str:
    rows = [row for each in declared() for row in _doors(each)]
    return table(("table", "door", "for the login", "command", "rows", "why"), rows)


def _doors(each: Table) -> Iterator[tuple[str, ...]]:
    beside = each.doors if each.wall == "tenant" else policies(each)
    for door in beside:
        columns = _columns(each, door)
        command = door.command if not columns else f"{door.command} of {listed(columns)}"
        why = DOORS.get(f"{each.full_name}.{door.name}", PUBLISHED.get(door.name, TO_COUNT))
        yield code(each.full_name), code(door.name), code(door.role), command, _rows(door), why


def _columns(each: Table, door: Door) -> tuple[str, ...]:
    """The grant decides which columns a door shows."""
    of_role = [grant for grant in each.grants if grant.role == door.role]
    return of_role[0].columns if of_role and door.role != "app" else ()


def _rows(door: Door) -> str:
    return "all" if door.using == "true" else code(SETTING.sub(r"\1", door.using))


def without_wall() -> str:
    granted = {each.full_name: [grant for grant in each.grants if grant.role != "app"] for each in declared()}
    rows = [
        (code(name.replace("*", "<schema>")), reason, _readers(granted.get(name, [])))
        for name, reason in EXEMPT.items()
    ]
    assert f"*.{HISTORY}" in EXEMPT
    return table(("table", "why it needs none", "read by others too"), rows)


def _readers(grants: list[Grant]) -> str:
    return listed(grant.role for grant in grants)


def lint_rules() -> str:
    """The sentences that `doctor` may say of the walls, their places as `…`."""
    rows = [(code(rule.name.lower()), PLACE.sub("…", rule.value)) for rule in Rule]
    return table(("rule", "told as"), rows)


def reviewed() -> str:
    rows = [
        (name, code(each), reason) for name, (listed, _) in LISTS.items() for each, reason in listed.items()
    ]
    return table(("list", "what", "why"), [row for row in rows if row[0] in ("functions", "extensions")])


def logins() -> str:
    rows = [(code(name), _limits(limits)) for name, limits in roles.LIMITS.items()]
    return table(("login", "limits of a statement, a lock, an idle and a whole transaction"), rows)


def _limits(limits: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in limits.items())


def role_sql() -> str:
    lines = [f"{statement};" for statement in roles.role_statements("townbridge")]
    return "\n".join(["```sql", *lines, "```"])


BLOCKS = {
    "tenant-tables": tenant_tables,
    "doors": doors,
    "tables-without-wall": without_wall,
    "lint-rules": lint_rules,
    "reviewed": reviewed,
    "login-limits": logins,
    "role-sql": role_sql,
}
