"""The composition root: settings -> kernel -> host -> town and tenants -> Litestar."""

from __future__ import annotations

from pathlib import Path

from core.kernel.migrations import App

__all__ = ["CORE_AREAS", "migration_apps"]

CORE_AREAS = ("kernel", "tenancy", "identity", "people", "figures", "host")


def migration_apps() -> list[App]:
    """The migration histories in the order in which they build on each other."""
    root = Path(__file__).parent
    return [
        App(area, folder) for area in CORE_AREAS if (folder := root / area / "piccolo_migrations").is_dir()
    ]
