"""A home for the tests that break one, and the table at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.home import Home, a_free_port, new_home
from tests.faults.sizes import SIZES
from tests.faults.small_disk import may_mount
from tests.faults.table import PROPERTY, Tally, table


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """One home for all of these tests."""
    with new_home() as made:
        yield made


@pytest.fixture
def processes(home: Home) -> Iterator[Home]:
    """The home; what a test starts in it ends with the test."""
    yield home
    home.end()


@pytest.fixture
def free_port() -> int:
    return a_free_port()


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Callable[[str], Tally]]:
    """Count what a fault costs, for the table at the end; also when the test fails."""
    made: list[Tally] = []

    def new(fault: str) -> Tally:
        made.append(Tally(fault=fault, words=[]))
        return made[-1]

    yield new
    for each in made:
        record_property(*each.noted)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "full_size: left to `make faults`")
    config.addinivalue_line("markers", "mounts: mounts a disk, which only root may")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is left out is counted by pytest as deselected."""
    left_out: set[str] = set() if SIZES.is_full else {"full_size"}
    with tempfile.TemporaryDirectory() as folder:
        if any(item.get_closest_marker("mounts") for item in items) and not may_mount(Path(folder)):
            left_out.add("mounts")
    left = [item for item in items if left_out & {mark.name for mark in item.iter_markers()}]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for each in terminalreporter.stats.values() for report in each]
    noted = [
        value
        for report in reports
        if getattr(report, "when", "") == "teardown"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    if noted:
        terminalreporter.section("what was broken, and what it cost")
        terminalreporter.write_line(table(noted))
