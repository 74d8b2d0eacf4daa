"""A deployment for the towns of a whole module: each test takes a town code of its own.

At the end all figures of all these towns are computed from the source once more, and none may differ.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count
from pathlib import Path

import pytest

from core.app import Platform, open_platform
from core.figures.rebuild import rebuild
from core.host.discovery import Found
from core.kernel.ids import new_id
from core.testing import Server, platform_settings
from tests.oracle.plain import Plain

CODES = count(1)


@pytest.fixture(scope="module")
async def deployment(
    database_server: Server, template_database: str, installed_plugins: Sequence[Found], home: Path
) -> AsyncIterator[Platform]:
    """Migrated, with no town in it yet; what its tests leave, a rebuild does not change."""
    name = f"oracle_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    settings = platform_settings(database_server, name, home)
    async with open_platform(settings, ("app", "figures", "dispatch"), found=installed_plugins) as opened:
        yield opened
        assert await rebuild(opened.database, opened.catalogue) == 0
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def town_code() -> Callable[[], str]:
    """A code that no other town has."""
    return lambda: f"{next(CODES):09d}"


@pytest.fixture
def plain(tmp_path: Path, town_code: Callable[[], str]) -> Callable[..., Plain]:
    """Folders of one town, a year each."""
    code = town_code()

    def made(year: int = 2024, **told: object) -> Plain:
        return Plain(tmp_path / str(year), year, code, **told)  # type: ignore[arg-type]

    return made
