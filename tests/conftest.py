"""What the whole suite has installed: the plug-ins of the product, and Lantern, which is the suite's own."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import pytest

from core.host.discovery import Found, discover


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what makes a database, so that plain `make` stays under a minute."""
    for item in items:
        if "database_server" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session")
def installed_plugins() -> Sequence[Found]:
    return [*discover(), Found("lantern", lambda: importlib.import_module("tests.lantern.plugin"))]
