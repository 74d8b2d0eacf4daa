"""What the whole suite has installed: the plug-ins of the product, and Lantern, which is the suite's own."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import settings

from core.host.discovery import Found, discover

LONG = ("walls", "abuse", "oracle", "journeys", "faults")
"""The folders with the longest work: begun first, so that no process is left with it when the others are done."""
ONE_SCENE = ("tests/walls/", "tests/abuse/")
"""What is built once for such a folder costs as much as its tests: one process has it all."""

# A machine that is slow is no fault. With `CI` set the cases are the same each time, else others are tried.
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirement", metavar="R10", help="run the tests alone that prove this requirement")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what makes a database, so that plain `make` stays under a minute; keep what proves a requirement."""
    items.sort(key=lambda item: _turn(item.nodeid))
    for item in items:
        if "database_server" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
    if row := config.getoption("--requirement"):
        kept = [item for item in items if any(row in mark.args for mark in item.iter_markers("requirement"))]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile` as it is, but that one process gets a whole folder of `ONE_SCENE`."""
    from xdist.scheduler import LoadFileScheduling

    class ByScene(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return next((folder for folder in ONE_SCENE if file.startswith(folder)), file)

    return ByScene(config, log) if config.getoption("dist") == "loadfile" else None


def _turn(test: str) -> int:
    folder = test.split("/")[1]
    return LONG.index(folder) if folder in LONG else len(LONG)


@pytest.fixture(scope="session")
def installed_plugins() -> Sequence[Found]:
    return [*discover(), Found("lantern", lambda: importlib.import_module("tests.lantern.plugin"))]


@pytest.fixture(scope="session")
def contract_examples() -> Mapping[str, Any]:
    return importlib.import_module("tests.contract.examples").EXAMPLES


@pytest.fixture(scope="session")
def contract_plugins(installed_plugins: Sequence[Found]) -> Collection[str]:
    return {found.name for found in installed_plugins}
