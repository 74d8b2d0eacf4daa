"""A service module whose migration fails is refused with the reason; the town and the other modules go on."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app import open_platform
from core.host.discovery import Found, discover
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from tests.specimens import importable

pytestmark = pytest.mark.slow

PLUGIN = """
from core.sdk import Plugin
plugin = Plugin(name="broken", title="T", description="D", requires_sdk=">=1.0,<2")
"""
MIGRATION = """
from core.sdk.migrations import Table, migration
ID, TABLES = "1", (Table(schema="broken", name="half", columns=(("word", "text"),)),)
async def fail():
    raise RuntimeError("half way")
async def forwards():
    return migration(ID, "broken", "Fails after its first table.", TABLES, fail)
"""


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Found]:
    package = tmp_path / "specimen_broken"
    (package / "piccolo_migrations").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "plugin.py").write_text(PLUGIN)
    (package / "piccolo_migrations" / "broken_2026_11_24t00_00_00.py").write_text(MIGRATION)
    with importable(tmp_path):
        yield Found("broken", lambda: importlib.import_module("specimen_broken.plugin"))


async def test_a_migration_that_throws_costs_its_own_module_alone(tmp_path: Path, broken: Found) -> None:
    settings = Settings(home=tmp_path / "home", redis_url="none")
    others = discover()
    async with open_platform(settings, found=[broken, *others]) as platform:
        assert {entry.name for entry in platform.registry.plugins} == {found.name for found in others}
        (refusal,) = platform.registry.refused
        assert refusal.name == "broken"
        assert "half way" in refusal.reason
        async with platform.database.transaction(Scope.nobody()) as tx:
            assert await tx.fetchval("SELECT to_regclass('broken.half') IS NULL")
            assert await tx.fetchval("SELECT to_regclass('registration.record') IS NOT NULL")
