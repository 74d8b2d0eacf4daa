"""The kernel for Piccolo's own tools: it has no table classes, its few statements are written out."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

__all__ = ["APP_CONFIG"]

APP_CONFIG = AppConfig(
    app_name="kernel",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[],
)
