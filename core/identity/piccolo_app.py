"""Identity for Piccolo's own tools."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

from core.identity.tables import (
    Account,
    ApiToken,
    Invitation,
    LastUsed,
    Membership,
    Pepper,
    Session,
    SignInEvent,
    Throttle,
    TownRole,
)

__all__ = ["APP_CONFIG"]

APP_CONFIG = AppConfig(
    app_name="identity",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        Account,
        Session,
        Throttle,
        SignInEvent,
        Pepper,
        ApiToken,
        Invitation,
        TownRole,
        Membership,
        LastUsed,
    ],
)
