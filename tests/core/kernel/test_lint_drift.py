"""The Piccolo classes against the live columns: a class that has drifted reads what is not there."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from piccolo.columns import Array, Column

from core.app import CORE_AREAS
from core.kernel.catalogue.live import Relation, relations
from core.kernel.db import Database
from core.kernel.scope import Scope

PLUGINS = Path(__file__).parents[3] / "plugins"
SAME = {"VARCHAR": "text", "TEXT": "text", "BOOL": "boolean", "TIMESTAMPTZ": "timestamp with time zone"}


def table_classes() -> Iterator[Any]:
    """Those of every piccolo_app, and those that plug-ins declare."""
    packages = [f"core.{area}" for area in CORE_AREAS] + [
        f"plugins.{p.stem}" for p in sorted(PLUGINS.iterdir())
    ]
    for package in packages:
        if _is_there(f"{package}.piccolo_app"):
            yield from importlib.import_module(f"{package}.piccolo_app").APP_CONFIG.table_classes
        elif package.startswith("plugins") and _is_there(f"{package}.tables"):
            yield from (use.table for use in importlib.import_module(f"{package}.tables").TABLES)


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


CLASSES = {f"{each._meta.schema}.{each._meta.tablename}": each for each in table_classes()}


def kind_of(column: Column) -> str:
    """The column's type as PostgreSQL writes it; lengths are not compared, the database has none."""
    if isinstance(column, Array):
        return f"{kind_of(column.base_column)}[]"
    kind = column.column_type.partition("(")[0]
    return SAME.get(kind, kind.lower())


@pytest.fixture(scope="session")
async def live(database_server: Any, template_database: str) -> dict[str, Relation]:
    """Asked once; nobody may stay connected to the database that all others are copied from."""
    connected = await Database.connect({"app": database_server.address(template_database, "app")}, 1)
    async with connected.transaction(Scope.nobody()) as tx:
        found = await relations(tx)
    await connected.close()
    return found


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_a_class_has_the_columns_of_its_table(live: dict[str, Relation], name: str):
    columns = CLASSES[name]._meta.columns
    mine = {column._meta.db_column_name: (kind_of(column), not column._meta.null) for column in columns}
    assert mine == {column.name: (column.kind, column.is_required) for column in live[name].columns}


def test_there_are_classes_for_every_area_that_has_tables():
    schemas = {name.partition(".")[0] for name in CLASSES}
    assert {"tenancy", "identity", "people", "figures", "host", "town", "registration"} <= schemas
