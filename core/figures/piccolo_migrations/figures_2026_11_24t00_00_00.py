"""Figure cells, stale marks, and the least common multiple by which fractions are added."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel.db import current
from core.kernel.ddl import Door, Grant, Table, migration

ID = "figures_2026_11_24t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "figure cells, stale marks"

OF_MY_REGION = "region_id = NULLIF(current_setting('app.region', true), '')::uuid"

TABLES = (
    Table(
        schema="figures",
        name="stale",
        of_a_tenant=False,
        append_only=True,
        columns=(
            ("source", "text NOT NULL"),
            ("first_day", "date NOT NULL"),
            ("is_onward", "boolean NOT NULL"),
        ),
        doors=(Door("figures_all", "figures", "ALL", "true"),),
        grants=(Grant("figures", "SELECT, INSERT, DELETE"),),
    ),
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
        checks=("divisor > 0",),
        doors=(
            Door("region", "app", "SELECT", OF_MY_REGION),
            Door("figures_all", "figures", "ALL", "true"),
        ),
        grants=(Grant("figures", "SELECT, INSERT, UPDATE, DELETE"),),
    ),
)


FUNCTIONS = (
    (
        "CREATE AGGREGATE figures.lcm(bigint) "
        "(SFUNC = pg_catalog.lcm, STYPE = bigint, INITCOND = '1', COMBINEFUNC = pg_catalog.lcm, PARALLEL = SAFE)"
    ),
)


async def add_fractions() -> None:
    """`figures.lcm`: the common divisor of a group of cells, from PostgreSQL's own lcm(bigint, bigint)."""
    for statement in FUNCTIONS:
        await current().execute(statement)
    await current().execute(
        "DO $citus$ BEGIN IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') "
        "THEN PERFORM create_distributed_function('figures.lcm(bigint)'); END IF; END $citus$"
    )


async def forwards() -> MigrationManager:
    return migration(ID, "figures", DESCRIPTION, TABLES, add_fractions)
