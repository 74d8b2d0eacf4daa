"""Files in: rosters and movements of an exchange folder, and rosters that come through the portal."""

from __future__ import annotations

from core.sdk import Import
from plugins.registration.imports.load import load_people

__all__ = ["IMPORTS"]

IMPORTS = (
    Import(name="registration.people", files=("rosters/*", "movements.csv"), load=load_people, order=10),
)
