"""What the pages about staff share, those of a unit and those of the town."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.host.neighbours import aside
from core.host.portal import PortalCtx, TownHallCtx
from core.identity.accounts import Account, account_by_login
from core.identity.history import last_sign_ins
from core.identity.invitations import Issued, grouped, issue, open_until
from core.identity.memberships import Member
from core.identity.roles import ROLES
from core.identity.town_roles import TownMember
from core.identity.workplaces import works_at
from core.kernel.db import Database, Transaction
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import Translate
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.kernel.sound import sound_of
from core.kernel.text import Code, Line, Name
from core.people.names import normal_name, search_keys
from core.web.forms import Form

__all__ = [
    "Handed",
    "NewMember",
    "NewRole",
    "Nothing",
    "Person",
    "Reason",
    "check_appointed",
    "check_has",
    "choices",
    "hand_over",
    "people_in",
    "proposed",
    "proposed_login",
    "refusals",
    "sheet_of",
    "works_elsewhere",
]


class NewMember(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    login: Name = ""
    """Empty: one is proposed."""
    role: Code


class NewRole(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    role: Code


class Reason(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Line = ""


class Nothing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form that is a button alone."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody of the staff of one place, with all her roles there."""

    id: UUID
    login: str
    name: str
    roles: tuple[str, ...]
    is_active: bool
    has_password: bool
    last_at: datetime | None
    open_until: datetime | None


class Handed(Struct, frozen=True, kw_only=True):
    """What the sheet says; without `code` she has a way in already."""

    account: Account
    site: str
    code: str = ""
    grouped: str = ""
    expires_at: datetime | None = None


async def people_in(tx: Transaction, members: Sequence[Member | TownMember]) -> list[Person]:
    """One entry for each account, in the order of their sound."""
    held: dict[UUID, list[Member | TownMember]] = {}
    for member in members:
        held.setdefault(member.account_id, []).append(member)
    last, links = await last_sign_ins(tx, held.keys()), await open_until(tx, held.keys())
    people = [
        Person(
            id=account,
            login=rows[0].login,
            name=rows[0].name,
            roles=tuple(row.role for row in rows),
            is_active=rows[0].is_active,
            has_password=rows[0].has_password,
            last_at=last.get(account),
            open_until=links.get(account),
        )
        for account, rows in held.items()
    ]
    return sorted(people, key=lambda person: sound_of(person.name or person.login))


def check_appointed(role: str, appointed: Sequence[str]) -> None:
    """A place appoints its own roles alone; raises `BadInput` for another one's."""
    if role not in appointed:
        raise BadInput(fields={"role": _("Choose one of the list.")})


def check_has(person: Person, role: str) -> None:
    """Raises `NotFound` for a role that she does not have here."""
    if role not in person.roles:
        raise NotFound


def choices(names: Sequence[str], tell: Translate, but: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Roles to choose from, by their titles."""
    return [(name, tell(ROLES[name].title)) for name in names if name not in but]


async def works_elsewhere(database: Database, account_id: UUID, place_id: UUID) -> bool:
    """Whether the account has anything to do outside this place; where, is nobody's business here."""

    async def ask() -> frozenset[UUID]:
        async with database.transaction(Scope.person_of(account_id), is_read_only=True) as tx:
            return await works_at(tx, account_id)

    return bool(await aside(ask()) - {place_id})


async def hand_over(ctx: PortalCtx | TownHallCtx, account_id: UUID) -> Handed:
    """A new link for somebody of the place of `ctx`, as it goes on the sheet."""
    away = False
    if isinstance(ctx, PortalCtx):
        away = await works_elsewhere(ctx.server.database, account_id, ctx.tenant.id)
    return sheet_of(ctx.server.site, await issue(ctx.transaction, account_id, away))


def sheet_of(site: str, issued: Issued) -> Handed:
    return Handed(
        account=issued.account,
        site=site,
        code=issued.code,
        grouped=grouped(issued.code),
        expires_at=issued.expires_at,
    )


async def proposed(tx: Transaction, form: Form[Any], name: str, field: str = "login") -> Form[Any]:
    """The form with a user name to look at; without it, sending the page again would add her twice."""
    typed = {**form.typed, field: await proposed_login(tx, name)}
    return Form(typed, None, {}, form.kind)


async def proposed_login(tx: Transaction, name: str) -> str:
    """A free user name from the sound of a name; raises `BadInput` where it has none."""
    sound = search_keys(normal_name(name)).pinyin.lower()
    base = "".join(letter for letter in sound if letter.isascii() and letter.isalnum())[:40]
    if len(base) < 2:
        raise BadInput(fields={"login": _("No user name can be made from this name. Write one.")})
    for number in count(1):
        login = base if number == 1 else f"{base}{number}"
        if await account_by_login(tx, login) is None:
            return login
    raise AssertionError


def refusals(form: Form[Any], error: BadInput, names: Mapping[str, str] | None = None) -> Form[Any]:
    """The form with the errors that only the rules found; `names` maps their fields to the form's."""
    for field, message in error.fields.items():
        form.refuse((names or {}).get(field, field), message)
    return form
