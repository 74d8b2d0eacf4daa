"""Homes for real servers: one that has been started before, and one that is new."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from core.testing import passing_folder
from tests.core.kernel.embedded.stage import Stage


@contextmanager
def open_stage() -> Generator[Stage]:
    with passing_folder() as folder:
        stage = Stage(folder)
        yield stage
        stage.discard()


@pytest.fixture(scope="session")
def session_stage() -> Iterator[Stage]:
    with open_stage() as stage:
        stage.services().start().stop()
        yield stage


@pytest.fixture
def stage(session_stage: Stage) -> Iterator[Stage]:
    """A home whose servers have been started before and do not run; all tests share it."""
    yield session_stage
    session_stage.stop()


@pytest.fixture
def new_stage() -> Iterator[Stage]:
    """A home that does not exist yet."""
    with open_stage() as stage:
        yield stage
