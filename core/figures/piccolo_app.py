"""The figures' tables for Piccolo's own tools."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

from core.figures.tables import Stale

__all__ = ["APP_CONFIG"]

APP_CONFIG = AppConfig(
    app_name="figures",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[Stale],
)
