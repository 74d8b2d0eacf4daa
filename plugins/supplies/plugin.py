"""Supplies: free contraceptive supplies, from the town's store to a hand, asked for by whoever wants them."""

from __future__ import annotations

from core.sdk import Plugin
from core.sdk import gettext_noop as _

__all__ = ["plugin"]

plugin = Plugin(
    name="supplies",
    title=_("Supplies"),
    description=_("Hands out free contraceptive supplies to whoever asks, and keeps their stock by lot."),
    requires_sdk=">=1.5,<2",
    order=20,
    acts={
        "supplies.catalogue.publish": _("published version %(version)s of the catalogue"),
        "supplies.voucher.post": _("entered %(kind)s at the point %(point)s, %(lines)s lines"),
        "supplies.voucher.reverse": _("took back %(kind)s at the point %(point)s, %(lines)s lines"),
        "supplies.year.enter": _("entered %(lines)s lines of the year %(year)s from files"),
        "supplies.recall.announce": _("recalled the lot %(lot)s of %(sku)s"),
        "supplies.recall.take-back": _("took back the recall of the lot %(lot)s of %(sku)s"),
        "supplies.recall.tell": _("told %(count)s people of a recall"),
        "supplies.point.open": _("opened the service point %(point)s"),
        "supplies.point.change": _("changed the service point %(point)s"),
        "supplies.point.close": _("closed the service point %(point)s"),
        "supplies.point.reopen": _("opened the service point %(point)s again"),
        "supplies.lot.hold": _("set the lot %(lot)s of %(sku)s aside at %(point)s"),
        "supplies.lot.release": _("released the lot %(lot)s of %(sku)s at %(point)s"),
        "supplies.lot.redate": _(
            "changed the expiry of the lot %(lot)s of %(sku)s at %(point)s to %(expiry)s"
        ),
        "supplies.lot.inspect": _("inspected the lot %(lot)s of %(sku)s at %(point)s"),
        "supplies.count.start": _("began to count the point %(point)s"),
        "supplies.count.enter": _("entered a count of the point %(point)s"),
        "supplies.count.apply": _("entered %(lines)s differences of a count of the point %(point)s"),
        "supplies.count.cancel": _("cancelled a count of the point %(point)s"),
        "supplies.machine.send": _("sent a file of the machine %(point)s, %(rows)s rows"),
        "supplies.machine.apply": _("entered %(rows)s rows of a file of the machine %(point)s"),
        "supplies.machine.cancel": _("cancelled a file of the machine %(point)s"),
        "supplies.recall.agree": _("noted that a person wants to be told of recalls"),
        "supplies.recall.withdraw": _("noted that a person does not want to be told of recalls"),
        "supplies.link.retire": _("put %(count)s old links to people away"),
        "supplies.requisition.draft": _("began a requisition of the point %(point)s"),
        "supplies.requisition.discard": _("threw away a draft requisition of the point %(point)s"),
        "supplies.requisition.send": _("sent a requisition to the unit %(unit)s"),
        "supplies.requisition.cancel": _("cancelled a requisition to the unit %(unit)s"),
        "supplies.requisition.take": _("received a requisition of the unit %(unit)s"),
        "supplies.requisition.approve": _("approved a requisition of the unit %(unit)s"),
        "supplies.requisition.return": _("returned a requisition to the unit %(unit)s"),
        "supplies.requisition.close": _("closed a requisition of the unit %(unit)s"),
        "supplies.requisition.hear": _("received the answer of the unit %(unit)s to a requisition"),
        "supplies.shipment.pack": _("began a shipment to the unit %(unit)s"),
        "supplies.shipment.offer": _("offered a shipment to the unit %(unit)s"),
        "supplies.shipment.send": _("sent a shipment to the unit %(unit)s"),
        "supplies.shipment.cancel": _("cancelled a shipment to the unit %(unit)s"),
        "supplies.shipment.take": _("was told of a shipment of the unit %(unit)s"),
        "supplies.shipment.accept": _("accepted a shipment that the unit %(unit)s offers"),
        "supplies.shipment.decline": _("declined a shipment that the unit %(unit)s offers"),
        "supplies.shipment.receive": _("counted a shipment of the unit %(unit)s"),
        "supplies.shipment.hear": _("was told by the unit %(unit)s what became of a shipment"),
    },
    things={
        "catalogue": _("catalogues of supplies"),
        "recall": _("recalls of supplies"),
        "requisition": _("requisitions"),
        "shipment": _("shipments"),
        "point": _("service points"),
        "lot": _("lots of supplies"),
        "count": _("counts of supplies"),
        "machine_file": _("files of vending machines"),
        "voucher": _("vouchers of supplies"),
    },
)
