"""What a tenant has switched on. Whether the town offers it is the host's question."""

from __future__ import annotations

from uuid import UUID

from core.kernel import audit, clock
from core.kernel.db import Transaction
from core.kernel.ids import new_id
from core.tenancy import tables
from core.tenancy.keeping import locked_row
from core.tenancy.tenants import own_tenant

__all__ = ["activations_of_town", "switch_off", "switch_on", "switched_on"]


async def switch_on(tx: Transaction, plugin: str, reason: str = "") -> bool:
    """Switch a plug-in on in the scope's tenant; False when it was on already."""
    return await _switch(tx, plugin, to=True, reason=reason)


async def switch_off(tx: Transaction, plugin: str, reason: str = "") -> bool:
    """Switch a plug-in off; its data stay. False when it was off already."""
    return await _switch(tx, plugin, to=False, reason=reason)


async def switched_on(tx: Transaction) -> frozenset[str]:
    """The plug-ins that the scope's tenant has switched on."""
    table = tables.Activation
    rows = await table.select(table.plugin).where(table.is_on.eq(True))
    return frozenset(row["plugin"] for row in rows)


async def activations_of_town(tx: Transaction) -> dict[UUID, frozenset[str]]:
    """The plug-ins that each tenant of the scope's town has switched on; tenants without one are absent."""
    table = tables.Activation
    rows = await table.select_through_door(table.tenant_id, table.plugin).where(
        (table.region_id == tx.scope.region) & table.is_on.eq(True)
    )
    plugins: dict[UUID, set[str]] = {}
    for row in rows:
        plugins.setdefault(row["tenant_id"], set()).add(row["plugin"])
    return {tenant: frozenset(names) for tenant, names in plugins.items()}


async def _switch(tx: Transaction, plugin: str, *, to: bool, reason: str) -> bool:
    table = tables.Activation
    known = await locked_row(table, {"plugin": plugin})
    if (known["is_on"] if known else False) == to:
        return False
    if known:
        await table.update({"is_on": to, "changed_at": clock.now()}).where(table.id == known["id"])
        row_id = known["id"]
    else:
        row_id = new_id()
        region_id = (await own_tenant(tx)).region_id
        await table.insert(
            table(id=row_id, region_id=region_id, plugin=plugin, is_on=to, changed_at=clock.now())
        )
    action = "tenancy.plugin.switch-on" if to else "tenancy.plugin.switch-off"
    audit.record(tx, action, "activation", row_id, reason=reason, detail={"plugin": plugin})
    return True
