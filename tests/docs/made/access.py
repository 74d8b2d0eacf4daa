"""Roles, compartments and permissions."""

from __future__ import annotations

from core.app import CORE_PAGES, plugins
from core.identity.roles import ROLES, Role
from core.kernel.i18n import translator
from core.sdk import Permission
from tests.docs.made.table import code, listed, table

SEES = {
    "full": "everything in the register; sealed numbers one by one",
    "basic": "basic fields of the employees: document masked, birth as a year",
    "identity": "who she is: basic fields and the birth date",
    None: "nothing",
}


def roles() -> str:
    plugins()  # the catalogues
    head = ("role", "in Chinese", "belongs to", "appointed by", "compartments", "of a person it sees")
    return table(head, [_row(role) for role in ROLES.values()])


def _row(role: Role) -> tuple[str, ...]:
    unit = {"tenant": "unit", "town": "town"}
    chinese = translator("zh")(role.title)
    compartments = listed(sorted(role.compartments), "none")
    return (
        code(role.name),
        chinese,
        unit[role.belongs_to],
        unit[role.appointed_by],
        compartments,
        SEES[role.detail],
    )


def permissions() -> str:
    declared = [permission for part in CORE_PAGES for permission in part.permissions]
    declared += [permission for entry in plugins().plugins for permission in entry.permissions]
    head = ("permission", "allows to", "roles", "opens")
    return table(head, [_allowed(permission) for permission in declared])


def _allowed(permission: Permission) -> tuple[str, ...]:
    title = permission.title[0].lower() + permission.title[1:]
    return code(permission.code), title, listed(permission.roles), listed(permission.compartments, "none")


BLOCKS = {"roles": roles, "permissions": permissions}
