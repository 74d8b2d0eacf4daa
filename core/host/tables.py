"""What the town lets its tenants use."""

from __future__ import annotations

from piccolo.columns import UUID, Timestamptz, Varchar

from core.kernel.tables import TownTable

__all__ = ["PluginOffer"]


class PluginOffer(TownTable, tablename="plugin_offer", schema="host"):
    """One plug-in in one region: `offered` to its tenants, or `required` = on in all of them."""

    region_id = UUID()
    plugin = Varchar(length=40)
    mode = Varchar(length=10)
    changed_at = Timestamptz()
