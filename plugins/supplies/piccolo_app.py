"""The plug-in's part of the database, for Piccolo's own tools; the product reads the migrations itself."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

from plugins.supplies.tables import TABLES

__all__ = ["APP_CONFIG"]

APP_CONFIG = AppConfig(
    app_name="supplies",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[use.table for use in TABLES],
)
