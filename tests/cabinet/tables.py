"""A table in each compartment, all of the same form."""

from __future__ import annotations

from piccolo.columns import UUID, Date, Text

from core.sdk import TableUse, TenantTable

__all__ = ["DRAWERS", "TABLES"]


class Benefits(TenantTable, tablename="benefits", schema="cabinet"):
    label = Text()
    day = Date(default=None)
    person_id = UUID(null=True, default=None)


class Health(TenantTable, tablename="health", schema="cabinet"):
    label = Text()
    day = Date(default=None)
    person_id = UUID(null=True, default=None)


class Membership(TenantTable, tablename="membership", schema="cabinet"):
    label = Text()
    day = Date(default=None)
    person_id = UUID(null=True, default=None)


class Registry(TenantTable, tablename="registry", schema="cabinet"):
    label = Text()
    day = Date(default=None)
    person_id = UUID(null=True, default=None)


class Reports(TenantTable, tablename="reports", schema="cabinet"):
    label = Text()
    day = Date(default=None)
    person_id = UUID(null=True, default=None)


class Rights(TenantTable, tablename="rights", schema="cabinet"):
    label = Text()
    day = Date(default=None)
    person_id = UUID(null=True, default=None)


class Supplies(TenantTable, tablename="supplies", schema="cabinet"):
    label = Text()
    day = Date(default=None)
    person_id = UUID(null=True, default=None)


DRAWERS: dict[str, type[TenantTable]] = {
    table._meta.tablename: table
    for table in (Benefits, Health, Membership, Registry, Reports, Rights, Supplies)
}
"""By compartment."""

TABLES = tuple(TableUse(table=table, compartment=name) for name, table in DRAWERS.items())
