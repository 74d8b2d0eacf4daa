"""Everything about people that a plug-in may do, in the open transaction and as the caller's roles allow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.kernel.db import Transaction
from core.kernel.seal import Keyring
from core.people import access, bulk, consent, find, movements, records
from core.people.access import DETAIL_OF_ROLE, Detail, Look, Person, SealedField, Viewer
from core.people.bulk import Upserted
from core.people.consent import ConsentState, Way
from core.people.drafts import Document, PersonDraft, PersonEdit, PersonRow
from core.people.elsewhere import is_registered_elsewhere
from core.people.find import Found, NearMatch, PeopleFilter
from core.people.find import Place as PlaceInList
from core.people.movements import Movement, MovementRow
from core.people.presence import MovementKind

__all__ = ["PeopleDesk"]

RANK: tuple[Detail, ...] = ("full", "basic", "identity")


class PeopleDesk:
    """One for each context. `purpose` says what a person is read for; it stands in her access log.

    Background work (no roles) sees everything of the compartments that it named.
    """

    def __init__(
        self, transaction: Transaction, keyring: Keyring, roles: Sequence[str], purpose: str
    ) -> None:
        self._tx = transaction
        self._keyring = keyring
        self._viewer = Viewer(detail=_detail(roles), purpose=purpose)

    @property
    def detail(self) -> Detail:
        """How much of a person the caller sees: `full`, `basic` (employer's side) or `identity`."""
        return self._viewer.detail

    async def person(self, person_id: UUID) -> Person:
        """Raises `NotFound` for who is absent, another tenant's, or not this role's to see."""
        return await access.access_person(self._tx, person_id, self._viewer)

    async def search(
        self,
        text: str,
        *,
        where: PeopleFilter | None = None,
        limit: int = 50,
        after: PlaceInList | None = None,
    ) -> Found:
        """By the beginning of a name, pinyin or initials; by number, its last four characters, telephone."""
        return await find.search(
            self._tx, self._keyring, text, self._viewer, where=where, limit=limit, after=after
        )

    async def near_matches(self, draft: PersonDraft) -> list[NearMatch]:
        return await find.near_matches(self._tx, self._keyring, draft, self._viewer)

    async def register(self, draft: PersonDraft, *, synthetic_ids: bool = False) -> UUID:
        """Raises `BadInput` with the fields at fault, `AlreadyKnown` for a number of this tenant."""
        return await records.register_person(self._tx, self._keyring, draft, synthetic_ids=synthetic_ids)

    async def edit(
        self,
        person_id: UUID,
        version: int,
        edit: PersonEdit,
        *,
        reason: str = "",
        synthetic_ids: bool = False,
    ) -> int:
        """The new version; raises `EditConflict` when somebody else was quicker."""
        return await records.edit_person(
            self._tx, self._keyring, person_id, version, edit, reason=reason, synthetic_ids=synthetic_ids
        )

    async def is_registered_elsewhere(self, document: Document) -> bool:
        """Whether another tenant has this number; never which, and nothing else of her."""
        return await is_registered_elsewhere(self._tx, self._keyring, document)

    async def reveal(self, person_id: UUID, field: SealedField) -> str | None:
        """A sealed field in clear; noted in her access log."""
        return await access.reveal(self._tx, self._keyring, person_id, field, self._viewer)

    async def reveal_many(self, people: Sequence[UUID], field: SealedField) -> dict[UUID, str | None]:
        return await access.reveal_many(self._tx, self._keyring, people, field, self._viewer)

    async def who_looked(self, person_id: UUID) -> list[Look]:
        return await access.who_looked(self._tx, person_id)

    async def movements(self, person_id: UUID) -> list[Movement]:
        """Oldest first."""
        return await movements.movements_of(self._tx, person_id)

    async def move(
        self,
        person_id: UUID,
        kind: MovementKind,
        day: date,
        reason: str = "",
        transfer_id: UUID | None = None,
        ref: str | None = None,
    ) -> UUID:
        """Record a movement; raises `IllegalMovement` where it does not fit the others."""
        return await movements.record_movement(
            self._tx, person_id, kind, day, reason=reason, transfer_id=transfer_id, ref=ref
        )

    async def consents(self, person_id: UUID) -> list[ConsentState]:
        return await consent.consents_of(self._tx, person_id)

    async def give_consent(self, person_id: UUID, purpose: str, way: Way = "COUNTER") -> None:
        await consent.give_consent(self._tx, person_id, purpose, way)

    async def withdraw_consent(self, person_id: UUID, purpose: str) -> None:
        await consent.withdraw_consent(self._tx, person_id, purpose)

    async def upsert(self, rows: Sequence[PersonRow]) -> list[Upserted]:
        """Up to 5,000 checked rows of a file; what says nothing new writes nothing."""
        return await bulk.upsert_people(self._tx, self._keyring, rows)

    async def by_number(self, documents: Sequence[Document]) -> list[UUID | None]:
        return await bulk.people_by_number(self._tx, self._keyring, documents)

    async def write_movements(self, rows: Sequence[MovementRow]) -> int:
        """Up to 5,000 movements; those whose `ref` or `transfer_id` is there already are left out."""
        return await movements.write_movements(self._tx, rows)


def _detail(roles: Sequence[str]) -> Detail:
    if not roles:
        return "full"
    held = {DETAIL_OF_ROLE[role] for role in roles if role in DETAIL_OF_ROLE}
    return next((detail for detail in RANK if detail in held), "identity")
