"""The tables of supplies: what the town publishes, the ledger of each unit, and to whom something was given.

The ledger is only added to: `Voucher` is one act, `Entry` a line of it, and an act is put right by another one that
is linked to it. `Stock` is what the entries add up to, kept in their transaction so that its rows can be locked.
"""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Date, Integer, SmallInt, Text, Timestamptz

from core.sdk import TableUse, TenantTable, TownTable

__all__ = [
    "TABLES",
    "Book",
    "CatalogueVersion",
    "Client",
    "Entry",
    "PastRecipient",
    "Point",
    "Recall",
    "Recipient",
    "Requisition",
    "RequisitionLine",
    "Shipment",
    "ShipmentLine",
    "Stock",
    "Voucher",
]


class CatalogueVersion(TownTable, tablename="catalogue", schema="supplies"):
    """The products of a town as they hold from a day on; a version is never changed."""

    region_id = UUID(default=None)
    version = Integer()
    valid_from = Date()
    factor_set = Text()
    """Which factors of couple-years of protection these are."""
    body = Text()
    """JSON of the products, see `services.catalogue.Product`."""
    published_at = Timestamptz()
    published_by = UUID(null=True, default=None)


class Recall(TownTable, tablename="recall", schema="supplies"):
    """A lot that may not be issued from a day on, in the whole town."""

    region_id = UUID(default=None)
    sku = Text()
    lot = Text()
    recalled_on = Date()
    reason = Text()
    withdrawn_on = Date(null=True, default=None)
    announced_at = Timestamptz()
    announced_by = UUID(null=True, default=None)


class Point(TenantTable, tablename="point", schema="supplies"):
    """Where supplies lie and are handed out; kinds are those of `services.points`."""

    code = Text()
    name = Text()
    kind = Text()
    firm_id = UUID(null=True, default=None)
    """Of goods on consignment: the firm where they stand."""
    is_open = Boolean(default=True)
    min_months = SmallInt(default=2)
    """Months of stock at which more is asked for, `max_months` how much then, `emergency_months` when at once."""
    max_months = SmallInt(default=3)
    emergency_tenths = SmallInt(default=5)
    """In tenths of a month."""
    opened_on = Date()
    closed_on = Date(null=True, default=None)


class Book(TenantTable, tablename="book", schema="supplies"):
    """All balances are 0 when a book begins. A year of files begins one; the portal goes on in the last."""

    starts_on = Date()
    ends_on = Date(null=True, default=None)
    kept_to = Date()
    """Days without stock are counted up to this day."""


class Voucher(TenantTable, tablename="voucher", schema="supplies"):
    """One act: what came, went or was found at a point on a day; kinds are those of `services.ledger`."""

    kind = Text()
    day = Date()
    point = Text()
    reference = Text(default="")
    """A delivery note or another document."""
    note = Text(default="")
    """Of acts on goods alone: free words could name who received something."""
    is_anonymous = Boolean(default=False)
    override = Text(default="")
    """Code of the reason for which a lot or a limit was passed over."""
    is_clinician = Boolean(default=False)
    eligibility = SmallInt(null=True, default=None)
    """The category, 1 to 4, that a clinician found; the answers behind it are not kept."""
    transfer_id = UUID(null=True, default=None)
    other = Text(default="")
    """Of a transfer: the other point, or the code of the other unit."""
    reverses_id = UUID(null=True, default=None)
    key = Text(null=True, default=None)
    """What makes the same act once only, however often it is asked for."""
    made_at = Timestamptz()
    made_by = UUID(null=True, default=None)


class Entry(TenantTable, tablename="entry", schema="supplies"):
    """A line: so many of a lot. What the product counts as on the day is kept with it, so that figures never move."""

    voucher_id = UUID(default=None)
    book = Date()
    day = Date()
    point = Text()
    sku = Text()
    lot = Text()
    expiry = Date()
    kind = Text()
    quantity = Integer()
    """Above 0; a reversal has the kind of what it reverses and a number below 0. ADJUST has either sign."""
    change = Integer()
    """What it does to the balance."""
    reason = Text(default="")
    method = Text()
    figure = Text(default="")
    is_tracer = Boolean(default=False)
    cyp_num = BigInt(null=True, default=None)
    cyp_den = BigInt(null=True, default=None)
    """Couple-years of protection of one unit, `cyp_num / cyp_den`."""
    row_ref = Text(null=True, default=None)
    """Of a row of a file: the year and its number."""
    reverses_id = UUID(null=True, default=None)


class Stock(TenantTable, tablename="stock", schema="supplies"):
    """What of a lot lies at a point, in the last book."""

    point = Text()
    sku = Text()
    lot = Text()
    expiry = Date()
    balance = Integer()
    received_on = Date()
    inspected_on = Date(null=True, default=None)
    held_since = Date(null=True, default=None)
    """Set aside: neither issued nor sent until it is released."""
    held_reason = Text(default="")


class Recipient(TenantTable, tablename="recipient", schema="supplies"):
    """To whom something was issued, or who returned it."""

    voucher_id = UUID(default=None)
    person_id = UUID(default=None)
    day = Date()


class PastRecipient(TenantTable, tablename="past_recipient", schema="supplies"):
    """The same once nobody at a counter may see it any more: for recalls and for counting different people."""

    voucher_id = UUID(default=None)
    person_id = UUID(default=None)
    day = Date()


class Client(TenantTable, tablename="client", schema="supplies"):
    """A person who was served: the row is locked while what she may still have is counted."""

    person_id = UUID(default=None)
    recall_agreed_on = Date(null=True, default=None)
    """She wants to be told when something that she received is recalled."""


class Requisition(TenantTable, tablename="requisition", schema="supplies"):
    """One half of a requisition, under the same id in both tenants; states are those of `services.requisitions`."""

    direction = Text()
    """OUT where it is asked, IN at the town's store."""
    other_code = Text()
    other_zh = Text()
    other_en = Text()
    point_code = Text()
    """The point that asks, by the code that its own unit calls it."""
    urgency = Text()
    state = Text()
    round = Integer(default=0)
    """How often it was sent: an answer to an earlier round changes nothing."""
    version = Integer(default=1)
    """Of this half; `other_version` is the latest of the other half that was taken here."""
    other_version = Integer(default=0)
    remark = Text(default="")
    reason = Text(default="")
    """Why it was returned, cut or closed."""
    made_at = Timestamptz()
    made_by = UUID(null=True, default=None)
    asked_on = Date(null=True, default=None)
    asked_by = UUID(null=True, default=None)
    decided_on = Date(null=True, default=None)
    decided_by = UUID(null=True, default=None)


class RequisitionLine(TenantTable, tablename="requisition_line", schema="supplies"):
    """What is asked of one product, and from which figures; the letters are those of `services.replenishing`."""

    requisition_id = UUID(default=None)
    sku = Text()
    beginning = Integer()
    received = Integer()
    consumed = Integer()
    adjusted = Integer()
    on_hand = Integer()
    unusable = Integer()
    """What of it is expired, recalled or set aside."""
    average = Integer()
    used = Text()
    """The months that the average counts, and those that it leaves out: `2025-01 2025-02`."""
    skipped = Text()
    on_order = Integer()
    calculated = Integer()
    asked = Integer()
    remark = Text(default="")
    approved = Integer(null=True, default=None)


class Shipment(TenantTable, tablename="shipment", schema="supplies"):
    """One half of a shipment, under the same id in both tenants; states are those of `services.shipments`."""

    direction = Text()
    """OUT where it leaves, IN where it comes to."""
    kind = Text()
    requisition_id = UUID(null=True, default=None)
    other_code = Text()
    other_zh = Text()
    other_en = Text()
    point_code = Text(default="")
    """Of this unit; IN: empty until somebody says where it goes to."""
    other_point = Text(default="")
    state = Text()
    version = Integer(default=1)
    other_version = Integer(default=0)
    note = Text(default="")
    reason = Text(default="")
    made_at = Timestamptz()
    made_by = UUID(null=True, default=None)
    sent_on = Date(null=True, default=None)
    sent_by = UUID(null=True, default=None)
    received_on = Date(null=True, default=None)
    received_by = UUID(null=True, default=None)


class ShipmentLine(TenantTable, tablename="shipment_line", schema="supplies"):
    """So much of one lot: what is neither received, lost nor damaged is in transit."""

    shipment_id = UUID(default=None)
    sku = Text()
    lot = Text()
    expiry = Date()
    quantity = Integer()
    received = Integer(default=0)
    lost = Integer(default=0)
    damaged = Integer(default=0)
    why = Text(default="")


TABLES = (
    TableUse(table=CatalogueVersion),
    TableUse(table=Recall),
    TableUse(table=Point, compartment="supplies"),
    TableUse(table=Book, compartment="supplies"),
    TableUse(table=Voucher, compartment="supplies"),
    TableUse(table=Entry, compartment="supplies"),
    TableUse(table=Stock, compartment="supplies"),
    TableUse(table=Recipient, compartment="supplies", person_column="person_id"),
    TableUse(table=PastRecipient, compartment="archive", person_column="person_id"),
    TableUse(table=Client, compartment="supplies", person_column="person_id", one_per_person=True),
    TableUse(table=Requisition, compartment="supplies"),
    TableUse(table=RequisitionLine, compartment="supplies"),
    TableUse(table=Shipment, compartment="supplies"),
    TableUse(table=ShipmentLine, compartment="supplies"),
)
