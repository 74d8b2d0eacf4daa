"""The staff of a place, and the sheet that is handed over to somebody new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from core.host.portal import PortalCtx, TownHallCtx
from core.host.staffing import Handed, Person
from core.identity.history import SignIn
from core.kernel.errors import Conflict
from core.kernel.i18n import gettext_noop as _
from core.kernel.text import Code, Name

__all__ = [
    "HandedSheet",
    "NewStaff",
    "SignInTry",
    "StaffMember",
    "StaffRecord",
    "handed_sheet",
    "not_oneself",
    "staff_members",
    "staff_record",
]


class NewStaff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to give a role: a new user name, or that of somebody who has one, with her name as it stands there."""

    name: Name
    login: Name
    role: Code


class StaffMember(Struct, frozen=True, kw_only=True):
    """`open_until`: she has a one-time link that is good until then."""

    id: UUID
    login: str
    name: str
    roles: tuple[str, ...]
    is_active: bool
    has_password: bool
    last_at: datetime | None
    open_until: datetime | None


class SignInTry(Struct, frozen=True, kw_only=True):
    """`is_known_place`: she had signed in from there in the thirty days before."""

    at: datetime
    is_success: bool
    is_known_place: bool


class StaffRecord(StaffMember, frozen=True, kw_only=True):
    """`can_reset`: a new link for her can be made here."""

    can_reset: bool
    tries: list[SignInTry]


class HandedSheet(Struct, frozen=True, kw_only=True):
    """What is handed over to her; without a `code` she has a way in already, or only the town can give her one."""

    id: UUID
    login: str
    name: str
    address: str
    code: str
    expires_at: datetime | None


def staff_members(people: Sequence[Person]) -> list[StaffMember]:
    return msgspec.convert(people, list[StaffMember], from_attributes=True)


def staff_record(person: Person, tries: Sequence[SignIn], can_reset: bool) -> StaffRecord:
    return StaffRecord(
        **structs.asdict(person),
        can_reset=can_reset,
        tries=msgspec.convert(tries, list[SignInTry], from_attributes=True),
    )


def handed_sheet(handed: Handed) -> HandedSheet:
    return HandedSheet(
        id=handed.account.id,
        login=handed.account.login,
        name=handed.account.name,
        address=f"{handed.site}/invitation/{handed.code}" if handed.code else f"{handed.site}/",
        code=handed.code,
        expires_at=handed.expires_at,
    )


def not_oneself(ctx: PortalCtx | TownHallCtx, account: UUID) -> None:
    """A token makes no link for its own account: whoever found it would have the account with it."""
    if account == ctx.actor.id:
        raise Conflict(
            _("A program makes no link for the account that it acts as."),
            _("Change your password on the page “My account”."),
        )
