"""Member firms: whom a joint branch serves, and from when to when."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.kernel import audit
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.prepared import Prepared
from core.kernel.sound import sound_of
from core.tenancy import tables
from core.tenancy.keeping import keep, locked_row
from core.tenancy.tenants import own_tenant

__all__ = ["Firm", "FirmNames", "add_firm", "end_firm", "find_firm", "list_firms"]


_ALL = Prepared(tables.Firm.select)


class Firm(Struct, frozen=True, kw_only=True):
    """A firm while this tenant serves it: from `served_from` up to, not including, `served_to`."""

    id: UUID
    uscc: str | None
    """Unified social credit code; None for an internal part of a joint branch that has none."""
    name_zh: str
    short_zh: str | None
    name_en: str | None
    former_zh: str | None
    industry: str | None
    """Section A to T of GB/T 4754."""
    served_from: date
    served_to: date | None

    def is_served_on(self, day: date) -> bool:
        return self.served_from <= day and (self.served_to is None or day < self.served_to)

    def name(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.short_zh or self.name_zh


class FirmNames:
    """All Chinese names of a tenant's firms, for files with a name in every row."""

    def __init__(self, firms: Iterable[Firm]) -> None:
        self._firms: dict[str, list[Firm]] = {}
        for firm in firms:
            for name in (firm.name_zh, firm.short_zh, firm.former_zh):
                if name:
                    self._firms.setdefault(_key(name), []).append(firm)

    def find(self, name: str, day: date | None = None) -> Firm | None:
        """The firm that bears or bore this name and was served on `day` (None: ever; the latest time)."""
        served = [firm for firm in self._firms.get(_key(name), []) if day is None or firm.is_served_on(day)]
        return max(served, key=lambda firm: firm.served_from, default=None)


async def add_firm(
    tx: Transaction,
    *,
    name_zh: str,
    uscc: str | None = None,
    short_zh: str | None = None,
    name_en: str | None = None,
    former_zh: str | None = None,
    industry: str | None = None,
    served_from: date | None = None,
) -> Firm:
    """Serve a firm, by default since the tenant opened; a firm that is served already is brought up to date.

    A firm without a code is known by its name. The code is the caller's to check (`core.tenancy.uscc`).
    """
    names = {
        "name_zh": name_zh,
        "short_zh": short_zh or None,
        "name_en": name_en or None,
        "former_zh": former_zh or None,
        "industry": industry or None,
    }
    key: dict[str, object] = {"uscc": uscc or None, "served_to": None}
    if not uscc:
        key["name_zh"] = names.pop("name_zh")
    only_new = {"served_from": served_from or (await own_tenant(tx)).opened_on}
    return _firm(await keep(tx, tables.Firm, noun="firm", key=key, values=names, only_new=only_new))


async def end_firm(tx: Transaction, firm_id: UUID, served_to: date) -> Firm:
    """End the service of a firm; `served_to` is the first day without it."""
    known = await locked_row(tables.Firm, {"id": firm_id})
    if known is None:
        raise NotFound
    if served_to < known["served_from"]:
        raise BadInput(fields={"served_to": _("The end is before the beginning.")})
    if known["served_to"] != served_to:
        await tables.Firm.update({"served_to": served_to}).where(tables.Firm.id == firm_id)
        audit.record(
            tx,
            "tenancy.firm.end",
            "firm",
            firm_id,
            before={"served_to": known["served_to"]},
            after={"served_to": served_to},
        )
    return _firm({**known, "served_to": served_to})


async def list_firms(tx: Transaction, day: date | None = None) -> list[Firm]:
    """The firms of the scope's tenant in the order of their sound; with `day` only those served on it."""
    firms = sorted((_firm(row) for row in await _ALL()), key=lambda firm: sound_of(firm.name_zh))
    return firms if day is None else [firm for firm in firms if firm.is_served_on(day)]


async def find_firm(tx: Transaction, name: str, day: date | None = None) -> Firm | None:
    """The firm of any Chinese name, present or former, on a day; for many names take `FirmNames`."""
    return FirmNames(await list_firms(tx)).find(name, day)


def _key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _firm(row: Mapping[str, Any]) -> Firm:
    return Firm(**{name: row[name] for name in Firm.__struct_fields__})
