"""The tables of the town's order: regions, tenants, their units and firms, what is switched on, settings."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Text, Timestamptz

from core.kernel.tables import TenantTable, TownTable

__all__ = ["Activation", "Firm", "Region", "RegionSetting", "Setting", "Tenant", "Unit"]


class Region(TownTable, tablename="region", schema="tenancy"):
    """A town or the county above it."""

    code = Text(unique=True)
    level = Text()
    name_zh = Text()
    name_en = Text()
    parent_id = UUID(null=True, default=None)
    time_zone = Text()


class Tenant(TownTable, tablename="tenant", schema="tenancy"):
    """An association unit; shown by its policies to itself, to its town and to the figures."""

    region_id = UUID(default=None)
    code = Text()
    slug = Text(unique=True)
    kind = Text()
    name_zh = Text()
    name_en = Text()
    opened_on = Date(default=None)
    closed_on = Date(null=True, default=None)
    books_from = Date(default=None)
    covered_to = Array(base_column=Date(default=None), default=list)


class Unit(TenantTable, tablename="unit", schema="tenancy"):
    """A workshop of the firm or a group of members."""

    kind = Text()
    name = Text()
    parent_id = UUID(null=True, default=None)
    closed_on = Date(null=True, default=None)


class Firm(TenantTable, tablename="firm", schema="tenancy"):
    """A firm while this tenant serves it: [served_from, served_to), open while `served_to` is null."""

    uscc = Text(null=True, default=None)
    name_zh = Text()
    short_zh = Text(null=True, default=None)
    name_en = Text(null=True, default=None)
    former_zh = Text(null=True, default=None)
    industry = Text(null=True, default=None)
    served_from = Date(default=None)
    served_to = Date(null=True, default=None)


class Activation(TenantTable, tablename="activation", schema="tenancy"):
    """Whether the tenant has switched a plug-in on."""

    region_id = UUID(default=None)
    plugin = Text()
    is_on = Boolean(default=False)
    changed_at = Timestamptz(default=None)


class Setting(TenantTable, tablename="setting", schema="tenancy"):
    """A value that the tenant chose itself."""

    plugin = Text()
    name = Text()
    value = JSONB(default=None)


class RegionSetting(TownTable, tablename="region_setting", schema="tenancy"):
    """A value that the town or the county chose for its tenants; plugin '' is the platform."""

    region_id = UUID(default=None)
    plugin = Text()
    name = Text()
    value = JSONB(default=None)
