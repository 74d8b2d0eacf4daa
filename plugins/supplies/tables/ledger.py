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
)
