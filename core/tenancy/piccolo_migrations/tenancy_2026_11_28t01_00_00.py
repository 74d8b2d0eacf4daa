"""Of every year that came in files the last day that they cover, not of the latest one alone."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl
from core.tenancy.piccolo_migrations.tenancy_2026_11_24t00_00_00 import OF_MY_REGION

ID = "2026-11-28T01:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "How far the files of each year go."

# The table as it is from now on.
TABLES = (
    ddl.Table(
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
            ("covered_to", "date[] NOT NULL DEFAULT '{}'"),
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
    ),
)

# Of the years before the latest it is not known any more how far they went: loading their folders again tells it.
STEPS = (
    "ALTER TABLE tenancy.tenant ADD COLUMN covered_to date[] NOT NULL DEFAULT '{}'",
    "UPDATE tenancy.tenant SET covered_to = ARRAY[books_to] WHERE books_to IS NOT NULL",
    "ALTER TABLE tenancy.tenant DROP COLUMN books_to",
)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "tenancy", DESCRIPTION, (), ddl.altering(*STEPS))
