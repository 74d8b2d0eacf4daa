"""Homes for real servers: one that has been started before, and one that is new."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.kernel.embedded.stage import Stage

MEMORY = Path("/dev/shm")  # noqa: S108
"""A data folder has a thousand files, and some disks take a second to make them again and again."""


def has_room(place: Path) -> bool:
    if not os.access(place, os.W_OK):
        return False
    about = os.statvfs(place)
    return about.f_bavail * about.f_frsize > 2 * 1024**3 and not about.f_flag & os.ST_NOEXEC


def open_stage() -> Stage:
    place = MEMORY if has_room(MEMORY) else None
    folder = Path(tempfile.mkdtemp(prefix="townbridge-test-", dir=place))
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
