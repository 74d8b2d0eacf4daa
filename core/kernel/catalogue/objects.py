"""The rules for everything that is neither a table nor a role: functions, and the ways out of the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.kernel.catalogue.reviewed import EXTENSIONS, FUNCTIONS
from core.kernel.catalogue.rules import Finding, Rule
from core.kernel.db import Transaction
from core.kernel.migrations import App, modules

__all__ = ["faults_of_objects"]

NAME = re.compile(r"CREATE (?:FUNCTION|AGGREGATE) ([\w.]+)")
BODY = re.compile(r"\$function\$(.*)\$function\$", re.DOTALL)


async def faults_of_objects(tx: Transaction, apps: Sequence[App]) -> list[Finding]:
    """What is wrong with functions, extensions, and with what copies rows to elsewhere."""
    bodies = _bodies(apps)
    found = [fault for row in await tx.fetch(_FUNCTIONS) for fault in _function_faults(row, bodies)]
    for rule, question in _WAYS.items():
        found += [rule.told(**dict(row)) for row in await tx.fetch(question)]
    found += [
        Rule.EXTENSION.told(name=row["name"])
        for row in await tx.fetch(_EXTENSIONS)
        if row["name"] not in EXTENSIONS
    ]
    return found


def _bodies(apps: Sequence[App]) -> dict[str, str]:
    """What the functions of the migrations do, by name; nothing for an aggregate."""
    statements = [
        text for app in apps for module in modules(app) for text in getattr(module, "FUNCTIONS", ())
    ]
    found: dict[str, str] = {}
    for text in statements:
        name, body = NAME.search(text), BODY.search(text)
        if name is not None:
            found[name[1]] = body[1] if body else ""
    return found


def _function_faults(row: Mapping[str, Any], bodies: Mapping[str, str]) -> Iterator[Finding]:
    name = row["name"]
    if name not in FUNCTIONS or name not in bodies:
        yield Rule.FUNCTION_ADDED.told(name=name)
    elif not row["is_aggregate"] and row["body"] != bodies[name]:
        yield Rule.FUNCTION_CHANGED.told(name=name)
    if row["of_owner"]:
        yield Rule.FUNCTION_OF_OWNER.told(name=name)


_FUNCTIONS = """
SELECT n.nspname || '.' || p.proname AS name, p.prosecdef AS of_owner, p.prosrc AS body, p.prokind = 'a' AS is_aggregate
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
"""

_EXTENSIONS = "SELECT extname AS name FROM pg_extension ORDER BY 1"

_WAYS: dict[Rule, str] = {
    Rule.EVENT_TRIGGER: """
        SELECT t.evtname AS name FROM pg_event_trigger t WHERE NOT EXISTS (
          SELECT FROM pg_depend d WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = t.oid
            AND d.deptype = 'e') ORDER BY 1
    """,
    Rule.PUBLICATION: "SELECT pubname AS name FROM pg_publication ORDER BY 1",
    Rule.SUBSCRIPTION: """
        SELECT subname AS name FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1
    """,
    Rule.SERVER_FOREIGN: "SELECT srvname AS name FROM pg_foreign_server ORDER BY 1",
    Rule.LARGE_OBJECTS: "SELECT WHERE EXISTS (SELECT FROM pg_largeobject_metadata)",
}
