"""A plug-in's settings for one tenant: the tenant's value, else the town's, else the default."""

from __future__ import annotations

from typing import Any

import msgspec

from core.host.registry import Registry
from core.kernel.db import Transaction
from core.sdk.ctx import TenantPlace

__all__ = ["plugin_settings"]

CHOSEN = """
SELECT name, value::text FROM tenancy.region_setting WHERE region_id = $2 AND plugin = $1
UNION ALL
SELECT name, value::text FROM tenancy.setting WHERE tenant_id = $3 AND plugin = $1
"""


async def plugin_settings(
    transaction: Transaction, registry: Registry, plugin: str | None, place: TenantPlace
) -> dict[str, Any]:
    """The values by name; a value for a field that the plug-in no longer has is left out."""
    entry = registry.get(plugin) if plugin else None
    if entry is None or entry.settings is None:
        return {}
    chosen: dict[str, Any] = {}
    for row in await transaction.fetch(CHOSEN, plugin, place.region_id, place.id):
        chosen[row["name"]] = msgspec.json.decode(row["value"])
    return {name: value for name, value in chosen.items() if name in entry.settings.__struct_fields__}
