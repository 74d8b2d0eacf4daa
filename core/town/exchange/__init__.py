"""Loading an exchange folder of the format `town-exchange/1`: master files here, the rest by the plug-ins."""

from __future__ import annotations

from core.town.exchange.load import LoadReport, load_folder

__all__ = ["LoadReport", "load_folder"]
