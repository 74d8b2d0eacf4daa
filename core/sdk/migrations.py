"""For a plug-in's migrations: a frozen list of columns becomes tables with their walls and doors."""

from __future__ import annotations

from core.kernel.ddl import Door, Foreign, Grant, Index, Table, altering, migration

__all__ = ["Door", "Foreign", "Grant", "Index", "Table", "altering", "migration"]
