"""Settings: what the tenant chose, else the town, else the county, else the default of the Struct."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from core.kernel import audit
from core.kernel.db import Transaction
from core.kernel.errors import Forbidden
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.tenancy import tables

__all__ = ["forget_settings", "read_settings", "write_settings"]

Settings = TypeVar("Settings", bound=Struct)

# Later rows lie over earlier ones: county, town, tenant.
_LAYERS = """
SELECT name, value FROM (
    SELECT CASE WHEN s.region_id = r.id THEN 1 ELSE 0 END AS layer, s.name, s.value
    FROM tenancy.region r JOIN tenancy.region_setting s ON s.region_id IN (r.id, r.parent_id)
    WHERE r.id = COALESCE($2, (SELECT t.region_id FROM tenancy.tenant t WHERE t.id = $1)) AND s.plugin = $3
    UNION ALL
    SELECT 2, name, value FROM tenancy.setting WHERE tenant_id = $1 AND plugin = $3
) layers ORDER BY layer
"""


async def read_settings(tx: Transaction, plugin: str, kind: type[Settings]) -> Settings:
    """The settings of a plug-in ('' = the platform) where the scope is: a tenant or a town.

    A value that a newer version no longer knows, or takes in another form, counts as not set.
    """
    rows = await tx.fetch(_LAYERS, tx.scope.tenant, tx.scope.region, plugin)
    values = {row["name"]: msgspec.json.decode(row["value"]) for row in rows}
    values = {name: value for name, value in values.items() if _is_usable(kind, name, value)}
    return msgspec.convert(values, kind)


async def write_settings(
    tx: Transaction, plugin: str, settings: Struct, only: Collection[str] | None = None
) -> list[str]:
    """Keep values as the tenant's own, in a town's scope as the town's; the names of those that changed.

    `only` names the fields to keep (as they are stored); the others stay inherited.
    """
    wanted: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(settings))
    if only is not None:
        wanted = {name: wanted[name] for name in only}
    known = await _own(tx, plugin)
    new = {name: value for name, value in wanted.items() if name not in known or known[name] != value}
    for name, value in new.items():
        await _write(tx, plugin, name, msgspec.json.encode(value).decode(), is_known=name in known)
    if new:
        before = {name: known[name] for name in new if name in known}
        _note(tx, plugin, "tenancy.settings.change", sorted(new), before, new)
    return sorted(new)


async def forget_settings(tx: Transaction, plugin: str, names: Collection[str]) -> list[str]:
    """Go back to what is inherited; the names of those that were set."""
    known = await _own(tx, plugin)
    gone = sorted(set(names) & set(known))
    if gone:
        table, where = _place(tx, plugin)
        await table.delete().where(where & table.name.is_in(gone))
        _note(tx, plugin, "tenancy.settings.forget", gone, {name: known[name] for name in gone}, None)
    return gone


def _is_usable(kind: type[Struct], name: str, value: object) -> bool:
    for field in msgspec.structs.fields(kind):
        if field.encode_name == name:
            try:
                msgspec.convert(value, field.type)
            except msgspec.ValidationError:
                return False
            return True
    return False


def _place(tx: Transaction, plugin: str) -> tuple[Any, Any]:
    if tx.scope.region is not None:
        town = tables.RegionSetting
        return town, (town.region_id == tx.scope.region) & (town.plugin == plugin)
    if tx.scope.tenant is None or not plugin:
        raise Forbidden(_("The settings of the platform belong to the town."), _("Ask the town association."))
    return tables.Setting, tables.Setting.plugin == plugin


async def _own(tx: Transaction, plugin: str) -> dict[str, Any]:
    table, where = _place(tx, plugin)
    rows = await table.select(table.name, table.value).where(where)
    return {row["name"]: msgspec.json.decode(row["value"]) for row in rows}


async def _write(tx: Transaction, plugin: str, name: str, value: str, *, is_known: bool) -> None:
    table, where = _place(tx, plugin)
    if is_known:
        await table.update({"value": value}).where(where & (table.name == name))
        return
    place = {} if tx.scope.region is None else {"region_id": tx.scope.region}
    await table.insert(table(id=new_id(), plugin=plugin, name=name, value=value, **place))


def _note(tx: Transaction, plugin: str, action: str, names: list[str], before: object, after: object) -> None:
    detail = {"plugin": plugin, "names": names}
    audit.record(tx, action, "settings", tx.scope.tenant, before=before, after=after, detail=detail)
