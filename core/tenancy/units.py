"""Workshops and members' groups of a tenant."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.kernel.db import Transaction
from core.kernel.errors import NotFound
from core.kernel.sound import sound_of
from core.tenancy import tables
from core.tenancy.keeping import Row, keep, locked_row

__all__ = ["Unit", "UnitKind", "add_unit", "close_unit", "list_units"]

UnitKind = Literal["workshop", "group"]


class Unit(Struct, frozen=True, kw_only=True):
    """A workshop of the firm, or a group of members."""

    id: UUID
    kind: UnitKind
    name: str
    parent_id: UUID | None
    closed_on: date | None


async def add_unit(
    tx: Transaction, name: str, kind: UnitKind = "workshop", parent_id: UUID | None = None
) -> Unit:
    """Add a unit to the scope's tenant; the same kind and name again is the same unit."""
    if parent_id is not None and await locked_row(tables.Unit, {"id": parent_id}) is None:
        raise NotFound
    row = await keep(
        tx, tables.Unit, noun="unit", key={"kind": kind, "name": name}, values={"parent_id": parent_id}
    )
    return _unit(row)


async def close_unit(tx: Transaction, unit_id: UUID, closed_on: date | None) -> Unit:
    """Close a unit after its last day, or open it again with None."""
    if await locked_row(tables.Unit, {"id": unit_id}) is None:
        raise NotFound
    return _unit(
        await keep(tx, tables.Unit, noun="unit", key={"id": unit_id}, values={"closed_on": closed_on})
    )


async def list_units(tx: Transaction) -> list[Unit]:
    """The units of the scope's tenant by kind and sound, closed ones included."""
    units = [_unit(row) for row in await tables.Unit.select()]
    return sorted(units, key=lambda unit: (unit.kind, sound_of(unit.name)))


def _unit(row: Row) -> Unit:
    return Unit(**{name: row[name] for name in Unit.__struct_fields__})
