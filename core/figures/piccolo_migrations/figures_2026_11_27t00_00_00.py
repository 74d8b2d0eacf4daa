"""A figure is a number or unknown: PostgreSQL's numeric would also take NaN."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel.db import current
from core.kernel.ddl import Door, Grant, Table, migration

ID = "figures_2026_11_27t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "no NaN in figure cells"

OF_MY_REGION = "region_id = NULLIF(current_setting('app.region', true), '')::uuid"

# The table as it is from now on.
TABLES = (
    Table(
        schema="figures",
        name="figure",
        of_a_tenant=False,
        read_only=True,
        key=("tenant_id", "period", "indicator", "cut"),
        columns=(
            ("region_id", "uuid NOT NULL"),
            ("period", 'text COLLATE "C" NOT NULL'),
            ("indicator", 'text COLLATE "C" NOT NULL'),
            ("cut", 'text COLLATE "C" NOT NULL'),
            ("num", "numeric"),
            ("divisor", "bigint NOT NULL DEFAULT 1"),
            ("den", "numeric"),
        ),
        checks=("divisor > 0", "num <> 'NaN'", "den <> 'NaN'"),
        doors=(
            Door("region", "app", "SELECT", OF_MY_REGION),
            Door("figures_all", "figures", "ALL", "true"),
        ),
        grants=(Grant("figures", "SELECT, INSERT, UPDATE, DELETE"),),
    ),
)


async def refuse_nan() -> None:
    await current().execute("ALTER TABLE figures.figure ADD CHECK (num <> 'NaN'), ADD CHECK (den <> 'NaN')")


async def forwards() -> MigrationManager:
    return migration(ID, "figures", DESCRIPTION, (), refuse_nan)
