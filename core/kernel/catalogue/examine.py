"""The walk over the live catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.kernel.catalogue.declared import declared_tables, read_both
from core.kernel.catalogue.exempt import EXEMPT, HISTORY, LONGEST
from core.kernel.catalogue.live import Relation
from core.kernel.catalogue.rules import faults_of_history, faults_of_stranger, faults_of_table
from core.kernel.catalogue.server import faults_of_server
from core.kernel.db import Transaction
from core.kernel.ddl import Table
from core.kernel.migrations import App

__all__ = ["examine"]


async def examine(tx: Transaction, apps: Sequence[App]) -> list[str]:
    """One sentence for each breach of the walls, none when they hold.

    `tx` is a transaction of the login `migrator`, with every migration of `apps` run. It is left as it was.
    """
    schemas = [app.schema for app in apps]
    found = await faults_of_server(tx, schemas)
    if any("is missing" in fault for fault in found):
        return found
    declared = declared_tables(apps)
    live, expected = await read_both(tx, declared)
    if len(EXEMPT) > LONGEST:
        found.append(f"More than {LONGEST} tables are on the reviewed list of those without a wall.")
    return found + [f"{name} {fault}" for name, fault in _faults(live, expected, declared, schemas)]


def _faults(
    live: Mapping[str, Relation],
    expected: Mapping[str, Relation],
    declared: Mapping[str, Table],
    schemas: Sequence[str],
) -> Iterator[tuple[str, str]]:
    histories = {f"{schema}.{HISTORY}" for schema in schemas}
    yield from ((name, "is missing.") for name in declared if name not in live)
    for name, relation in live.items():
        if name in declared and relation.kind in "rp":
            faults = faults_of_table(relation, expected[name], declared[name], declared)
        elif name in histories:
            faults = faults_of_history(relation)
        else:
            faults = faults_of_stranger(relation)
        yield from ((name, fault) for fault in faults)
