"""The catalogue and recalls of a town; points, the ledger, stock and recipients of a unit."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Door, Foreign, Grant, Index, Table, migration

ID = "supplies_2026_11_28t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "catalogue, recalls, points, ledger, stock, recipients"

FIGURES_READ = (Door("figures_read", "figures", "SELECT", "true"),)
FIGURES_MAY = (Grant("figures", "SELECT"),)
OF_PERSON = Foreign(("tenant_id", "person_id"), "people.person")
OF_VOUCHER = Foreign(("tenant_id", "voucher_id"), "supplies.voucher")
AT_POINT = Foreign(("tenant_id", "point"), "supplies.point", ("tenant_id", "code"))

KINDS = "('RECEIPT', 'ISSUE', 'RETURN', 'TRANSFER_IN', 'TRANSFER_OUT', 'LOSS', 'ADJUST')"
ADDING = "('RECEIPT', 'RETURN', 'TRANSFER_IN', 'ADJUST')"

RECIPIENT = (
    ("voucher_id", "uuid NOT NULL"),
    ("person_id", "uuid NOT NULL"),
    ("day", "date NOT NULL"),
)

TABLES = (
    Table(
        schema="supplies",
        name="catalogue",
        wall="published",
        append_only=True,
        columns=(
            ("version", "int NOT NULL"),
            ("valid_from", "date NOT NULL"),
            ("factor_set", "text NOT NULL"),
            ("body", "text NOT NULL"),
            ("published_at", "timestamptz NOT NULL"),
            ("published_by", "uuid"),
        ),
        unique=(("region_id", "version"),),
        checks=("version > 0",),
    ),
    Table(
        schema="supplies",
        name="recall",
        wall="published",
        columns=(
            ("sku", "text NOT NULL"),
            ("lot", "text NOT NULL"),
            ("recalled_on", "date NOT NULL"),
            ("reason", "text NOT NULL"),
            ("withdrawn_on", "date"),
            ("announced_at", "timestamptz NOT NULL"),
            ("announced_by", "uuid"),
        ),
        unique=(("region_id", "sku", "lot"),),
    ),
    Table(
        schema="supplies",
        name="point",
        compartment="supplies",
        columns=(
            ("code", "text NOT NULL"),
            ("name", "text NOT NULL"),
            ("kind", "text NOT NULL"),
            ("firm_id", "uuid"),
            ("is_open", "boolean NOT NULL DEFAULT true"),
            ("min_months", "smallint NOT NULL DEFAULT 2"),
            ("max_months", "smallint NOT NULL DEFAULT 3"),
            ("emergency_tenths", "smallint NOT NULL DEFAULT 5"),
            ("opened_on", "date NOT NULL"),
            ("closed_on", "date"),
        ),
        unique=(("tenant_id", "code"),),
        checks=(
            "kind IN ('STATION', 'CLINIC', 'BOX', 'OUTREACH', 'MACHINE', 'CONSIGNMENT')",
            "min_months BETWEEN 0 AND 60 AND max_months BETWEEN min_months AND 60",
            "emergency_tenths BETWEEN 0 AND min_months * 10",
        ),
        foreign=(Foreign(("tenant_id", "firm_id"), "tenancy.firm"),),
        doors=FIGURES_READ,
        grants=FIGURES_MAY,
    ),
    Table(
        schema="supplies",
        name="book",
        compartment="supplies",
        columns=(
            ("starts_on", "date NOT NULL"),
            ("ends_on", "date"),
            ("kept_to", "date NOT NULL"),
        ),
        unique=(("tenant_id", "starts_on"),),
        checks=("ends_on >= starts_on",),
        doors=FIGURES_READ,
        grants=FIGURES_MAY,
    ),
    Table(
        schema="supplies",
        name="voucher",
        compartment="supplies",
        append_only=True,
        columns=(
            ("kind", "text NOT NULL"),
            ("day", "date NOT NULL"),
            ("point", "text NOT NULL"),
            ("reference", "text NOT NULL DEFAULT ''"),
            ("note", "text NOT NULL DEFAULT ''"),
            ("is_anonymous", "boolean NOT NULL DEFAULT false"),
            ("override", "text NOT NULL DEFAULT ''"),
            ("is_clinician", "boolean NOT NULL DEFAULT false"),
            ("eligibility", "smallint"),
            ("transfer_id", "uuid"),
            ("other", "text NOT NULL DEFAULT ''"),
            ("reverses_id", "uuid"),
            ("key", "text"),
            ("made_at", "timestamptz NOT NULL"),
            ("made_by", "uuid"),
        ),
        unique=(("tenant_id", "reverses_id"), ("tenant_id", "key")),
        checks=(
            f"kind IN {KINDS}",
            "eligibility BETWEEN 1 AND 4",
            "note = '' OR kind NOT IN ('ISSUE', 'RETURN')",
        ),
        foreign=(AT_POINT, Foreign(("tenant_id", "reverses_id"), "supplies.voucher")),
        indexes=(
            Index(("tenant_id", "point", "day")),
            Index(("tenant_id", "transfer_id"), where="transfer_id IS NOT NULL"),
        ),
        doors=FIGURES_READ,
        grants=FIGURES_MAY,
    ),
    Table(
        schema="supplies",
        name="entry",
        compartment="supplies",
        append_only=True,
        columns=(
            ("voucher_id", "uuid NOT NULL"),
            ("book", "date NOT NULL"),
            ("day", "date NOT NULL"),
            ("point", "text NOT NULL"),
            ("sku", "text NOT NULL"),
            ("lot", "text NOT NULL"),
            ("expiry", "date NOT NULL"),
            ("kind", "text NOT NULL"),
            ("quantity", "int NOT NULL"),
            ("change", "int NOT NULL"),
            ("reason", "text NOT NULL DEFAULT ''"),
            ("method", "text NOT NULL"),
            ("figure", "text NOT NULL DEFAULT ''"),
            ("is_tracer", "boolean NOT NULL DEFAULT false"),
            ("cyp_num", "bigint"),
            ("cyp_den", "bigint"),
            ("row_ref", "text"),
            ("reverses_id", "uuid"),
        ),
        unique=(("tenant_id", "row_ref"), ("tenant_id", "reverses_id")),
        checks=(
            f"kind IN {KINDS}",
            f"quantity <> 0 AND change = CASE WHEN kind IN {ADDING} THEN quantity ELSE -quantity END",
            "kind = 'ADJUST' OR (quantity > 0) = (reverses_id IS NULL)",
            "cyp_den > 0 AND (cyp_num IS NULL) = (cyp_den IS NULL)",
            "day >= book",
        ),
        foreign=(
            OF_VOUCHER,
            AT_POINT,
            Foreign(("tenant_id", "book"), "supplies.book", ("tenant_id", "starts_on")),
            Foreign(("tenant_id", "reverses_id"), "supplies.entry"),
        ),
        indexes=(
            Index(("tenant_id", "voucher_id")),
            Index(("tenant_id", "day")),
            Index(("tenant_id", "point", "sku", "lot", "day"), include=("book", "change")),
        ),
        doors=FIGURES_READ,
        grants=FIGURES_MAY,
    ),
    Table(
        schema="supplies",
        name="stock",
        compartment="supplies",
        columns=(
            ("point", "text NOT NULL"),
            ("sku", "text NOT NULL"),
            ("lot", "text NOT NULL"),
            ("expiry", "date NOT NULL"),
            ("balance", "int NOT NULL"),
            ("received_on", "date NOT NULL"),
            ("inspected_on", "date"),
            ("held_since", "date"),
            ("held_reason", "text NOT NULL DEFAULT ''"),
        ),
        unique=(("tenant_id", "point", "sku", "lot"),),
        checks=("balance >= 0",),
        foreign=(AT_POINT,),
        indexes=(Index(("tenant_id", "sku", "expiry")),),
    ),
    Table(
        schema="supplies",
        name="recipient",
        compartment="supplies",
        columns=RECIPIENT,
        unique=(("tenant_id", "voucher_id"),),
        foreign=(OF_VOUCHER, OF_PERSON),
        indexes=(
            Index(("tenant_id", "person_id", "day"), include=("voucher_id",)),
            Index(("tenant_id", "day")),
        ),
        doors=FIGURES_READ,
        grants=FIGURES_MAY,
    ),
    Table(
        schema="supplies",
        name="past_recipient",
        compartment="archive",
        columns=RECIPIENT,
        unique=(("tenant_id", "voucher_id"),),
        foreign=(OF_VOUCHER, OF_PERSON),
        indexes=(Index(("tenant_id", "person_id", "day"), include=("voucher_id",)),),
        doors=FIGURES_READ,
        grants=FIGURES_MAY,
    ),
    Table(
        schema="supplies",
        name="client",
        compartment="supplies",
        columns=(("person_id", "uuid NOT NULL"), ("recall_agreed_on", "date")),
        unique=(("tenant_id", "person_id"),),
        foreign=(OF_PERSON,),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "supplies", DESCRIPTION, TABLES)
