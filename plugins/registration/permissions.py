"""Who may do what with the register. How much of a person shows is the role's, not the permission's."""

from __future__ import annotations

from core.sdk import Permission
from core.sdk import gettext_noop as _

__all__ = [
    "BEHIND",
    "COPY",
    "EDIT",
    "ERASE",
    "EXPORT",
    "IMPORT",
    "MERGE",
    "MOVE",
    "PERMISSIONS",
    "READ",
    "REGISTER",
    "REVEAL",
]

READ = "registration.person.read"
REGISTER = "registration.person.register"
EDIT = "registration.person.edit"
MOVE = "registration.person.move"
REVEAL = "registration.person.reveal"
EXPORT = "registration.person.export"
COPY = "registration.person.copy"
ERASE = "registration.person.erase"
MERGE = "registration.person.merge"
IMPORT = "registration.roster.import"
BEHIND = "registration.figure.read"

REGISTRY = ("registry",)
STATION = ("station_staff",)
READERS = ("station_staff", "tenant_officer", "medical_staff", "rights_consultant")

PERMISSIONS = (
    Permission(code=READ, title=_("see people"), roles=READERS, compartments=REGISTRY),
    Permission(code=REGISTER, title=_("register people"), roles=STATION, compartments=REGISTRY),
    Permission(code=EDIT, title=_("correct and confirm records"), roles=STATION, compartments=REGISTRY),
    Permission(code=MOVE, title=_("record movements"), roles=STATION, compartments=REGISTRY),
    Permission(code=REVEAL, title=_("see sealed numbers in clear"), roles=STATION, compartments=REGISTRY),
    Permission(code=EXPORT, title=_("export lists of people"), roles=STATION, compartments=REGISTRY),
    Permission(code=BEHIND, title=_("see the people behind a figure"), roles=STATION, compartments=REGISTRY),
    Permission(
        code=COPY, title=_("give a person all that is kept of her"), roles=STATION, compartments=REGISTRY
    ),
    Permission(code=ERASE, title=_("erase people"), roles=STATION, compartments=REGISTRY),
    Permission(
        code=MERGE, title=_("put two records of one person together"), roles=STATION, compartments=REGISTRY
    ),
    Permission(code=IMPORT, title=_("import rosters"), roles=STATION, compartments=REGISTRY),
)
