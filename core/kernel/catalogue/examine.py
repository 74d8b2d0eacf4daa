"""The walk over the live catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.kernel.catalogue.declared import declared_tables, read_both
from core.kernel.catalogue.exempt import HISTORY
from core.kernel.catalogue.live import Relation
from core.kernel.catalogue.objects import faults_of_objects
from core.kernel.catalogue.reviewed import LISTS
from core.kernel.catalogue.rules import Finding, Rule
from core.kernel.catalogue.server import faults_of_roles, faults_of_schemas
from core.kernel.catalogue.tables import faults_of_history, faults_of_stranger, faults_of_table
from core.kernel.db import Transaction
from core.kernel.ddl import Table
from core.kernel.migrations import App

__all__ = ["examine"]


async def examine(tx: Transaction, apps: Sequence[App]) -> list[Finding]:
    """One finding for each breach of the walls, none when they hold.

    `tx` is a transaction of the login `migrator`, with every migration of `apps` run. It is left as it was.
    """
    found = await faults_of_roles(tx)
    if any(finding.rule is Rule.ROLE_MISSING for finding in found):
        return found
    found += await faults_of_schemas(tx, [app.schema for app in apps])
    found += await faults_of_objects(tx, apps)
    declared = declared_tables(apps)
    live, expected = await read_both(tx, declared)
    found += [
        Rule.LIST_LONG.told(number=longest, name=name)
        for name, (listed, longest) in LISTS.items()
        if len(listed) > longest
    ]
    # Citus knows no triggers on distributed tables.
    triggers = not await tx.fetchval("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
    return found + list(_faults(live, expected, declared, apps, triggers))


def _faults(
    live: Mapping[str, Relation],
    expected: Mapping[str, Relation],
    declared: Mapping[str, Table],
    apps: Sequence[App],
    triggers: bool,
) -> Iterator[Finding]:
    histories = {f"{app.schema}.{HISTORY}" for app in apps}
    yield from (Rule.TABLE_MISSING.told(table=name) for name in declared if name not in live)
    for name, relation in live.items():
        if name in declared and relation.kind in "rp":
            yield from faults_of_table(relation, expected[name], declared[name], declared, triggers)
        elif name in histories:
            yield from faults_of_history(relation)
        else:
            yield from faults_of_stranger(relation)
