"""Registering one person and correcting her record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace

from core.kernel import clock
from core.kernel.audit import record
from core.kernel.changes import changed
from core.kernel.db import Transaction
from core.kernel.errors import Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.kernel.text import clean
from core.people import documents
from core.people.checks import check_draft, check_edit
from core.people.columns import (
    CONTACT_PLACE,
    DOCUMENT_PLACE,
    SQL_TYPES,
    Columns,
    Sealer,
    columns_of,
    is_unique,
    name_keys,
)
from core.people.corrections import note_fields
from core.people.drafts import AlreadyKnown, Document, PersonDraft, PersonEdit

__all__ = [
    "FIGURED",
    "EditConflict",
    "audited",
    "edit_person",
    "mark_figures",
    "new_row",
    "register_person",
    "write_pseudonyms",
]

FIGURED = frozenset({"sex", "birth_date", "origin", "is_floating", "document_index"})
"""The columns that figures depend on; the number, because people are counted by it above the tenant."""


class EditConflict(Conflict):
    """Somebody else corrected the record since it was shown; nothing was written."""

    code = "edit-conflict"
    default_what = _("Somebody else has changed this record since you opened it.")
    default_todo = _("Nothing you typed is lost: look at the new values, then send again.")


_INSERT = f"""
INSERT INTO people.person (tenant_id, id, {", ".join(SQL_TYPES)})
VALUES ($1, $2, {", ".join(f"${place}" for place in range(3, 3 + len(SQL_TYPES)))})
ON CONFLICT (tenant_id, document_index) DO NOTHING
"""  # noqa: S608 -- the column list above

_LOCKED = f"""
SELECT version, state, {", ".join(SQL_TYPES)} FROM people.person
WHERE tenant_id = $1 AND id = $2 AND state IN ('active', 'opted_out') FOR UPDATE
"""  # noqa: S608

# Who was erased and registers again has come back of her own will: files may speak of her again.
_COME_BACK = "DELETE FROM people.refusal WHERE tenant_id = $1 AND number_index = $2"

_PSEUDONYMS = """
INSERT INTO people.pseudonym AS p (tenant_id, id, person_id, pseudonym, is_current)
SELECT $1, u.id, u.person_id, u.pseudonym, EXISTS (
  SELECT 1 FROM people.residence r
  WHERE r.tenant_id = $1 AND r.person_id = u.person_id AND r.ended_on IS NULL
)
FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS u (id, person_id, pseudonym)
ON CONFLICT (tenant_id, person_id) DO UPDATE SET pseudonym = excluded.pseudonym
WHERE p.pseudonym <> excluded.pseudonym
"""


async def register_person(
    tx: Transaction, keyring: Keyring, draft: PersonDraft, *, synthetic_ids: bool = False
) -> UUID:
    """A new person's id; raises `BadInput` with all fields at fault, `AlreadyKnown` for a known number."""
    check_draft(draft, synthetic_ids)
    sealer = Sealer(keyring, current_tenant())
    person = new_id()
    row = new_row(tx, sealer, person, draft)
    if not await tx.execute(_INSERT, sealer.tenant, person, *row.values()):
        raise AlreadyKnown(await _holder(tx, sealer.tenant, row["document_index"]))
    if draft.document is not None and is_unique(draft.document):
        await write_pseudonyms(tx, [(person, sealer.pseudonym(draft.document))])
        await tx.execute(_COME_BACK, sealer.tenant, sealer.refusal_index(draft.document))
    record(
        tx,
        "people.person.register",
        "person",
        person,
        after=audited(row),
        detail={"source": draft.source, "has_document": draft.document is not None},
    )
    return person


async def edit_person(
    tx: Transaction,
    keyring: Keyring,
    person: UUID,
    version: int,
    edit: PersonEdit,
    *,
    reason: str = "",
    synthetic_ids: bool = False,
) -> int:
    """Correct the record that was read as `version`; its version after that, the same when nothing changed.

    The old values of `CORRECTED_FIELDS` are kept, and `reason`, in words, with them.
    Raises `EditConflict` when it is not that version any more, `AlreadyKnown` for another person's number.
    """
    sealer = Sealer(keyring, current_tenant())
    before = await tx.fetchrow(_LOCKED, sealer.tenant, person)
    if before is None:
        raise NotFound
    if before["version"] != version:
        raise EditConflict
    edit = _without_repeats(sealer, person, before, edit)
    told = columns_of(sealer, person, edit)
    after = {**{name: before[name] for name in SQL_TYPES}, **told}
    after |= name_keys(after)
    check_edit(edit, after, synthetic_ids)
    changes = difference(before, after)
    if not changes:
        return version
    if "document_index" in changes:
        await _renumber(tx, sealer, person, edit.document, changes["document_index"])
    await _update(tx, sealer.tenant, person, changes)
    await note_fields(tx, person, before, changes, clean(reason))
    if FIGURED & changes.keys():
        await mark_figures(tx)
    fields = sorted(changes)
    record(
        tx,
        "people.person.edit",
        "person",
        person,
        before=audited({name: before[name] for name in changes}),
        after=audited(changes),
        detail={"fields": fields, "version": version + 1},
    )
    return version + 1


def new_row(tx: Transaction, sealer: Sealer, person: UUID, draft: PersonDraft) -> Columns:
    """Every column of a new person, in the order of `SQL_TYPES`."""
    row: Columns = dict.fromkeys(SQL_TYPES)
    row |= columns_of(sealer, person, draft)
    row |= name_keys(row)
    row["registered_by"] = tx.scope.actor
    row["registered_on"] = row["registered_on"] or clock.today()
    return row


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Columns:
    """The columns of `after` that are not what they were."""
    return {name: value for name, value in after.items() if name in SQL_TYPES and before[name] != value}


def audited(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit's digest covers: sealed text would never digest the same twice."""
    return {name: value for name, value in row.items() if not name.endswith("_sealed")}


async def mark_figures(tx: Transaction) -> None:
    """What people are (sex, birth, origin, floating) counts in every figure that they were ever in."""
    start = await tx.fetchval("SELECT books_from FROM tenancy.tenant WHERE id = $1", tx.scope.tenant)
    changed(tx, "people.person", start, onwards=True)


async def write_pseudonyms(tx: Transaction, rows: Sequence[tuple[UUID, str]]) -> None:
    """Give people the names that they have in every tenant: pairs of person and pseudonym."""
    people = [person for person, _name in rows]
    await tx.execute(_PSEUDONYMS, tx.scope.tenant, people, people, [name for _person, name in rows])


def _without_repeats(sealer: Sealer, person: UUID, before: Mapping[str, Any], edit: PersonEdit) -> PersonEdit:
    """The edit without the sealed fields that it only repeats: sealed anew they would look changed."""
    repeats: dict[str, Any] = {}
    if isinstance(edit.document, Document) and edit.document.id_type == before["id_type"]:
        number = sealer.open(DOCUMENT_PLACE, person, before["document_sealed"])
        if number == documents.normal_number(edit.document.number):
            repeats["document"] = UNSET
    if isinstance(edit.phone, str) and before["phone_index"] == sealer.phone_index(edit.phone):
        repeats["phone"] = UNSET
    contact = sealer.open(CONTACT_PLACE, person, before["contact_sealed"])
    if isinstance(edit.contact, str) and contact == clean(edit.contact):
        repeats["contact"] = UNSET
    return replace(edit, **repeats)


async def _renumber(
    tx: Transaction, sealer: Sealer, person: UUID, document: object, index: bytes | None
) -> None:
    if index is not None:
        holder = await _holder(tx, sealer.tenant, index)
        if holder is not None:
            raise AlreadyKnown(holder)
    if isinstance(document, Document) and is_unique(document):
        await write_pseudonyms(tx, [(person, sealer.pseudonym(document))])
    else:
        await tx.execute(
            "DELETE FROM people.pseudonym WHERE tenant_id = $1 AND person_id = $2", sealer.tenant, person
        )


async def _update(tx: Transaction, tenant: UUID, person: UUID, changes: Columns) -> None:
    assigned = ", ".join(f"{name} = ${place}" for place, name in enumerate(changes, start=3))
    await tx.execute(
        f"UPDATE people.person SET {assigned}, version = version + 1 WHERE tenant_id = $1 AND id = $2",  # noqa: S608
        tenant,
        person,
        *changes.values(),
    )


async def _holder(tx: Transaction, tenant: UUID, index: bytes | None) -> Any:
    return await tx.fetchval(
        "SELECT coalesce(merged_into, id) FROM people.person WHERE tenant_id = $1 AND document_index = $2",
        tenant,
        index,
    )
