"""The unit's side: what the town has told it, who of the staff has read it, and whether it is done here.

To look at a page notes nothing. Somebody has read a notice when she says so; that is the record.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct

from core.kernel import audit, clock
from core.kernel.db import Transaction
from core.kernel.errors import Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.notices.posting import PAGE, Reader

__all__ = [
    "Received",
    "mark_done",
    "mark_read",
    "open_notices",
    "readers_of",
    "received_notice",
    "received_notices",
]

NEWS_FOR = timedelta(days=30)
"""So long an unread notice that asks nothing waits on the home page; then it stands in the list alone."""

_COLUMNS = """
SELECT n.notice_id AS id, n.id AS row_id, n.version, n.title, n.body, n.due_on, n.needs_answer, n.posted_at,
       n.withdrawn_at, n.withdrawn_why, n.done_at,
       (SELECT COALESCE(NULLIF(a.name, ''), a.login) FROM identity.account a WHERE a.id = n.done_by) AS done_by,
       EXISTS (SELECT FROM notices.reading r WHERE r.tenant_id = n.tenant_id AND r.row_id = n.id
               AND r.account_id = $2) AS is_read
FROM notices.notice n WHERE n.tenant_id = $1 AND n.replaced_at IS NULL
"""

_LIST = f"{_COLUMNS} AND ($3::uuid IS NULL OR n.notice_id < $3) ORDER BY n.notice_id DESC LIMIT $4"

_ONE = f"{_COLUMNS} AND n.notice_id = $3"

_OPEN = f"""{_COLUMNS} AND n.withdrawn_at IS NULL AND n.done_at IS NULL
  AND (n.needs_answer OR n.due_on IS NOT NULL OR n.posted_at >= $3)
ORDER BY n.notice_id
"""

_READERS = """
SELECT DISTINCT ON (r.account_id) COALESCE(NULLIF(a.name, ''), a.login) AS name, r.read_at AS at,
       n.replaced_at IS NULL AS is_current
FROM notices.reading r JOIN notices.notice n ON n.tenant_id = r.tenant_id AND n.id = r.row_id
JOIN identity.account a ON a.id = r.account_id
WHERE r.tenant_id = $1 AND n.notice_id = $2 ORDER BY r.account_id, n.version DESC
"""

_READ = """
INSERT INTO notices.reading (tenant_id, id, region_id, row_id, account_id, read_at)
SELECT n.tenant_id, $3, n.region_id, n.id, $4, $5 FROM notices.notice n WHERE n.tenant_id = $1 AND n.id = $2
ON CONFLICT (tenant_id, row_id, account_id) DO NOTHING RETURNING id
"""

_DONE = """
UPDATE notices.notice SET done_at = $3, done_by = $4
WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL AND replaced_at IS NULL AND withdrawn_at IS NULL RETURNING id
"""


class Received(Struct, frozen=True, kw_only=True):
    """A notice as it stands in the unit; `is_read` is the asker's own."""

    id: UUID
    row_id: UUID
    version: int
    title: str
    body: str
    due_on: date | None
    needs_answer: bool
    posted_at: datetime
    withdrawn_at: datetime | None
    withdrawn_why: str
    done_at: datetime | None
    done_by: str | None
    is_read: bool

    @property
    def asks(self) -> bool:
        return self.needs_answer or self.due_on is not None

    @property
    def is_waiting(self) -> bool:
        """For the unit: something is asked and not yet done."""
        return self.asks and self.done_at is None and self.withdrawn_at is None


async def received_notices(
    tx: Transaction, before: UUID | None = None, limit: int = PAGE
) -> tuple[list[Received], UUID | None]:
    """The newest of the scope's tenant first, and the one to go on before, None at the end."""
    rows = await tx.fetch(_LIST, tx.scope.tenant, tx.scope.actor, before, limit + 1)
    found = [Received(**row) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


async def received_notice(tx: Transaction, notice_id: UUID) -> Received:
    row = await tx.fetchrow(_ONE, tx.scope.tenant, tx.scope.actor, notice_id)
    if row is None:
        raise NotFound
    return Received(**row)


async def open_notices(tx: Transaction) -> list[Received]:
    """What may still wait for somebody here, the oldest first."""
    rows = await tx.fetch(_OPEN, tx.scope.tenant, tx.scope.actor, clock.now() - NEWS_FOR)
    return [Received(**row) for row in rows]


async def readers_of(tx: Transaction, notice_id: UUID) -> list[Reader]:
    """Who of the unit has read the notice, in the order of time."""
    rows = await tx.fetch(_READERS, tx.scope.tenant, notice_id)
    return sorted((Reader(**row) for row in rows), key=lambda reader: reader.at)


async def mark_read(tx: Transaction, notice_id: UUID, version: int) -> None:
    """The scope's actor has read these words. A second time changes nothing.

    Raises `Conflict` when they were corrected or withdrawn since.
    """
    await _read(tx, await _as_read(tx, notice_id, version))


async def mark_done(tx: Transaction, notice_id: UUID, version: int) -> None:
    """What the notice asks is done, for the whole unit; who says so has also read it. Raises `Conflict`."""
    notice = await _as_read(tx, notice_id, version)
    if not notice.asks:
        raise Conflict(_("This notice asks for nothing to be done."), _("Say that you have read it."))
    await _read(tx, notice)
    if await tx.fetchval(_DONE, tx.scope.tenant, notice.row_id, clock.now(), tx.scope.actor):
        audit.record(tx, "notices.notice.done", "notice", notice.id, detail={"version": notice.version})
    else:  # a colleague was quicker, which is well, or the town was, which is not
        await _as_read(tx, notice_id, version)


async def _as_read(tx: Transaction, notice_id: UUID, version: int) -> Received:
    notice = await received_notice(tx, notice_id)
    if notice.version != version or notice.withdrawn_at is not None:
        raise Conflict(
            _("The town corrected or withdrew this notice since you opened it."),
            _("Reload the page and read it as it stands now."),
        )
    return notice


async def _read(tx: Transaction, notice: Received) -> None:
    if await tx.fetchval(_READ, tx.scope.tenant, notice.row_id, new_id(), tx.scope.actor, clock.now()):
        audit.record(tx, "notices.notice.read", "notice", notice.id, detail={"version": notice.version})
