"""The town's tables for Piccolo's own tools."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

from core.town.tables import ExchangeFile

__all__ = ["APP_CONFIG"]

APP_CONFIG = AppConfig(
    app_name="town",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[ExchangeFile],
)
