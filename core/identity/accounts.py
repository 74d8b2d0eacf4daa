"""Accounts: the users of the deployment. At first there are none, and none has a password until it is set."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.identity import tables
from core.kernel import audit, clock
from core.kernel.db import Row, Transaction
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import LANGUAGES
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.text import clean
from core.tenancy.regions import Region, region_of

__all__ = [
    "Account",
    "Recognised",
    "account_by_id",
    "account_by_login",
    "account_in_town",
    "add_account",
    "list_accounts",
    "normal_login",
    "set_keys",
    "set_language",
]

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,99}")


class Account(Struct, frozen=True, kw_only=True):
    """A user. `region_id` is the town that looks after the account; she may work in others too."""

    id: UUID
    region_id: UUID
    login: str
    name: str
    language: str
    is_active: bool
    has_password: bool
    has_keys: bool = True
    """Whether single keys do anything on her pages."""


class Recognised(Struct, frozen=True):
    """Whose a session or token is; `is_to_be_seen`: its last use, which is kept, is out of date.

    `scopes`: what of the account's permissions a token opens; None for a session, which opens all.
    """

    account: Account
    is_to_be_seen: bool
    scopes: frozenset[str] | None = None

    @classmethod
    def of(cls, row: Row) -> Recognised:
        account = Account(**{name: row[name] for name in Account.__struct_fields__})
        return cls(account, row["is_to_be_seen"])


def normal_login(text: str) -> str:
    """The one form of a login, however it was typed."""
    return clean(text).lower()


async def account_by_login(tx: Transaction, login: str) -> Account | None:
    row = await tables.Account.select().where(tables.Account.login == normal_login(login)).first()
    return _account(row) if row else None


async def account_by_id(tx: Transaction, account_id: UUID) -> Account:
    """Raises `NotFound`."""
    row = await tables.Account.select().where(tables.Account.id == account_id).first()
    if row is None:
        raise NotFound
    return _account(row)


async def list_accounts(tx: Transaction) -> list[Account]:
    """The accounts that the scope's town looks after, in order of login."""
    region = await region_of(tx)
    table = tables.Account
    rows = await table.select().where(table.region_id == region.id).order_by(table.login)
    return [_account(row) for row in rows]


async def add_account(tx: Transaction, login: str, name: str, language: str = "zh") -> Account:
    """Add an account of the scope's town, or bring its name up to date; again the same it changes nothing.

    Where another town of the deployment has the login, the account's is `login@<code of the town>`.
    """
    login, name = normal_login(login), clean(name)
    _check_language(language)
    if not LOGIN.fullmatch(login):
        raise BadInput(
            fields={"login": _("A user name has letters, digits, and . _ @ - between them; two at least.")}
        )
    region = await region_of(tx)
    known = await _known(login, region)
    if known is None:
        return await _added(tx, login, name, language, region)
    if known.name == name or not name:
        return known
    await tables.Account.update({"name": name}).where(tables.Account.id == known.id)
    audit.record(tx, "identity.account.rename", "account", known.id, before=known.name, after=name)
    return await account_by_id(tx, known.id)


async def account_in_town(tx: Transaction, login: str) -> Account | None:
    """The account that the scope's town (or its tenant's) knows under this user name."""
    return await _known(normal_login(login), await region_of(tx))


async def _known(login: str, region: Region) -> Account | None:
    table = tables.Account
    logins = [login, _of_town(login, region)]
    row = await table.select().where((table.region_id == region.id) & table.login.is_in(logins)).first()
    return _account(row) if row else None


async def _added(tx: Transaction, login: str, name: str, language: str, region: Region) -> Account:
    taken = await account_by_login(tx, login)
    row = tables.Account(
        id=new_id(),
        region_id=region.id,
        login=_of_town(login, region) if taken else login,
        name=name,
        language=language,
        created_at=clock.now(),
    )
    await tables.Account.insert(row)
    audit.record(tx, "identity.account.add", "account", row.id, after={"login": row.login, "name": name})
    return await account_by_id(tx, row.id)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise BadInput(fields={"language": _("Chinese or English.")})


def _account(row: dict[str, Any]) -> Account:
    # The hash itself goes no further than this.
    values = {name: row[name] for name in Account.__struct_fields__ if name != "has_password"}
    return Account(**values, has_password=row["password_hash"] is not None)


def _of_town(login: str, region: Region) -> str:
    return f"{login}@{region.code.lower()}"


async def set_language(tx: Transaction, account_id: UUID, language: str) -> None:
    """The language of the account's pages, her own choice."""
    _check_language(language)
    await tables.Account.update({"language": language}).where(
        (tables.Account.id == account_id) & (tables.Account.language != language)
    )


async def set_keys(tx: Transaction, account_id: UUID, *, is_on: bool) -> None:
    """Whether single keys do anything on the account's pages, her own choice."""
    await tables.Account.update({"has_keys": is_on}).where(tables.Account.id == account_id)
