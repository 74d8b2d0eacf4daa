"""The platform's own record of a person, whole, for the copy that she may ask for (PIPL, articles 44 and 45)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.kernel.db import Transaction
from core.kernel.errors import Forbidden
from core.kernel.i18n import gettext_noop as _
from core.kernel.seal import Keyring
from core.people.access import Look, PersonFull, Viewer, access_person, reveal, who_looked
from core.people.episodes import Episode, episodes_of
from core.people.movements import Movement, movements_of

__all__ = ["ConsentGiven", "PersonRecord", "merged_records", "person_record"]

MOST_LOOKS = 10_000


class ConsentGiven(Struct, frozen=True, kw_only=True):
    """One giving of consent, and its withdrawal."""

    purpose: str
    wording: int
    given_at: datetime
    way: str
    withdrawn_at: datetime | None


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
    merged: list[UUID]


_CONSENTS = """
SELECT purpose, wording, given_at, way, withdrawn_at FROM people.consent
WHERE tenant_id = $1 AND person_id = $2 ORDER BY given_at, id
"""


async def person_record(tx: Transaction, keyring: Keyring, person: UUID, viewer: Viewer) -> PersonRecord:
    """Raises `NotFound`, and `Forbidden` for who does not see all of her."""
    shown = await access_person(tx, person, viewer)
    if not isinstance(shown, PersonFull):
        raise Forbidden(_("Your role sees this masked only."))
    return PersonRecord(
        person=shown,
        document=await reveal(tx, keyring, person, "document", viewer),
        phone=await reveal(tx, keyring, person, "phone", viewer),
        contact=await reveal(tx, keyring, person, "contact", viewer),
        consents=[ConsentGiven(**row) for row in await tx.fetch(_CONSENTS, tx.scope.tenant, person)],
        movements=await movements_of(tx, person),
        episodes=await episodes_of(tx, person),
        looks=await who_looked(tx, person, MOST_LOOKS),
        merged=await merged_records(tx, person),
    )


async def merged_records(tx: Transaction, person: UUID) -> list[UUID]:
    """The records that stepped back in favour of this one."""
    rows = await tx.fetch(
        "SELECT id FROM people.person WHERE tenant_id = $1 AND merged_into = $2 ORDER BY id",
        tx.scope.tenant,
        person,
    )
    return [row["id"] for row in rows]
