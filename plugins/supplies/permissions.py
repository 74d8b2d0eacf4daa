"""Who may do what with supplies. An employer's officer has none of it: she sees totals above the threshold alone."""

from __future__ import annotations

from core.sdk import Permission
from core.sdk import gettext_noop as _

__all__ = [
    "ASK",
    "BEHIND",
    "CATALOGUE",
    "CLINIC",
    "DECIDE",
    "ISSUE",
    "KEEP",
    "NETWORK",
    "PERMISSIONS",
    "PUBLISH",
    "READ",
    "RECALL",
    "RECEIVE",
    "SEND",
    "TELL",
]

READ = "supplies.stock.read"
KEEP = "supplies.stock.keep"
ISSUE = "supplies.issue.make"
CLINIC = "supplies.issue.clinic"
TELL = "supplies.recall.tell"
BEHIND = "supplies.figure.read"
CATALOGUE = "supplies.catalogue.read"
PUBLISH = "supplies.catalogue.publish"
RECALL = "supplies.recall.announce"
NETWORK = "supplies.network.read"
ASK = "supplies.requisition.ask"
DECIDE = "supplies.requisition.decide"
SEND = "supplies.shipment.send"
RECEIVE = "supplies.shipment.receive"

SUPPLIES = ("supplies",)
WITH_PEOPLE = ("registry", "supplies")
STATION = ("station_staff",)
STAFF = ("station_staff", "medical_staff")

PERMISSIONS = (
    Permission(code=READ, title=_("see stock and ledger"), roles=STAFF, compartments=SUPPLIES),
    Permission(code=KEEP, title=_("keep stock"), roles=STATION, compartments=SUPPLIES),
    Permission(code=ISSUE, title=_("hand out supplies"), roles=STAFF, compartments=WITH_PEOPLE),
    Permission(
        code=CLINIC,
        title=_("begin methods that a clinician begins"),
        roles=("medical_staff",),
        compartments=WITH_PEOPLE,
    ),
    Permission(code=TELL, title=_("tell people of a recall"), roles=STATION, compartments=WITH_PEOPLE),
    Permission(
        code=BEHIND,
        title=_("see who received supplies, behind a figure"),
        roles=STAFF,
        compartments=WITH_PEOPLE,
    ),
    Permission(
        code=CATALOGUE, title=_("see the catalogue and recalls"), roles=("town_admin", "town_analyst")
    ),
    Permission(code=PUBLISH, title=_("publish the catalogue"), roles=("town_admin",)),
    Permission(code=RECALL, title=_("call lots back"), roles=("town_admin",)),
    Permission(code=NETWORK, title=_("see the stock of the units"), roles=("town_admin", "town_analyst")),
    Permission(code=ASK, title=_("ask for supplies"), roles=STATION, compartments=SUPPLIES),
    Permission(
        code=DECIDE,
        title=_("decide on requisitions, in the town's store"),
        roles=STATION,
        compartments=SUPPLIES,
    ),
    Permission(code=SEND, title=_("send supplies"), roles=STATION, compartments=SUPPLIES),
    Permission(code=RECEIVE, title=_("receive supplies"), roles=STATION, compartments=SUPPLIES),
)
