"""The tables of supplies."""

from __future__ import annotations

from plugins.supplies.tables import keeping, ledger, orders
from plugins.supplies.tables.keeping import Inspection, MachineFile, RecallNotice, Stocktake, StocktakeLine
from plugins.supplies.tables.ledger import (
    Book,
    CatalogueVersion,
    Client,
    Entry,
    PastRecipient,
    Point,
    Recall,
    Recipient,
    Stock,
    Voucher,
)
from plugins.supplies.tables.orders import Requisition, RequisitionLine, Shipment, ShipmentLine

__all__ = [
    "TABLES",
    "Book",
    "CatalogueVersion",
    "Client",
    "Entry",
    "Inspection",
    "MachineFile",
    "PastRecipient",
    "Point",
    "Recall",
    "RecallNotice",
    "Recipient",
    "Requisition",
    "RequisitionLine",
    "Shipment",
    "ShipmentLine",
    "Stock",
    "Stocktake",
    "StocktakeLine",
    "Voucher",
]

TABLES = (*ledger.TABLES, *orders.TABLES, *keeping.TABLES)
