"""Two records that are one person: one is kept, the other steps back, and undoing puts everything where it was.

The kept record's own data and movements are the truth. The other's movements are set aside, so that for the
figures they never happened; its pseudonym goes; it is found no more, and its number leads to the kept one.
What service modules have of her is relinked by the host, row by row noted here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.kernel import clock
from core.kernel.audit import record
from core.kernel.changes import changed
from core.kernel.db import Row, Transaction
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.seal import Keyring
from core.people.columns import CONTACT_PLACE, DOCUMENT_PLACE, PHONE_PLACE, Columns, Sealer, is_unique
from core.people.drafts import Document
from core.people.episodes import rebuild_residence
from core.people.records import mark_figures, write_pseudonyms

__all__ = [
    "FILLABLE",
    "MERGE_REASONS",
    "Merge",
    "ask_merge",
    "ask_undo",
    "begin_merge",
    "begin_undo",
    "merges_of",
    "put_back",
    "step_back",
]

MERGE_REASONS: Mapping[str, str] = {
    "SHE_SAYS_SO": _("she says so herself"),
    "SAME_DOCUMENT": _("both show the same document"),
    "TYPING_ERROR": _("one was typed wrongly"),
}
"""Codes, since a reason in words could name her."""

FILLABLE = ("document", "phone", "contact", "birth_date")
"""What the kept record may take over where it has none."""


class Merge(Struct, frozen=True, kw_only=True):
    """A merge with the record that it keeps; `state`: asked, merged, undoing, undone or void."""

    id: UUID
    kept_id: UUID
    gone_id: UUID
    reason: str
    state: str
    filled: tuple[str, ...]
    asked_at: datetime
    asked_by: UUID | None


_MERGE = "id, kept_id, gone_id, reason, state, filled, asked_at, asked_by"

_BOTH = """
SELECT id, state, merged_into, birth_date, id_type, document_sealed, document_index, phone_sealed, phone_index,
       contact_sealed
FROM people.person WHERE tenant_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
"""

_BUSY = """
SELECT EXISTS (SELECT 1 FROM people.merge WHERE tenant_id = $1 AND state IN ('asked', 'undoing') AND id <> $3
               AND (kept_id = ANY($2::uuid[]) OR gone_id = ANY($2::uuid[]))) AS is_merging,
       EXISTS (SELECT 1 FROM people.erasure WHERE tenant_id = $1 AND person_id = ANY($2::uuid[])
               AND done_at IS NULL) AS is_erasing,
       EXISTS (SELECT 1 FROM people.person WHERE tenant_id = $1 AND merged_into = $4) AS has_merged
"""

_ASK = """
INSERT INTO people.merge (tenant_id, id, kept_id, gone_id, reason, state, filled, asked_at, asked_by)
VALUES ($1, $2, $3, $4, $5, 'asked', $6, $7, $8)
"""

_TURN = """
UPDATE people.merge SET state = $4, ended_at = $5 WHERE tenant_id = $1 AND id = $2 AND state = $3 RETURNING id
"""

_OF_KEPT = f"""
SELECT {_MERGE} FROM people.merge WHERE tenant_id = $1 AND $2 IN (kept_id, gone_id)
AND state IN ('asked', 'merged', 'undoing') ORDER BY asked_at
"""  # noqa: S608 -- the column list above, here and below

_LOCK_MERGE = f"SELECT {_MERGE} FROM people.merge WHERE tenant_id = $1 AND id = $2 AND state = $3 FOR UPDATE"  # noqa: S608

_MOVEMENT = "person_id, kind, day, sequence, reason, ref, transfer_id, recorded_at, recorded_by"

_SET_ASIDE = f"""
WITH gone AS (DELETE FROM people.movement WHERE tenant_id = $1 AND person_id = $3 RETURNING id, {_MOVEMENT})
INSERT INTO people.set_aside (tenant_id, merge_id, id, {_MOVEMENT})
SELECT $1, $2, id, {_MOVEMENT} FROM gone RETURNING day
"""  # noqa: S608

_PUT_BACK = f"""
WITH back AS (DELETE FROM people.set_aside WHERE tenant_id = $1 AND merge_id = $2 RETURNING id, {_MOVEMENT})
INSERT INTO people.movement (tenant_id, id, {_MOVEMENT})
SELECT $1, id, {_MOVEMENT} FROM back RETURNING day
"""  # noqa: S608

_STEP_BACK = "UPDATE people.person SET state = 'merged', merged_into = $3 WHERE tenant_id = $1 AND id = $2"

_COME_FORWARD = (
    "UPDATE people.person SET state = 'active', merged_into = NULL WHERE tenant_id = $1 AND id = $2"
)

_RENUMBER = """
UPDATE people.person p SET document_index = $3 WHERE p.tenant_id = $1 AND p.id = $2
AND NOT EXISTS (SELECT 1 FROM people.person o WHERE o.tenant_id = $1 AND o.document_index = $3 AND o.id <> $2)
"""

_EMPTY: Mapping[str, tuple[str, ...]] = {
    "document": ("id_type", "document_sealed", "document_index", "document_tail_index", "document_mask"),
    "phone": ("phone_sealed", "phone_index", "phone_tail_index", "phone_mask"),
    "contact": ("contact_sealed",),
    "birth_date": ("birth_date",),
}


async def ask_merge(
    tx: Transaction, kept: UUID, gone: UUID, reason: str, take_over: Collection[str] = FILLABLE
) -> UUID:
    """Note that `gone` is the person of `kept`. Raises `NotFound`, and `Conflict` where that cannot be."""
    if reason not in MERGE_REASONS:
        raise BadInput(fields={"reason": _("Choose one of the reasons.")})
    if kept == gone:
        raise Conflict(_("This is one and the same record."), _("Choose the other one."))
    both = await _both(tx, kept, gone)
    if any(row["state"] not in ("active", "opted_out") for row in both.values()) or len(both) < 2:
        raise NotFound
    problem = await _problem(tx, kept, gone)
    if problem is not None:
        raise problem
    merge = new_id()
    wanted = [name for name in FILLABLE if name in take_over]
    given = (kept, gone, reason, wanted, clock.now(), tx.scope.actor)
    await tx.execute(_ASK, tx.scope.tenant, merge, *given)
    record(tx, "people.merge.ask", "person", kept, detail={"other": str(gone), "reason": reason})
    return merge


async def ask_undo(tx: Transaction, merge: UUID) -> Merge:
    """Note that they are two people after all; `Conflict` where that is done, asked for, or too late."""
    found = await _locked(tx, merge, "merged")
    if found is None:
        raise Conflict(_("This is undone, or being undone, already."), _("Reload the page."))
    both = await _both(tx, found.kept_id, found.gone_id)
    if not _stands(both, found):
        raise Conflict(_("One of the two was erased, so this cannot be undone."))
    problem = await _problem(tx, found.kept_id, found.gone_id, merge)
    if problem is not None:
        raise problem
    await _turn(tx, merge, "merged", "undoing")
    record(tx, "people.merge.ask-undo", "person", found.kept_id, detail={"other": str(found.gone_id)})
    return found


async def merges_of(tx: Transaction, person: UUID) -> list[Merge]:
    """The merges of a record that hold or are on their way, oldest first."""
    return [_merge(row) for row in await tx.fetch(_OF_KEPT, tx.scope.tenant, person)]


async def begin_merge(tx: Transaction, merge: UUID) -> Merge | None:
    """Lock the merge and both records; None where it is done, or cannot be done any more."""
    found = await _locked(tx, merge, "asked")
    if found is None:
        return None
    both = await _both(tx, found.kept_id, found.gone_id)
    is_fit = all(row["state"] in ("active", "opted_out") for row in both.values())
    if not is_fit or await _problem(tx, found.kept_id, found.gone_id, merge) is not None:
        await _turn(tx, merge, "asked", "void")
        return None
    return found


async def step_back(tx: Transaction, keyring: Keyring, merge: Merge) -> None:
    """The platform's part of a merge."""
    tenant = tx.scope.tenant
    both = await _both(tx, merge.kept_id, merge.gone_id)
    days = [row["day"] for row in await tx.fetch(_SET_ASIDE, tenant, merge.id, merge.gone_id)]
    for table in ("residence", "pseudonym"):
        await tx.execute(
            f"DELETE FROM people.{table} WHERE tenant_id = $1 AND person_id = $2",  # noqa: S608 -- named above
            tenant,
            merge.gone_id,
        )
    filled = await _fill(tx, keyring, merge, both)
    await tx.execute(_STEP_BACK, tenant, merge.gone_id, merge.kept_id)
    await tx.execute(
        "UPDATE people.merge SET filled = $3 WHERE tenant_id = $1 AND id = $2", tenant, merge.id, filled
    )
    await _turn(tx, merge.id, "asked", "merged")
    await _mark(tx, days)
    record(
        tx,
        "people.person.merge",
        "person",
        merge.kept_id,
        detail={"other": str(merge.gone_id), "movements": len(days), "filled": filled},
    )


async def begin_undo(tx: Transaction, merge: UUID) -> Merge | None:
    """Lock the merge and both records; None where it is undone, or one was erased meanwhile."""
    found = await _locked(tx, merge, "undoing")
    if found is None:
        return None
    if not _stands(await _both(tx, found.kept_id, found.gone_id), found):
        await _turn(tx, merge, "undoing", "merged")
        return None
    return found


async def put_back(tx: Transaction, keyring: Keyring, merge: Merge) -> None:
    """The platform's part of undoing a merge."""
    tenant = tx.scope.tenant
    both = await _both(tx, merge.kept_id, merge.gone_id)
    await _empty(tx, keyring, merge, both)
    await tx.execute(_COME_FORWARD, tenant, merge.gone_id)
    await _give_number(tx, keyring, merge.gone_id, both[merge.gone_id])
    days = [row["day"] for row in await tx.fetch(_PUT_BACK, tenant, merge.id)]
    await rebuild_residence(tx, [merge.gone_id])
    await _turn(tx, merge.id, "undoing", "undone")
    await _mark(tx, days)
    record(tx, "people.person.unmerge", "person", merge.kept_id, detail={"other": str(merge.gone_id)})


async def _problem(tx: Transaction, kept: UUID, gone: UUID, but: UUID | None = None) -> Conflict | None:
    """What stands in the way; `but` is the merge that is asked about."""
    row = await tx.fetchrow(_BUSY, tx.scope.tenant, [kept, gone], but or new_id(), gone)
    if row is None or row["is_erasing"]:
        return Conflict(_("One of the two is being erased."), _("Nothing is to be done."))
    if row["is_merging"]:
        return Conflict(
            _("Two records are being put together or taken apart."), _("Wait a moment, then try again.")
        )
    if row["has_merged"]:
        return Conflict(
            _("Another record was put together with this one already."),
            _("Keep this one and let the other step back, or undo that first."),
        )
    return None


async def _both(tx: Transaction, kept: UUID, gone: UUID) -> dict[UUID, Row]:
    return {row["id"]: row for row in await tx.fetch(_BOTH, tx.scope.tenant, [kept, gone])}


def _stands(both: Mapping[UUID, Row], merge: Merge) -> bool:
    kept, gone = both[merge.kept_id], both[merge.gone_id]
    return kept["state"] in ("active", "opted_out") and gone["merged_into"] == merge.kept_id


async def _locked(tx: Transaction, merge: UUID, state: str) -> Merge | None:
    row = await tx.fetchrow(_LOCK_MERGE, tx.scope.tenant, merge, state)
    return _merge(row) if row else None


def _merge(row: Row) -> Merge:
    return Merge(**{**row, "filled": tuple(row["filled"])})


async def _turn(tx: Transaction, merge: UUID, before: str, after: str) -> None:
    await tx.fetchval(_TURN, tx.scope.tenant, merge, before, after, clock.now())


async def _fill(tx: Transaction, keyring: Keyring, merge: Merge, both: Mapping[UUID, Row]) -> list[str]:
    """Give the kept record what it has not; a document that tells people apart leaves the other one's index."""
    kept, gone, sealer = both[merge.kept_id], both[merge.gone_id], _sealer(tx, keyring)
    told: dict[str, Columns] = {}
    if "document" in merge.filled and kept["document_sealed"] is None and gone["document_sealed"] is not None:
        told["document"] = sealer.document_columns(kept["id"], _document(sealer, gone))
        await tx.execute(
            "UPDATE people.person SET document_index = NULL WHERE tenant_id = $1 AND id = $2",
            tx.scope.tenant,
            gone["id"],
        )
    if "phone" in merge.filled and kept["phone_sealed"] is None and gone["phone_sealed"] is not None:
        phone = sealer.open(PHONE_PLACE, gone["id"], gone["phone_sealed"])
        told["phone"] = sealer.phone_columns(kept["id"], phone)
    if "contact" in merge.filled and kept["contact_sealed"] is None and gone["contact_sealed"] is not None:
        contact = sealer.open(CONTACT_PLACE, gone["id"], gone["contact_sealed"])
        told["contact"] = sealer.contact_columns(kept["id"], contact)
    if "birth_date" in merge.filled and kept["birth_date"] is None and gone["birth_date"] is not None:
        told["birth_date"] = {"birth_date": gone["birth_date"]}
    await _set(tx, kept["id"], {name: value for each in told.values() for name, value in each.items()})
    if "document" in told:
        await _name(tx, sealer, kept["id"], _document(sealer, gone))
    return list(told)


async def _empty(tx: Transaction, keyring: Keyring, merge: Merge, both: Mapping[UUID, Row]) -> None:
    """Take from the kept record what it was given, unless that was corrected since."""
    kept, gone, sealer = both[merge.kept_id], both[merge.gone_id], _sealer(tx, keyring)
    same = {
        "document": _opened(sealer, DOCUMENT_PLACE, "document_sealed", kept, gone),
        "phone": kept["phone_index"] == gone["phone_index"],
        "contact": _opened(sealer, CONTACT_PLACE, "contact_sealed", kept, gone),
        "birth_date": kept["birth_date"] == gone["birth_date"],
    }
    gone_again = [name for name in merge.filled if same[name]]
    await _set(tx, kept["id"], dict.fromkeys(column for name in gone_again for column in _EMPTY[name]))
    if "document" in gone_again:
        await tx.execute(
            "DELETE FROM people.pseudonym WHERE tenant_id = $1 AND person_id = $2",
            tx.scope.tenant,
            kept["id"],
        )


async def _give_number(tx: Transaction, keyring: Keyring, person: UUID, row: Row) -> None:
    """Her number is hers again, and so is the name that the town counts her by."""
    sealer = _sealer(tx, keyring)
    document = _document(sealer, row)
    if document is None or not is_unique(document):
        return
    index = sealer.document_index(document)
    if await tx.execute(_RENUMBER, tx.scope.tenant, person, index):
        await write_pseudonyms(tx, [(person, sealer.pseudonym(document))])


async def _name(tx: Transaction, sealer: Sealer, person: UUID, document: Document | None) -> None:
    if document is not None and is_unique(document):
        await write_pseudonyms(tx, [(person, sealer.pseudonym(document))])


async def _set(tx: Transaction, person: UUID, columns: Mapping[str, Any]) -> None:
    if not columns:
        return
    assigned = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=3))
    await tx.execute(
        f"UPDATE people.person SET {assigned}, version = version + 1 WHERE tenant_id = $1 AND id = $2",  # noqa: S608
        tx.scope.tenant,
        person,
        *columns.values(),
    )


def _sealer(tx: Transaction, keyring: Keyring) -> Sealer:
    if tx.scope.tenant is None:
        raise NotFound
    return Sealer(keyring, tx.scope.tenant)


def _document(sealer: Sealer, row: Row) -> Document | None:
    number = sealer.open(DOCUMENT_PLACE, row["id"], row["document_sealed"])
    return Document(id_type=row["id_type"], number=number) if row["id_type"] and number else None


def _opened(sealer: Sealer, place: str, column: str, one: Row, other: Row) -> bool:
    return sealer.open(place, one["id"], one[column]) == sealer.open(place, other["id"], other[column])


async def _mark(tx: Transaction, days: Sequence[date]) -> None:
    """Her movements count, or count no more; who is present, and as whom the town counts her, from the start."""
    await mark_figures(tx)
    start = await tx.fetchval("SELECT books_from FROM tenancy.tenant WHERE id = $1", tx.scope.tenant)
    for month in sorted({day.replace(day=1) for day in days}):
        changed(tx, "people.movement", month)
    for table in ("people.residence", "people.pseudonym"):
        changed(tx, table, min([start, *days]), onwards=True)
