"""What a unit keeps on its shelves: opening stock, deliveries, the box filled from the counter, what has expired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from core.demo.almanac import last_of_month
from core.demo.products import BOX, CLINIC, PRODUCTS, Point, Product, points
from core.demo.stockroom import Entry, Lot, Stockroom
from core.demo.town import TENANTS

__all__ = ["CONDOM", "Batch", "Storekeeper", "receive", "transfer"]

CONDOM = PRODUCTS[0]
PACK = 10
FEWEST = 60
"""A small unit keeps as much as one of so many people."""
BOX_SHARE = 4
"""A box holds so many times less of the condoms than its counter."""

Batch = tuple[Lot, int]


class Storekeeper:
    """Keeps one unit stocked; the town's own station keeps for all of them and has no box."""

    def __init__(self, room: Stockroom, counter: Point, today: date, size: float) -> None:
        self.room = room
        self.counter = counter
        own = [each for each in points(today) if each.tenant == counter.tenant]
        self.box = next((each for each in own if each.kind == BOX), None)
        units = [counter.tenant] if self.box else TENANTS
        self.people = sum(each.count(size) for each in units)

    def wanted(self, product: Product) -> int:
        """How many the counter keeps of a product."""
        if not product.kept or (product.clinics_only and self.box and self.counter.kind != CLINIC):
            return 0
        return whole_packs(product, max(FEWEST, self.people) * product.kept // 1000 or 1)

    @property
    def box_holds(self) -> int:
        return whole_packs(CONDOM, self.wanted(CONDOM) // BOX_SHARE)

    def open(self, day: date) -> None:
        """What lies there on the first day, a quarter of it older."""
        reference = f"OPEN-{self.counter.tenant.code}"
        for place, product in enumerate(PRODUCTS):
            wanted = self.wanted(product)
            batches = ((older(product, day, place), wanted // 4), (fresh(product, day), wanted - wanted // 4))
            receive(self.room, self.counter, day, batches, reference)
        if self.box is not None:
            receive(self.room, self.box, day, [(fresh(CONDOM, day), self.box_holds)], reference)

    def missing(self, day: date) -> Iterator[tuple[Product, int]]:
        """What has run low by a third or more, and by how much."""
        for product in PRODUCTS:
            wanted = self.wanted(product)
            missing = wanted - self.room.there(self.counter, product.sku, day)
            if wanted and missing * 3 >= wanted:
                yield product, whole_packs(product, missing)

    def deliver(self, day: date, store: Point | None) -> None:
        """Make it up: from the county, or from the town's store once there is one."""
        for product, missing in self.missing(day):
            if store is None:
                note = f"DN-{day:%Y%m}-{self.counter.tenant.code}"
                receive(self.room, self.counter, day, [(fresh(product, day), missing)], note)
            else:
                transfer(self.room, day, store, self.counter, product.sku, missing)

    def fill_box(self, day: date) -> None:
        """The box gets condoms from the counter when it is half empty."""
        if self.box is None:
            return
        missing = self.box_holds - self.room.there(self.box, CONDOM.sku, day)
        if missing * 2 >= self.box_holds:
            transfer(self.room, day, self.counter, self.box, CONDOM.sku, missing)

    def write_off(self, day: date) -> None:
        """What has expired is no longer kept."""
        for point in filter(None, (self.counter, self.box)):
            for lot, number in self.room.lots(point):
                if lot.expires < day:
                    self.room.enter(
                        Entry(day=day, point=point, lot=lot, kind="LOSS", quantity=number, reason="EXPIRED")
                    )


def whole_packs(product: Product, number: int) -> int:
    """Condoms come in boxes of ten."""
    return -(-number // PACK) * PACK if product is CONDOM else number


def fresh(product: Product, day: date) -> Lot:
    """A lot made some months ago; all units get the same one in the same month."""
    months = product.months * 2 // 3 + (day.month * 5) % 7
    return Lot(months_on(day, months), product.sku, f"{product.sku.replace('-', '')}-{day:%y%m}")


def older(product: Product, day: date, place: int) -> Lot:
    """A lot that expires in the months to come; its number begins with zeros, as some makers' do."""
    expires = months_on(day, 2 + place % 7)
    return Lot(expires, product.sku, f"00{place:02d}{expires:%m%y}")


def months_on(day: date, months: int) -> date:
    """The last day of a month so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return last_of_month(year, month + 1)


def receive(room: Stockroom, point: Point, day: date, batches: Sequence[Batch], reference: str) -> None:
    """Take a delivery in."""
    for lot, number in batches:
        if number:
            room.enter(
                Entry(day=day, point=point, lot=lot, kind="RECEIPT", quantity=number, reference=reference)
            )


def transfer(room: Stockroom, day: date, here: Point, there: Point, sku: str, quantity: int) -> None:
    """Both halves on one day; a lot has a reference of its own."""
    for lot, number in list(room.pick(here, sku, day, quantity)):
        reference = f"TR-{day:%Y%m%d}-{there.code}-{lot.number}"
        for point, kind in ((here, "TRANSFER_OUT"), (there, "TRANSFER_IN")):
            room.enter(Entry(day=day, point=point, lot=lot, kind=kind, quantity=number, reference=reference))
