"""Tenancy for Piccolo's own tools."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

from core.tenancy.tables import Activation, Firm, Region, RegionSetting, Setting, Tenant, Unit

__all__ = ["APP_CONFIG"]

APP_CONFIG = AppConfig(
    app_name="tenancy",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[Region, Tenant, Unit, Firm, Activation, Setting, RegionSetting],
)
