"""Files in: the submitted reports of an exchange folder."""

from __future__ import annotations

from core.sdk import Import
from plugins.reporting.imports.load import complete_reports, load_reports
from plugins.reporting.imports.manual import MANUAL

__all__ = ["IMPORTS"]

IMPORTS = (
    Import(name="reporting.manual", files=(MANUAL,), load=load_reports, finish=complete_reports, order=90),
)
