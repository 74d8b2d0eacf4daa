"""The two halves of a move to another tenant, each in its own tenant's transaction, tied by the transfer id.

The offer and its acceptance belong to the plug-in of registration; repeating a half changes nothing.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.kernel.db import Transaction
from core.kernel.errors import Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.people.access import PersonFull, Viewer, access_person, reveal
from core.people.bulk import people_by_number
from core.people.consent import has_consent
from core.people.drafts import Document, PersonDraft, Sex, Source
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person

__all__ = ["arrive_by_transfer", "carried_draft", "leave_for_transfer"]

_ARRIVED = "SELECT person_id FROM people.movement WHERE tenant_id = $1 AND transfer_id = $2"


async def carried_draft(tx: Transaction, keyring: Keyring, person: UUID, viewer: Viewer) -> PersonDraft:
    """What goes with a person who moves and agrees to it: her record in clear, to be sealed there at once.

    Raises `Conflict` without her consent to TRANSFER.
    """
    shown = await access_person(tx, person, viewer)
    if not isinstance(shown, PersonFull):
        raise NotFound
    if not await has_consent(tx, person, "TRANSFER"):
        raise Conflict(
            _("She has not agreed that her record goes with her."),
            _("Ask her and note her consent, or let the other association unit register her anew."),
        )
    number = await reveal(tx, keyring, person, "document", viewer)
    sex: Sex = shown.sex  # pyright: ignore[reportAssignmentType] -- as the table's check has it
    source: Source = "IMPORT"
    return PersonDraft(
        name=shown.legal_name,
        alias=shown.alias,
        name_former=shown.name_former,
        name_latin=shown.name_latin,
        document=Document(id_type=shown.id_type, number=number) if shown.id_type and number else None,
        sex=sex,
        birth_date=shown.birth_date,
        origin=shown.origin,
        origin_division=shown.origin_division,
        is_floating=shown.is_floating,
        is_employee=shown.is_employee,
        phone=await reveal(tx, keyring, person, "phone", viewer),
        contact=await reveal(tx, keyring, person, "contact", viewer),
        source=source,
    )


async def leave_for_transfer(
    tx: Transaction, person: UUID, day: date, transfer_id: UUID, reason: str = ""
) -> UUID:
    """The half of the tenant that she leaves: the id of the movement CHANGE_EMPLOYER_OUT."""
    return await record_movement(
        tx, person, MovementKind.CHANGE_EMPLOYER_OUT, day, reason, transfer_id=transfer_id
    )


async def arrive_by_transfer(
    tx: Transaction,
    keyring: Keyring,
    draft: PersonDraft,
    day: date,
    transfer_id: UUID,
    reason: str = "",
    *,
    synthetic_ids: bool = False,
) -> UUID:
    """The half of the tenant that she comes to: the person here, registered unless her number is known."""
    arrived = await tx.fetchval(_ARRIVED, current_tenant(), transfer_id)
    if arrived is not None:
        return arrived
    person = None
    if draft.document is not None:
        (person,) = await people_by_number(tx, keyring, [draft.document])
    if person is None:
        person = await register_person(tx, keyring, draft, synthetic_ids=synthetic_ids)
    await record_movement(tx, person, MovementKind.CHANGE_EMPLOYER_IN, day, reason, transfer_id=transfer_id)
    return person
