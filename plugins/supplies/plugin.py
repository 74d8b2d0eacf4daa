"""Supplies: free contraceptive supplies, from the town's store to a hand, asked for by whoever wants them."""

from __future__ import annotations

from core.sdk import Plugin
from core.sdk import gettext_noop as _

__all__ = ["plugin"]

plugin = Plugin(
    name="supplies",
    title=_("Supplies"),
    description=_("Hands out free contraceptive supplies to whoever asks, and keeps their stock by lot."),
    requires_sdk=">=1.4,<2",
    order=20,
    acts={
        "supplies.catalogue.publish": _("published version %(version)s of the catalogue"),
        "supplies.voucher.post": _("entered %(kind)s at the point %(point)s, %(lines)s lines"),
        "supplies.voucher.reverse": _("took back %(kind)s at the point %(point)s, %(lines)s lines"),
        "supplies.year.enter": _("entered %(lines)s lines of the year %(year)s from files"),
        "supplies.recall.announce": _("recalled the lot %(lot)s of %(sku)s"),
        "supplies.recall.take-back": _("took back the recall of the lot %(lot)s of %(sku)s"),
        "supplies.link.retire": _("put %(count)s old links to people away"),
    },
    things={
        "catalogue": _("catalogues of supplies"),
        "recall": _("recalls of supplies"),
        "voucher": _("vouchers of supplies"),
    },
)
