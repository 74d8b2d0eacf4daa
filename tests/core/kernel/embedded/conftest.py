"""Homes for real servers: one that has been started before, and one that is new."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.kernel.embedded.stage import Stage


def open_stage() -> Stage:
    folder = Path(tempfile.mkdtemp(prefix="townbridge-test-"))
    folder.chmod(0o755)
    return Stage(folder)


@pytest.fixture(scope="session")
def session_stage() -> Iterator[Stage]:
    stage = open_stage()
    stage.services().start().stop()
    yield stage
    stage.discard()


@pytest.fixture
def stage(session_stage: Stage) -> Iterator[Stage]:
    """A home whose servers have been started before and do not run; all tests share it."""
    yield session_stage
    session_stage.stop()


@pytest.fixture
def new_stage() -> Iterator[Stage]:
    """A home that does not exist yet."""
    stage = open_stage()
    yield stage
    stage.discard()
