"""Looking after what lies there: inspections, counts, people to be told of a recall, files of machines."""

from __future__ import annotations

from piccolo.columns import UUID, Date, Integer, Text, Timestamptz

from core.sdk import TableUse, TenantTable

__all__ = ["TABLES", "Inspection", "MachineFile", "RecallNotice", "Stocktake", "StocktakeLine"]


class Inspection(TenantTable, tablename="inspection", schema="supplies"):
    """Somebody looked at a lot that lay for long; results are those of `services.keeping`."""

    day = Date()
    point = Text()
    sku = Text()
    lot = Text()
    result = Text()
    note = Text(default="")
    made_at = Timestamptz()
    made_by = UUID(null=True, default=None)


class Stocktake(TenantTable, tablename="stocktake", schema="supplies"):
    """A count of a point; states are those of `services.counting`."""

    point = Text()
    day = Date()
    state = Text()
    started_at = Timestamptz()
    started_by = UUID(null=True, default=None)
    counted_by = UUID(null=True, default=None)
    applied_by = UUID(null=True, default=None)


class StocktakeLine(TenantTable, tablename="stocktake_line", schema="supplies"):
    """A lot that is counted; `book` is what the books said when the number was entered."""

    stocktake_id = UUID(default=None)
    sku = Text()
    lot = Text()
    expiry = Date()
    counted = Integer(null=True, default=None)
    book = Integer(null=True, default=None)


class RecallNotice(TenantTable, tablename="recall_notice", schema="supplies"):
    """Somebody who received a recalled lot and asked to be told."""

    recall_id = UUID(default=None)
    person_id = UUID(default=None)
    told_at = Timestamptz(null=True, default=None)
    told_by = UUID(null=True, default=None)


class MachineFile(TenantTable, tablename="machine_file", schema="supplies"):
    """A file of a vending machine: its rows with what would become of them, until they are entered."""

    point = Text()
    file_name = Text()
    state = Text()
    rows = Text()
    """JSON, see `services.machines.MachineRow`."""
    accepted = Integer(default=0)
    rejected = Integer(default=0)
    known = Integer(default=0)
    """Rows that an earlier file has brought."""
    sent_at = Timestamptz()
    sent_by = UUID(null=True, default=None)


TABLES = (
    TableUse(table=Inspection, compartment="supplies"),
    TableUse(table=Stocktake, compartment="supplies"),
    TableUse(table=StocktakeLine, compartment="supplies"),
    TableUse(table=RecallNotice, compartment="supplies", person_column="person_id"),
    TableUse(table=MachineFile, compartment="supplies"),
)
