"""The town's side: post a notice, correct it, withdraw it, and see which units have read it.

Only units that are open on the day of posting get a notice. A correction is a new version for the same units:
they read it again, and what was asked is asked again, since it may have changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct, structs

from core.kernel import audit, clock
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.tenancy.tenants import Tenant, list_tenants

__all__ = [
    "ALL",
    "PAGE",
    "Draft",
    "Posted",
    "Reader",
    "UnitState",
    "Version",
    "correct_notice",
    "late_notices",
    "post_notice",
    "posted_notice",
    "posted_notices",
    "states_of",
    "versions_of",
    "withdraw_notice",
]

ALL = "all"
PAGE = 50

_POST = """
INSERT INTO notices.notice (tenant_id, id, region_id, notice_id, version, title, body, due_on, needs_answer,
                            posted_at, posted_by, withdrawn_why)
SELECT t.id, given.id, t.region_id, $3, 1, $4, $5, $6, $7, $8, $9, ''
FROM unnest($1::uuid[], $2::uuid[]) AS given (tenant_id, id)
JOIN tenancy.tenant t ON t.id = given.tenant_id AND t.region_id = $10
ON CONFLICT (tenant_id, notice_id, version) DO NOTHING RETURNING tenant_id
"""

_REPLACE = """
UPDATE notices.notice SET replaced_at = $4
WHERE region_id = $1 AND notice_id = $2 AND version = $3 AND replaced_at IS NULL AND withdrawn_at IS NULL
RETURNING tenant_id
"""

_WITHDRAW = """
UPDATE notices.notice SET withdrawn_at = $3, withdrawn_why = $4
WHERE region_id = $1 AND notice_id = $2 AND replaced_at IS NULL AND withdrawn_at IS NULL RETURNING tenant_id
"""

_CORRECTED = """
INSERT INTO notices.notice (tenant_id, id, region_id, notice_id, version, title, body, due_on, needs_answer,
                            posted_at, posted_by, withdrawn_why)
SELECT given.tenant_id, given.id, $10, $3, $11, $4, $5, $6, $7, $8, $9, ''
FROM unnest($1::uuid[], $2::uuid[]) AS given (tenant_id, id)
"""

_POSTED = """
SELECT n.notice_id AS id, n.version, n.title, n.body, n.due_on, n.needs_answer, n.posted_at,
       COALESCE(NULLIF(a.name, ''), a.login) AS posted_by, n.withdrawn_at, n.withdrawn_why,
       count(*) AS units, count(n.done_at) AS done,
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM notices.reading r WHERE r.tenant_id = n.tenant_id AND r.row_id = n.id)) AS read
FROM notices.notice n JOIN identity.account a ON a.id = n.posted_by
WHERE n.region_id = $1 AND n.replaced_at IS NULL AND ($2::uuid IS NULL OR n.notice_id = $2)
  AND ($3::uuid IS NULL OR n.notice_id < $3)
GROUP BY n.notice_id, n.version, n.title, n.body, n.due_on, n.needs_answer, n.posted_at, a.name, a.login,
         n.withdrawn_at, n.withdrawn_why
ORDER BY n.notice_id DESC LIMIT $4
"""

_UNITS = """
SELECT tenant_id, done_at, COALESCE(NULLIF(a.name, ''), a.login, '') AS done_by
FROM notices.notice n LEFT JOIN identity.account a ON a.id = n.done_by
WHERE n.region_id = $1 AND n.notice_id = $2 AND n.replaced_at IS NULL
"""

_READINGS = """
SELECT DISTINCT ON (r.tenant_id, r.account_id) r.tenant_id, COALESCE(NULLIF(a.name, ''), a.login) AS name,
       r.read_at AS at, n.replaced_at IS NULL AS is_current
FROM notices.reading r JOIN notices.notice n ON n.tenant_id = r.tenant_id AND n.id = r.row_id
JOIN identity.account a ON a.id = r.account_id
WHERE r.region_id = $1 AND n.notice_id = $2 ORDER BY r.tenant_id, r.account_id, n.version DESC
"""

_VERSIONS = """
SELECT DISTINCT version, title, body, due_on, needs_answer, posted_at FROM notices.notice
WHERE region_id = $1 AND notice_id = $2 ORDER BY version DESC
"""

_LATE = """
SELECT notice_id AS id, title, due_on, count(*) AS missing FROM notices.notice
WHERE region_id = $1 AND replaced_at IS NULL AND withdrawn_at IS NULL AND done_at IS NULL AND due_on < $2
GROUP BY notice_id, title, due_on ORDER BY due_on, notice_id
"""


class Draft(Struct, frozen=True, kw_only=True):
    """What a notice says: plain words in paragraphs, and what it asks."""

    title: str
    body: str
    due_on: date | None = None
    """The last day on which what it asks is done in time."""
    needs_answer: bool = False
    """The unit is asked to confirm, with a day or without."""


class Version(Struct, frozen=True, kw_only=True):
    """The words as they stood from `posted_at` on."""

    version: int
    title: str
    body: str
    due_on: date | None
    needs_answer: bool
    posted_at: datetime


class Posted(Version, frozen=True, kw_only=True):
    """A notice as it stands, and how many units have read it."""

    id: UUID
    posted_by: str
    withdrawn_at: datetime | None
    withdrawn_why: str
    units: int
    read: int
    done: int

    @property
    def asks(self) -> bool:
        return self.needs_answer or self.due_on is not None


class Reader(Struct, frozen=True, kw_only=True):
    """Who has read it and when; not `is_current`: the words before the last correction."""

    name: str
    at: datetime
    is_current: bool


class UnitState(Struct, frozen=True, kw_only=True):
    """How far one unit is with a notice."""

    tenant: Tenant
    readers: list[Reader]
    done_at: datetime | None
    done_by: str

    @property
    def has_read(self) -> bool:
        return any(reader.is_current for reader in self.readers)


class Late(Struct, frozen=True, kw_only=True):
    """A notice whose day is over, and how many units have not said that they are done."""

    id: UUID
    title: str
    due_on: date
    missing: int


async def post_notice(
    tx: Transaction, draft: Draft, to: Sequence[str], today: date, notice_id: UUID | None = None
) -> UUID:
    """Give a notice to the open units of the scope's town that `to` names: `all`, `kind:...`, `unit:...`.

    A second time with the same `notice_id` changes nothing.
    """
    chosen = [unit for unit in await list_tenants(tx) if unit.is_open_on(today) and _is_meant(unit, to)]
    if not chosen:
        raise BadInput(fields={"to": _("Choose at least one unit that is open.")})
    notice_id = notice_id or new_id()
    if await tx.fetchval(_POSTED, tx.scope.region, notice_id, None, 1):
        return notice_id
    units = [unit.id for unit in chosen]
    given = await tx.fetch(_POST, units, [new_id() for _unit in units], notice_id, *_words(tx, draft))
    if given:
        _note(tx, "post", notice_id, after=draft, detail={"units": len(given)})
    return notice_id


async def correct_notice(tx: Transaction, notice_id: UUID, version: int, draft: Draft) -> None:
    """Put other words in the place of `version`. Raises `Conflict` where that is not the last one any more."""
    known = await posted_notice(tx, notice_id)
    if Draft(**{name: getattr(known, name) for name in Draft.__struct_fields__}) == draft:
        return
    rows = await tx.fetch(_REPLACE, tx.scope.region, notice_id, version, clock.now())
    if not rows:
        raise Conflict(
            _("This notice was corrected or withdrawn since you opened it."),
            _("Reload the page and look at what has changed."),
        )
    units = [row["tenant_id"] for row in rows]
    await tx.execute(
        _CORRECTED, units, [new_id() for _unit in units], notice_id, *_words(tx, draft), version + 1
    )
    _note(tx, "correct", notice_id, before=known, after=draft, detail={"version": version + 1})


async def withdraw_notice(tx: Transaction, notice_id: UUID, reason: str) -> None:
    """Take a notice back; it stays readable, marked, with the reason. A second time changes nothing."""
    await posted_notice(tx, notice_id)
    if not reason:
        raise BadInput(fields={"reason": _("Say why, in a few words.")})
    rows = await tx.fetch(_WITHDRAW, tx.scope.region, notice_id, clock.now(), reason)
    if rows:
        _note(tx, "withdraw", notice_id, reason=reason, detail={"units": len(rows)})


async def posted_notices(
    tx: Transaction, before: UUID | None = None, limit: int = PAGE
) -> tuple[list[Posted], UUID | None]:
    """The newest of the scope's town first, and the one to go on before, None at the end."""
    rows = await tx.fetch(_POSTED, tx.scope.region, None, before, limit + 1)
    found = [Posted(**row) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


async def posted_notice(tx: Transaction, notice_id: UUID) -> Posted:
    row = await tx.fetchrow(_POSTED, tx.scope.region, notice_id, None, 1)
    if row is None:
        raise NotFound
    return Posted(**row)


async def states_of(tx: Transaction, notice_id: UUID) -> list[UnitState]:
    """Every unit that has the notice, in order of code."""
    tenants = {tenant.id: tenant for tenant in await list_tenants(tx)}
    readers: dict[UUID, list[Reader]] = {}
    for row in await tx.fetch(_READINGS, tx.scope.region, notice_id):
        reader = Reader(name=row["name"], at=row["at"], is_current=row["is_current"])
        readers.setdefault(row["tenant_id"], []).append(reader)
    rows = await tx.fetch(_UNITS, tx.scope.region, notice_id)
    found = [
        UnitState(
            tenant=tenants[row["tenant_id"]],
            readers=sorted(readers.get(row["tenant_id"], []), key=lambda reader: reader.at),
            done_at=row["done_at"],
            done_by=row["done_by"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda state: state.tenant.code)


async def versions_of(tx: Transaction, notice_id: UUID) -> list[Version]:
    """The words as they are and as they were, the newest first."""
    return [Version(**row) for row in await tx.fetch(_VERSIONS, tx.scope.region, notice_id)]


async def late_notices(tx: Transaction, today: date) -> list[Late]:
    """Whose day is over while units are missing: what the town has to ask after."""
    return [Late(**row) for row in await tx.fetch(_LATE, tx.scope.region, today)]


def _is_meant(unit: Tenant, to: Sequence[str]) -> bool:
    return any(name in to for name in (ALL, f"kind:{unit.kind}", f"unit:{unit.code}"))


def _words(tx: Transaction, draft: Draft) -> tuple[object, ...]:
    return (
        draft.title,
        draft.body,
        draft.due_on,
        draft.needs_answer,
        clock.now(),
        tx.scope.actor,
        tx.scope.region,
    )


def _note(
    tx: Transaction,
    verb: str,
    notice_id: UUID,
    *,
    before: Struct | None = None,
    after: Struct | None = None,
    reason: str = "",
    detail: audit.Detail,
) -> None:
    audit.record(
        tx,
        f"notices.notice.{verb}",
        "notice",
        notice_id,
        before=structs.asdict(before) if before else None,
        after=structs.asdict(after) if after else None,
        reason=reason,
        detail=detail,
    )
