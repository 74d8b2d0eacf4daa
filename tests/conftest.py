"""What the whole suite has installed: the plug-ins of the product, and Lantern, which is the suite's own."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest

from core.host.discovery import Found, discover


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirement", metavar="R10", help="run the tests alone that prove this requirement")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what makes a database, so that plain `make` stays under a minute; keep what proves a requirement."""
    for item in items:
        if "database_server" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
    if row := config.getoption("--requirement"):
        kept = [item for item in items if any(row in mark.args for mark in item.iter_markers("requirement"))]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@pytest.fixture(scope="session")
def installed_plugins() -> Sequence[Found]:
    return [*discover(), Found("lantern", lambda: importlib.import_module("tests.lantern.plugin"))]


@pytest.fixture(scope="session")
def contract_examples() -> Mapping[str, Any]:
    return importlib.import_module("tests.contract.examples").EXAMPLES


@pytest.fixture(scope="session")
def contract_plugins(installed_plugins: Sequence[Found]) -> Collection[str]:
    return {found.name for found in installed_plugins}
