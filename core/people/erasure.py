"""Erasing a person: her names and numbers go, and what figures of the past need stays without a way back to her.

What stays: sex, origin, whether floating, a birth date in the month of hers, and the dates of her movements and
consents. It is chosen so that no figure changes, see `coarsened`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from core.kernel import clock
from core.kernel.audit import record
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.seal import Keyring
from core.people.columns import DOCUMENT_PLACE, Sealer, is_unique
from core.people.consent import withdraw_all
from core.people.corrections import forget_corrections
from core.people.drafts import Document
from core.people.movements import presence_of, record_movement
from core.people.presence import MovementKind

__all__ = [
    "ERASURE_REASONS",
    "Erasure",
    "ask_erasure",
    "begin_erasure",
    "coarsened",
    "end_erasure",
    "erasure_of",
    "forget_person",
    "leave_register",
]

ERASURE_REASONS: Mapping[str, str] = {
    "ASKED": _("she asks for it"),
    "WITHDRAWN": _("she has withdrawn her consent"),
    "NOT_NEEDED": _("what it was kept for is done"),
    "UNLAWFUL": _("it should not have been recorded"),
}
"""Codes, since a reason in words could name her; PIPL, article 47."""


class Erasure(Struct, frozen=True, kw_only=True):
    """An erasure that was asked for and is not done yet."""

    reason: str
    asked_at: datetime
    asked_by: UUID | None


_LOCKED = """
SELECT id, state FROM people.person WHERE tenant_id = $1 AND (id = $2 OR merged_into = $2) ORDER BY id FOR UPDATE
"""

_MERGING = """
SELECT EXISTS (SELECT 1 FROM people.merge WHERE tenant_id = $1 AND state IN ('asked', 'undoing')
               AND $2 IN (kept_id, gone_id))
"""

_COME_FORWARD = """
UPDATE people.person SET state = 'active', merged_into = NULL WHERE tenant_id = $1 AND merged_into = $2
"""

_ASK = """
INSERT INTO people.erasure (tenant_id, id, person_id, reason, asked_at, asked_by) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, person_id) DO NOTHING
"""

_OF_PERSON = """
SELECT reason, asked_at, asked_by FROM people.erasure WHERE tenant_id = $1 AND person_id = $2 AND done_at IS NULL
"""

_KNOWN = """
SELECT p.birth_date, p.id_type, p.document_sealed, p.document_index, q.pseudonym
FROM people.person p LEFT JOIN people.pseudonym q ON q.tenant_id = p.tenant_id AND q.person_id = p.id
WHERE p.tenant_id = $1 AND p.id = $2
"""

_FORGET = """
UPDATE people.person SET state = 'erased', merged_into = NULL, version = version + 1, birth_date = $3,
  name = NULL, alias = NULL, name_former = NULL, name_latin = NULL, latin = NULL, pinyin = '', initials = '',
  origin_division = NULL, is_employee = false, id_type = NULL, document_sealed = NULL, document_index = NULL,
  document_tail_index = NULL, document_mask = NULL, phone_sealed = NULL, phone_index = NULL,
  phone_tail_index = NULL, phone_mask = NULL, contact_sealed = NULL
WHERE tenant_id = $1 AND id = $2
"""

# A reference leads to the line of a file, and the line to her number; words of a reason could tell who she was.
_BLANK = """
WITH kept AS (
  UPDATE people.movement SET reason = '', ref = NULL WHERE tenant_id = $1 AND person_id = $2 RETURNING day
), aside AS (
  UPDATE people.set_aside SET reason = '', ref = NULL WHERE tenant_id = $1 AND person_id = $2 RETURNING day
)
SELECT day FROM kept
"""

_SHARED = "SELECT EXISTS (SELECT 1 FROM people.pseudonym WHERE pseudonym = $1 AND tenant_id <> $2)"

_REFUSE = """
INSERT INTO people.refusal (tenant_id, id, number_index, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, number_index) DO NOTHING
"""


async def ask_erasure(tx: Transaction, person: UUID, reason: str) -> None:
    """Note that she is to be erased; asking twice is once. Raises `NotFound`, and `Conflict` during a merge."""
    if reason not in ERASURE_REASONS:
        raise BadInput(fields={"reason": _("Choose one of the reasons.")})
    rows = {row["id"]: row["state"] for row in await tx.fetch(_LOCKED, tx.scope.tenant, person)}
    if rows.get(person) not in ("active", "opted_out"):
        raise NotFound
    if await tx.fetchval(_MERGING, tx.scope.tenant, person):
        raise Conflict(
            _("Two records are being put together or taken apart."), _("Wait a moment, then try again.")
        )
    given = (person, reason, clock.now(), tx.scope.actor)
    if await tx.execute(_ASK, tx.scope.tenant, new_id(), *given):
        record(tx, "people.erasure.ask", "person", person, detail={"reason": reason})


async def erasure_of(tx: Transaction, person: UUID) -> Erasure | None:
    """The erasure that waits for the worker; None where there is none."""
    row = await tx.fetchrow(_OF_PERSON, tx.scope.tenant, person)
    return Erasure(**row) if row else None


async def begin_erasure(tx: Transaction, person: UUID) -> list[UUID]:
    """Lock her records, those merged into hers included, for their erasure; empty when it is done already.

    Those that were merged come forward for the rest of the transaction, so that every module can look at them.
    """
    rows = await tx.fetch(_LOCKED, tx.scope.tenant, person)
    if await erasure_of(tx, person) is None:
        return []
    await tx.execute(_COME_FORWARD, tx.scope.tenant, person)
    return [row["id"] for row in rows if row["state"] != "erased"]


async def leave_register(tx: Transaction, person: UUID, day: date) -> None:
    """Who is here leaves on `day`: only an absent person can be taken out of the books without a gap."""
    if await presence_of(tx, person) != "absent":
        await record_movement(tx, person, MovementKind.OPT_OUT, day)
    await withdraw_all(tx, [person])


async def forget_person(
    tx: Transaction, keyring: Keyring, person: UUID, event_days: Iterable[date] = ()
) -> None:
    """The platform's part, after every service module's; `event_days` are days on which her age is counted."""
    tenant = tx.scope.tenant
    known = await tx.fetchrow(_KNOWN, tenant, person)
    if tenant is None or known is None:
        raise NotFound
    sealer = Sealer(keyring, tenant)
    number = sealer.open(DOCUMENT_PLACE, person, known["document_sealed"])
    if known["id_type"] and number:
        await _refuse(tx, sealer, Document(id_type=known["id_type"], number=number))
    if known["pseudonym"]:
        await _forget_pseudonym(tx, person, known["pseudonym"])
    await forget_corrections(tx, person)
    moved = [row["day"] for row in await tx.fetch(_BLANK, tenant, person)]
    born = known["birth_date"]
    await tx.execute(
        _FORGET, tenant, person, coarsened(born, [*moved, *event_days]) if born is not None else None
    )
    record(tx, "people.person.erase", "person", person)


async def end_erasure(tx: Transaction, person: UUID) -> None:
    """It is done."""
    await tx.execute(
        "UPDATE people.erasure SET done_at = $3 WHERE tenant_id = $1 AND person_id = $2",
        tx.scope.tenant,
        person,
        clock.now(),
    )


def coarsened(born: date, event_days: Iterable[date]) -> date:
    """The earliest day of the birth month with which she is as old on every day that counts.

    At a month's end every day of the month gives the same age. On the day of an event it does not: the event
    must stay before, or not before, her birthday. Who was born on 29 February is no year older on the last of a
    common February, which no other day of that month gives, so it stays.
    """
    if (born.month, born.day) == (2, 29):
        return born
    before = [day.day for day in event_days if day.month == born.month and day.day < born.day]
    return born.replace(day=max(before, default=0) + 1)


async def _refuse(tx: Transaction, sealer: Sealer, document: Document) -> None:
    """A file must not bring her back: what she objected to is remembered by a hash of its own."""
    if is_unique(document):
        index = sealer.refusal_index(document)
        await tx.execute(_REFUSE, sealer.tenant, new_id(), index, clock.now())


async def _forget_pseudonym(tx: Transaction, person: UUID, pseudonym: str) -> None:
    """Unless another unit has her as well: then the town would count her past twice, so there it stays."""
    async with tx.door_of(pseudonym):
        is_shared = await tx.fetchval(_SHARED, pseudonym, tx.scope.tenant)
    statement = (
        "UPDATE people.pseudonym SET is_current = false WHERE tenant_id = $1 AND person_id = $2"
        if is_shared
        else "DELETE FROM people.pseudonym WHERE tenant_id = $1 AND person_id = $2"
    )
    await tx.execute(statement, tx.scope.tenant, person)
