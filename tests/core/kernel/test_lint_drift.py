"""The Piccolo classes against the live columns: a class that has drifted reads what is not there."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest

from core.app import CORE_AREAS
from core.contract.stored import kind_of
from core.kernel.catalogue.live import Relation, relations
from core.kernel.db import Database
from core.kernel.scope import Scope


def table_classes() -> Iterator[Any]:
    """Those of the platform; those of the plug-ins are the contract suite's affair."""
    for area in CORE_AREAS:
        if importlib.util.find_spec(f"core.{area}.piccolo_app") is not None:
            yield from importlib.import_module(f"core.{area}.piccolo_app").APP_CONFIG.table_classes


CLASSES = {f"{each._meta.schema}.{each._meta.tablename}": each for each in table_classes()}


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
    assert {"tenancy", "identity", "people", "figures", "host", "town"} <= schemas
