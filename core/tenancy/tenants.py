"""Association units: the tenants. The town opens and closes them; each sees itself alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal, get_args
from uuid import UUID

from msgspec import Struct

from core.kernel import audit
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.tenancy import tables
from core.tenancy.keeping import Row, keep, locked_row
from core.tenancy.regions import region_of

__all__ = [
    "KINDS",
    "KIND_TITLES",
    "Kind",
    "Tenant",
    "close_tenant",
    "list_tenants",
    "open_tenant",
    "own_tenant",
    "tenant_by_code",
    "tenant_scope",
]

Kind = Literal["enterprise_association", "joint_branch", "town_station"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_TITLES: dict[Kind, str] = {
    "enterprise_association": _("enterprise association"),
    "joint_branch": _("joint branch"),
    "town_station": _("town station"),
}

CODE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?")

# The address may be taken by another town's tenant, which the row policy hides: only the key itself can tell.
_INSERT = """
INSERT INTO tenancy.tenant
    (id, region_id, code, slug, kind, name_zh, name_en, opened_on, closed_on, books_from, covered_to)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (slug) DO NOTHING RETURNING id
"""


class Tenant(Struct, frozen=True, kw_only=True):
    """One association unit."""

    id: UUID
    region_id: UUID
    code: str
    slug: str
    """Its place in the address, /t/<slug>/; never changes."""
    kind: Kind
    name_zh: str
    name_en: str
    opened_on: date
    closed_on: date | None
    books_from: date
    """The first day of its figures."""
    covered_to: Sequence[date] = ()
    """Of each year that came in files the last day that they cover, in order. Figures go as far, or to this month."""

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en

    def files_end(self, year: int) -> date | None:
        """The last day that the files of a year cover; None where there are none."""
        return next((day for day in self.covered_to if day.year == year), None)

    def is_open_on(self, day: date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or day <= self.closed_on)


def tenant_scope(tenant: Tenant, *compartments: str, actor: UUID | None = None) -> Scope:
    """The wall of this tenant, for acts of the town on it (`load`, administration)."""
    return Scope.of_tenant(tenant.id, compartments, actor)


async def open_tenant(
    tx: Transaction,
    *,
    code: str,
    name_zh: str,
    name_en: str,
    kind: Kind,
    opened_on: date,
    closed_on: date | None = None,
    books_from: date | None = None,
    covered_to: date | None = None,
) -> Tenant:
    """Open a tenant of the scope's town or bring it up to date; again with the same words it changes nothing.

    `books_from` defaults to `opened_on`; the earliest that was ever given stays, and of each year the latest
    `covered_to`.
    """
    if not CODE.fullmatch(code) or kind not in KINDS:
        raise BadInput(
            fields={"code": _("A code has up to 32 letters, digits and hyphens.")}
            if kind in KINDS
            else {"kind": _("There is no such kind of association unit.")}
        )
    region_id = _town(tx)
    key = {"region_id": region_id, "code": code}
    known = await locked_row(tables.Tenant, key)
    wanted = {
        "name_zh": name_zh,
        "name_en": name_en,
        "kind": kind,
        "opened_on": opened_on,
        "closed_on": closed_on,
    }
    wanted["books_from"] = _books(known, opened_on, books_from)
    wanted["covered_to"] = _with_latest(known["covered_to"] if known else (), covered_to)
    if known is not None:
        return Tenant(**await keep(tx, tables.Tenant, noun="tenant", key=key, values=wanted))
    return await _opened(tx, {**key, **wanted, "id": new_id()})


def _books(known: Row | None, opened_on: date, books_from: date | None) -> date:
    given = books_from or (known["books_from"] if known else opened_on)
    return max(opened_on, min(given, known["books_from"]) if known else given)


def _with_latest(known: Sequence[date], told: date | None) -> list[date]:
    """A day for each year."""
    days = sorted([*known, told] if told else known)
    return list({day.year: day for day in days}.values())


async def _opened(tx: Transaction, row: Row) -> Tenant:
    slug = row["code"].lower()
    if not await _inserted(tx, row, slug):
        region = await region_of(tx)
        slug = f"{slug}-{region.code.lower()}"
        if not await _inserted(tx, row, slug):
            raise Conflict(
                _("The address %(slug)s is taken."), _("Give the association unit another code."), slug=slug
            )
    audit.record(tx, "tenancy.tenant.open", "tenant", row["id"], after=row, detail={"code": row["code"]})
    return Tenant(slug=slug, **row)


async def _inserted(tx: Transaction, row: Row, slug: str) -> bool:
    names = ("kind", "name_zh", "name_en", "opened_on", "closed_on", "books_from", "covered_to")
    values = (row["id"], row["region_id"], row["code"], slug, *(row[name] for name in names))
    return await tx.fetchval(_INSERT, *values) is not None


async def close_tenant(tx: Transaction, tenant_id: UUID, closed_on: date, reason: str = "") -> None:
    """Close a tenant of the scope's town after `closed_on`, its last day; its books stay readable."""
    known = await locked_row(tables.Tenant, {"id": tenant_id, "region_id": _town(tx)})
    if known is None:
        raise NotFound
    if closed_on < known["opened_on"]:
        raise BadInput(fields={"closed_on": _("The last day is before the day of opening.")})
    if known["closed_on"] == closed_on:
        return
    await tables.Tenant.update({"closed_on": closed_on}).where(tables.Tenant.id == tenant_id)
    audit.record(
        tx,
        "tenancy.tenant.close",
        "tenant",
        tenant_id,
        before={"closed_on": known["closed_on"]},
        after={"closed_on": closed_on},
        reason=reason,
    )


async def list_tenants(tx: Transaction) -> list[Tenant]:
    """The tenants of the scope's town, in order of code, closed ones included."""
    table = tables.Tenant
    rows = await table.select().where(table.region_id == _town(tx)).order_by(table.code)
    return [Tenant(**row) for row in rows]


async def tenant_by_code(tx: Transaction, code: str) -> Tenant | None:
    """A tenant of the scope's town."""
    table = tables.Tenant
    row = await table.select().where(table.region_id == _town(tx)).where(table.code == code).first()
    return Tenant(**row) if row else None


async def own_tenant(tx: Transaction) -> Tenant:
    """The tenant of the open scope; raises `NotFound` without one."""
    row = await tables.Tenant.select().where(tables.Tenant.id == tx.scope.tenant).first()
    if row is None:
        raise NotFound
    return Tenant(**row)


def _town(tx: Transaction) -> UUID:
    if tx.scope.region is None:
        raise NotFound
    return tx.scope.region
