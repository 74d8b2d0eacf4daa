"""The platform's own record of a person, whole, for the copy that she may ask for (PIPL, articles 44 and 45)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from core.kernel.db import Transaction
from core.kernel.errors import Forbidden
from core.kernel.i18n import gettext_noop as _
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.people.access import Look, PersonFull, Viewer, access_person, reveal, who_looked
from core.people.columns import CONTACT_PLACE, DOCUMENT_PLACE, PHONE_PLACE, Sealer
from core.people.episodes import Episode, episodes_of
from core.people.movements import Movement, movements_of
from core.people.presence import MovementKind

__all__ = ["ConsentGiven", "MergedRecord", "PersonRecord", "person_record"]

MOST_LOOKS = 10_000


class ConsentGiven(Struct, frozen=True, kw_only=True):
    """One giving of consent, and its withdrawal."""

    purpose: str
    wording: int
    given_at: datetime
    way: str
    withdrawn_at: datetime | None


class MergedRecord(Struct, frozen=True, kw_only=True):
    """A record that stepped back in favour of another: it is kept so that this can be undone."""

    id: UUID
    name: str
    birth_date: date | None
    document: str | None
    phone: str | None
    contact: str | None
    movements: list[Movement]
    """Set aside, and counted nowhere."""


class PersonRecord(Struct, frozen=True, kw_only=True):
    """All that the platform keeps of her; `merged` are the records that stepped back in favour of this one."""

    person: PersonFull
    document: str | None
    phone: str | None
    contact: str | None
    consents: list[ConsentGiven]
    movements: list[Movement]
    episodes: list[Episode]
    looks: list[Look]
    merged: list[MergedRecord]


_CONSENTS = """
SELECT purpose, wording, given_at, way, withdrawn_at FROM people.consent
WHERE tenant_id = $1 AND person_id = ANY($2::uuid[]) ORDER BY given_at, id
"""

_MERGED = """
SELECT id, coalesce(name, alias, '') AS name, birth_date, document_sealed, phone_sealed, contact_sealed
FROM people.person WHERE tenant_id = $1 AND merged_into = $2 ORDER BY id
"""

_SET_ASIDE = """
SELECT id, kind, day, reason, transfer_id, ref FROM people.set_aside
WHERE tenant_id = $1 AND person_id = $2 ORDER BY day, sequence
"""


async def person_record(tx: Transaction, keyring: Keyring, person: UUID, viewer: Viewer) -> PersonRecord:
    """Raises `NotFound`, and `Forbidden` for who does not see all of her."""
    shown = await access_person(tx, person, viewer)
    if not isinstance(shown, PersonFull):
        raise Forbidden(_("Your role sees this masked only."))
    merged = await _merged(tx, keyring, person)
    records = [person, *(each.id for each in merged)]
    return PersonRecord(
        person=shown,
        document=await reveal(tx, keyring, person, "document", viewer),
        phone=await reveal(tx, keyring, person, "phone", viewer),
        contact=await reveal(tx, keyring, person, "contact", viewer),
        consents=[ConsentGiven(**row) for row in await tx.fetch(_CONSENTS, tx.scope.tenant, records)],
        movements=await movements_of(tx, person),
        episodes=await episodes_of(tx, person),
        looks=[look for each in records for look in await who_looked(tx, each, MOST_LOOKS)],
        merged=merged,
    )


async def _merged(tx: Transaction, keyring: Keyring, person: UUID) -> list[MergedRecord]:
    sealer = Sealer(keyring, current_tenant())
    return [
        MergedRecord(
            id=row["id"],
            name=row["name"],
            birth_date=row["birth_date"],
            document=sealer.open(DOCUMENT_PLACE, row["id"], row["document_sealed"]),
            phone=sealer.open(PHONE_PLACE, row["id"], row["phone_sealed"]),
            contact=sealer.open(CONTACT_PLACE, row["id"], row["contact_sealed"]),
            movements=[
                Movement(**{**move, "kind": MovementKind(move["kind"])})
                for move in await tx.fetch(_SET_ASIDE, sealer.tenant, row["id"])
            ],
        )
        for row in await tx.fetch(_MERGED, sealer.tenant, person)
    ]
