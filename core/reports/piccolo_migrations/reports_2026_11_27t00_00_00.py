"""Reports, their steps, and the cells of every submission."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel.ddl import Door, Foreign, Grant, Index, Table, migration

ID = "reports_2026_11_27t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "reports, steps, submitted cells"

OF_MY_REGION = "region_id = NULLIF(current_setting('app.region', true), '')::uuid"
CODE = 'text COLLATE "C" NOT NULL'

TABLES = (
    Table(
        schema="reports",
        name="report",
        columns=(
            ("region_id", "uuid NOT NULL"),
            ("form", CODE),
            ("form_version", "int NOT NULL"),
            ("period", CODE),
            ("first_day", "date NOT NULL"),
            ("due_on", "date NOT NULL"),
            ("state", "text NOT NULL DEFAULT 'draft'"),
            ("version", "int NOT NULL DEFAULT 1"),
            ("submissions", "int NOT NULL DEFAULT 0"),
            ("received_on", "date"),
            ("prepared_by", "uuid"),
        ),
        unique=(("tenant_id", "form", "period"),),
        checks=(
            "state IN ('draft', 'prepared', 'submitted', 'returned', 'approved', 'locked', 'reopened')",
            "(submissions = 0) = (received_on IS NULL)",
            "submissions > 0 OR state IN ('draft', 'prepared')",
        ),
        indexes=(Index(("tenant_id", "form", "first_day")),),
        doors=(
            Door("region", "app", "SELECT", OF_MY_REGION),
            Door("region_decides", "app", "UPDATE", OF_MY_REGION),
            Door("figures", "figures", "SELECT", "true"),
        ),
        grants=(
            Grant(
                "figures",
                "SELECT",
                ("tenant_id", "id", "form", "first_day", "due_on", "submissions", "received_on"),
            ),
        ),
    ),
    Table(
        schema="reports",
        name="step",
        append_only=True,
        columns=(
            ("region_id", "uuid NOT NULL"),
            ("report_id", "uuid NOT NULL"),
            ("at", "timestamptz NOT NULL"),
            ("actor", "uuid"),
            ("act", "text NOT NULL"),
            ("state", "text NOT NULL"),
            ("submission", "int NOT NULL"),
            ("reason", "text NOT NULL DEFAULT ''"),
            ("indicator", "text NOT NULL DEFAULT ''"),
            ("cut", "text NOT NULL DEFAULT ''"),
        ),
        foreign=(Foreign(("tenant_id", "report_id"), "reports.report"),),
        indexes=(Index(("tenant_id", "report_id", "at")),),
        doors=(
            Door("region", "app", "SELECT", OF_MY_REGION),
            Door("region_decides", "app", "INSERT", OF_MY_REGION),
        ),
    ),
    Table(
        schema="reports",
        name="cell",
        append_only=True,
        key=("tenant_id", "report_id", "submission", "indicator", "cut"),
        columns=(
            ("region_id", "uuid NOT NULL"),
            ("report_id", "uuid NOT NULL"),
            ("submission", "int NOT NULL"),
            ("indicator", CODE),
            ("cut", CODE),
            ("num", "numeric"),
            ("divisor", "bigint NOT NULL DEFAULT 1"),
            ("den", "numeric"),
            ("source", "text NOT NULL"),
            ("remark", "text NOT NULL DEFAULT ''"),
        ),
        checks=("divisor > 0", "source IN ('computed', 'hand')", "num <> 'NaN'", "den <> 'NaN'"),
        foreign=(Foreign(("tenant_id", "report_id"), "reports.report"),),
        doors=(
            Door("region", "app", "SELECT", OF_MY_REGION),
            Door("figures", "figures", "SELECT", "true"),
        ),
        grants=(
            Grant(
                "figures",
                "SELECT",
                ("tenant_id", "report_id", "submission", "indicator", "cut", "num", "divisor", "den"),
            ),
        ),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "reports", DESCRIPTION, TABLES)
