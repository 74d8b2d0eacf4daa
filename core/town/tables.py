"""What the town keeps of its own: which files it was given and what became of them."""

from __future__ import annotations

from piccolo.columns import UUID, Integer, Text, Timestamptz

from core.kernel.tables import TownTable

__all__ = ["ExchangeFile"]


class ExchangeFile(TownTable, tablename="exchange_file", schema="town"):
    """One file or sheet of a year's exchange folder, as it was last loaded."""

    region_id = UUID()
    year = Integer()
    file = Text()
    sheet = Text()
    rows = Integer()
    accepted = Integer()
    rejected = Integer()
    warnings = Integer()
    loaded_at = Timestamptz()
