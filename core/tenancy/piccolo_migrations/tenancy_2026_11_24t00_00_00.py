"""The first tables of tenancy."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl

ID = "2026-11-24T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Regions, tenants, units, firms, activations and settings."

OF_MY_REGION = "region_id = NULLIF(current_setting('app.region', true), '')::uuid"

REGION = ddl.Table(
    schema="tenancy",
    name="region",
    wall="reference",
    columns=(
        ("code", "text NOT NULL"),
        ("level", "text NOT NULL"),
        ("name_zh", "text NOT NULL"),
        ("name_en", "text NOT NULL"),
        ("parent_id", "uuid"),
        ("time_zone", "text NOT NULL"),
    ),
    unique=(("code",),),
    foreign=(ddl.Foreign(("parent_id",), "tenancy.region", ("id",)),),
    checks=("level IN ('county', 'town')",),
    grants=(ddl.Grant("figures", "SELECT"), ddl.Grant("dispatch", "SELECT")),
)

TENANT = ddl.Table(
    schema="tenancy",
    name="tenant",
    wall="town",
    columns=(
        ("region_id", "uuid NOT NULL"),
        ("code", "text NOT NULL"),
        ("slug", "text NOT NULL"),
        ("kind", "text NOT NULL"),
        ("name_zh", "text NOT NULL"),
        ("name_en", "text NOT NULL"),
        ("opened_on", "date NOT NULL"),
        ("closed_on", "date"),
        ("books_from", "date NOT NULL"),
        ("books_to", "date"),
    ),
    unique=(("slug",), ("region_id", "code")),
    foreign=(ddl.Foreign(("region_id",), "tenancy.region", ("id",)),),
    checks=(
        "kind IN ('enterprise_association', 'joint_branch', 'town_station')",
        "closed_on >= opened_on",
        "books_from >= opened_on",
    ),
    policies=(
        ddl.Door("own", "app", "SELECT", "id = NULLIF(current_setting('app.tenant', true), '')::uuid"),
        ddl.Door("region", "app", "ALL", OF_MY_REGION),
        ddl.Door("figures", "figures", "SELECT", "true"),
    ),
    grants=(ddl.Grant("figures", "SELECT"),),
)

UNIT = ddl.Table(
    schema="tenancy",
    name="unit",
    columns=(
        ("kind", "text NOT NULL"),
        ("name", "text NOT NULL"),
        ("parent_id", "uuid"),
        ("closed_on", "date"),
    ),
    unique=(("tenant_id", "kind", "name"),),
    foreign=(ddl.Foreign(("tenant_id", "parent_id"), "tenancy.unit"),),
    checks=("kind IN ('workshop', 'group')",),
)

FIRM = ddl.Table(
    schema="tenancy",
    name="firm",
    columns=(
        ("uscc", "text"),
        ("name_zh", "text NOT NULL"),
        ("short_zh", "text"),
        ("name_en", "text"),
        ("former_zh", "text"),
        ("industry", "text"),
        ("served_from", "date NOT NULL"),
        ("served_to", "date"),
    ),
    unique=(("tenant_id", "uscc", "served_from"),),
    checks=("served_to >= served_from",),
    indexes=(ddl.Index(("tenant_id", "name_zh")),),
)

ACTIVATION = ddl.Table(
    schema="tenancy",
    name="activation",
    columns=(
        ("region_id", "uuid NOT NULL"),
        ("plugin", "text NOT NULL"),
        ("is_on", "boolean NOT NULL"),
        ("changed_at", "timestamptz NOT NULL"),
    ),
    unique=(("tenant_id", "plugin"),),
    foreign=(ddl.Foreign(("region_id",), "tenancy.region", ("id",)),),
    doors=(
        ddl.Door("region", "app", "SELECT", OF_MY_REGION),
        ddl.Door("figures", "figures", "SELECT", "true"),
    ),
    grants=(ddl.Grant("figures", "SELECT"),),
)

SETTING = ddl.Table(
    schema="tenancy",
    name="setting",
    columns=(("plugin", "text NOT NULL"), ("name", "text NOT NULL"), ("value", "jsonb NOT NULL")),
    unique=(("tenant_id", "plugin", "name"),),
    checks=("plugin <> ''",),  # the platform's settings are the town's alone
)

REGION_SETTING = ddl.Table(
    schema="tenancy",
    name="region_setting",
    wall="reference",
    columns=(
        ("region_id", "uuid NOT NULL"),
        ("plugin", "text NOT NULL"),
        ("name", "text NOT NULL"),
        ("value", "jsonb NOT NULL"),
    ),
    unique=(("region_id", "plugin", "name"),),
    foreign=(ddl.Foreign(("region_id",), "tenancy.region", ("id",)),),
    grants=(ddl.Grant("figures", "SELECT"),),
)

TABLES = (REGION, TENANT, UNIT, FIRM, ACTIVATION, SETTING, REGION_SETTING)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "tenancy", DESCRIPTION, TABLES)
