"""The people app, for Piccolo's own tools."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

from core.people.tables import (
    AccessLog,
    Consent,
    Erasure,
    FieldCorrection,
    Merge,
    MergeRow,
    Movement,
    MovementCorrection,
    Person,
    Pseudonym,
    Refusal,
    Residence,
    SetAside,
)

__all__ = ["APP_CONFIG"]

APP_CONFIG = AppConfig(
    app_name="people",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        Person,
        Pseudonym,
        Consent,
        AccessLog,
        Movement,
        Residence,
        MovementCorrection,
        FieldCorrection,
        Erasure,
        Refusal,
        Merge,
        MergeRow,
        SetAside,
    ],
)
