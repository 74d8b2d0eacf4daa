"""The base classes of all Piccolo tables: a tenant's rows are asked for with the tenant, always."""

from __future__ import annotations

import uuid
from typing import Any

from piccolo.columns import UUID, Column
from piccolo.query.methods.count import Count
from piccolo.query.methods.delete import Delete
from piccolo.query.methods.exists import Exists
from piccolo.query.methods.insert import Insert
from piccolo.query.methods.objects import Objects
from piccolo.query.methods.select import Select
from piccolo.query.methods.update import Update
from piccolo.table import Table

from core.kernel.db import DB, current
from core.kernel.errors import NoScope
from core.kernel.ids import new_id

__all__ = ["TenantTable", "TownTable", "current_tenant"]


def current_tenant() -> uuid.UUID:
    """The tenant of the open transaction; raises `NoScope` where there is none."""
    tenant = current().scope.tenant
    if tenant is None:
        raise NoScope("A tenant's table was asked for outside a tenant.")
    return tenant


def _tenant_of_new_row() -> uuid.UUID | None:
    # Piccolo also calls a default when the class is made, outside any transaction.
    try:
        return current_tenant()
    except NoScope:
        return None


class TownTable(Table):
    """A table without a tenant: accounts, regions, offers. Each is on the isolation lint's reasoned list."""

    id = UUID(primary_key=True, default=new_id)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**{"db": DB, **options})


class TenantTable(Table):
    """A table of the tenants' rows.

    The wall is the database's row policy; the filter here is the second one, and the one that Citus routes by.
    """

    tenant_id = UUID(default=_tenant_of_new_row)
    id = UUID(primary_key=True, default=new_id)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**{"db": DB, **options})

    @classmethod
    def insert(cls, *rows: Any) -> Insert[Any]:
        for row in rows:
            row.tenant_id = row.tenant_id or current_tenant()
        return super().insert(*rows)

    @classmethod
    def select(cls, *columns: Column | str, **options: Any) -> Select[Any]:
        return super().select(*columns, **options).where(cls.tenant_id == current_tenant())

    @classmethod
    def objects(cls, *prefetch: Any) -> Objects[Any]:
        return super().objects(*prefetch).where(cls.tenant_id == current_tenant())

    @classmethod
    def update(cls, values: Any = None, force: bool = False, **named: Any) -> Update[Any]:
        return super().update(values or {}, force, **named).where(cls.tenant_id == current_tenant())

    @classmethod
    def delete(cls, force: bool = False) -> Delete:
        return super().delete(force).where(cls.tenant_id == current_tenant())

    @classmethod
    def count(cls, *options: Any, **named: Any) -> Count:
        return super().count(*options, **named).where(cls.tenant_id == current_tenant())

    @classmethod
    def exists(cls) -> Exists[Any]:
        return super().exists().where(cls.tenant_id == current_tenant())

    @classmethod
    def select_through_door(cls, *columns: Column | str) -> Select[Any]:
        """Rows of several tenants, as far as a door's policy shows them; without a door: none but the tenant's."""
        return super().select(*columns)
