"""The desk: everything that a plug-in may do with people, in one tenant, as one reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.identity.roles import Detail, detail_of
from core.kernel import clock
from core.kernel.db import Transaction
from core.kernel.errors import NotFound
from core.kernel.seal import Keyring
from core.people import (
    access,
    bulk,
    consent,
    correcting,
    corrections,
    elsewhere,
    episodes,
    find,
    movements,
    proof,
    records,
    stock,
    taking_back,
    transfers,
)
from core.people.checks import document_faults
from core.people.documents import kind_of, normal_number
from core.people.drafts import Document, PersonDraft, PersonEdit, PersonRow
from core.people.presence import MovementKind, Presence
from core.tenancy.town_settings import town_settings

__all__ = ["PeopleDesk"]

VIEW = "people.person.view"


class PeopleDesk:
    """`roles` decide who shows and how much; none (a job, a command) shows what its compartments open.

    `purpose` is a code for the access log: what the page that reads is for.
    """

    def __init__(
        self,
        transaction: Transaction,
        keyring: Keyring,
        roles: Sequence[str],
    ) -> None:
        self._tx = transaction
        self._keyring = keyring
        # "identity" is the least; a role that sees nobody has no compartment `registry` and finds nobody.
        self._detail: Detail = (detail_of(roles) or "identity") if roles else "full"
        self._seen: set[UUID] = set()

    def viewer(self, purpose: str = VIEW) -> access.Viewer:
        return access.Viewer(detail=self._detail, purpose=purpose)

    async def get(self, person: UUID, purpose: str = VIEW) -> access.Person:
        """A `Person`, `PersonIdentity` or `PersonFull`, as the reader's role goes; raises `NotFound`."""
        return await access.access_person(self._tx, person, self.viewer(purpose))

    async def get_many(self, people: Sequence[UUID], purpose: str) -> list[access.Person]:
        """Those of them whom the reader may see, by pinyin: for a file that leaves."""
        return await access.access_many(self._tx, people, self.viewer(purpose))

    async def search(
        self,
        text: str = "",
        *,
        where: find.PeopleFilter | None = None,
        limit: int = 50,
        after: find.Place | None = None,
        order: find.PeopleOrder = find.BY_NAME,
    ) -> find.Found:
        """As one types: names, pinyin, initials, numbers or their last four; '' lists everybody."""
        return await find.search(
            self._tx, self._keyring, text, self.viewer(), where=where, limit=limit, after=after, order=order
        )

    async def near_matches(self, draft: PersonDraft) -> list[find.NearMatch]:
        """Who here may be the person of the draft already; for a person to decide."""
        return await find.near_matches(self._tx, self._keyring, draft, self.viewer())

    async def recognise(self, text: str) -> Document | None:
        """The document whose whole number was typed or scanned; None for what can be anything else."""
        number = normal_number(text)
        allowed = (await town_settings(self._tx)).synthetic_ids
        id_type = kind_of(number, allow_synthetic=allowed, today=clock.today())
        return Document(id_type=id_type, number=number) if id_type else None

    async def faults_of(self, document: Document) -> dict[str, str]:
        """What is wrong with it by itself: message ids for `id_type` or `number`, {} where it can be right."""
        return document_faults(document, await self._synthetic_ids(document))

    async def by_number(self, documents: Sequence[Document]) -> list[UUID | None]:
        """The people who have these documents, in the same order."""
        return await bulk.people_by_number(self._tx, self._keyring, documents)

    async def passed_over(self, documents: Sequence[Document]) -> list[bool]:
        """Which of these numbers files say nothing by: of people who were erased, or of merged records."""
        return await bulk.passed_over(self._tx, self._keyring, documents)

    async def is_registered_elsewhere(self, document: Document) -> bool:
        """Whether another tenant has somebody with this number now; never which, and nothing else of her."""
        return await elsewhere.is_registered_elsewhere(self._tx, self._keyring, document)

    async def register(self, draft: PersonDraft) -> UUID:
        """Raises `BadInput` with all fields at fault, `AlreadyKnown` with the person of a known number."""
        allowed = await self._synthetic_ids(draft.document)
        person = await records.register_person(self._tx, self._keyring, draft, synthetic_ids=allowed)
        if self._detail == "full":
            self._seen.add(person)
        return person

    async def edit(self, person: UUID, version: int, edit: PersonEdit, reason: str = "") -> int:
        """The version after it; raises `EditConflict` when the record is not `version` any more.

        `reason` is kept with the old values of what she is counted by, and shown where they are.
        """
        await self._check(person)
        allowed = await self._synthetic_ids(edit.document)
        return await records.edit_person(
            self._tx, self._keyring, person, version, edit, reason=reason, synthetic_ids=allowed
        )

    async def upsert(self, rows: Sequence[PersonRow]) -> list[bulk.Upserted]:
        """Up to 5,000 checked rows of a file; what is known already is not written again."""
        return await bulk.upsert_people(self._tx, self._keyring, rows)

    async def compare(self, rows: Sequence[PersonRow]) -> list[bulk.Upserted | None]:
        """What `upsert` would do, None for somebody new; nothing is written."""
        return await bulk.compare_people(self._tx, self._keyring, rows)

    async def standing(self, written: Sequence[taking_back.Written]) -> dict[UUID, taking_back.Standing]:
        """How people whom a file wrote stand since; they are locked, so that `take_back` finds them so."""
        return await taking_back.standing_of(self._tx, written)

    async def take_back(self, written: Sequence[taking_back.Written]) -> None:
        """Undo what a file wrote of people who stand as it left them: new ones go, known ones are as before."""
        await taking_back.take_back(self._tx, written)

    async def move(self, person: UUID, kind: MovementKind, day: date, reason: str = "") -> UUID:
        """Record a movement; raises `IllegalMovement` where it does not fit."""
        await self._check(person)
        return await movements.record_movement(self._tx, person, kind, day, reason)

    async def correct_movement(
        self,
        person: UUID,
        movement: UUID,
        *,
        seen: corrections.MovementFacts,
        new: corrections.MovementFacts | None,
        why: str,
    ) -> bool:
        """Make what was `seen` into `new`, or cancel it (None); False when that is done already.

        Raises `MovementChanged` when it is not what was seen, `IllegalMovement` where it does not fit.
        """
        await self._check(person)
        return await correcting.correct_movement(self._tx, person, movement, seen=seen, new=new, why=why)

    async def corrections(self, person: UUID) -> list[corrections.Correction]:
        """What was corrected of her movements and of what she is counted by, newest first; for the station."""
        await self._check(person)
        if self._detail != "full":
            raise NotFound
        return await corrections.corrections_of(self._tx, person)

    async def write_movements(self, rows: Sequence[movements.MovementRow]) -> int:
        """Up to 5,000 movements of a file; those that are there already are left out."""
        return await movements.write_movements(self._tx, rows)

    async def movements(self, person: UUID) -> list[movements.Movement]:
        """Oldest first."""
        await self._check(person)
        return await movements.movements_of(self._tx, person)

    async def presence(self, person: UUID) -> Presence:
        await self._check(person)
        return await movements.presence_of(self._tx, person)

    async def episodes(self, person: UUID) -> list[episodes.Episode]:
        """Her times of presence, oldest first; made from her movements."""
        await self._check(person)
        return await episodes.episodes_of(self._tx, person)

    async def present_on(self, day: date) -> set[UUID]:
        """Everybody present at the end of `day`."""
        return await episodes.present_on(self._tx, day)

    async def away_on(self, day: date) -> set[UUID]:
        """Those of them who were away for a time."""
        return await episodes.away_on(self._tx, day)

    async def first_day(self) -> date | None:
        """The day on which the books of people begin; None before the first movement."""
        return await proof.first_movement(self._tx)

    async def carried(self, person: UUID, purpose: str) -> PersonDraft:
        """Her record in clear, to go with her to another tenant; seal it for that tenant at once."""
        return await transfers.carried_draft(self._tx, self._keyring, person, self.viewer(purpose))

    async def leave(self, person: UUID, day: date, transfer_id: UUID, reason: str = "") -> UUID:
        """The half of a transfer that happens where she leaves; repeating it changes nothing."""
        await self._check(person)
        return await transfers.leave_for_transfer(self._tx, person, day, transfer_id, reason)

    async def arrive(self, draft: PersonDraft, day: date, transfer_id: UUID, reason: str = "") -> UUID:
        """The half where she comes to: the person here; repeating it changes nothing."""
        allowed = await self._synthetic_ids(draft.document)
        return await transfers.arrive_by_transfer(
            self._tx, self._keyring, draft, day, transfer_id, reason, synthetic_ids=allowed
        )

    async def consents(self, person: UUID) -> list[consent.ConsentState]:
        await self._check(person)
        return await consent.consents_of(self._tx, person)

    async def give_consent(self, person: UUID, purpose: str, way: consent.Way = "COUNTER") -> None:
        await self._check(person)
        await consent.give_consent(self._tx, person, purpose, way)

    async def withdraw_consent(self, person: UUID, purpose: str) -> None:
        await self._check(person)
        await consent.withdraw_consent(self._tx, person, purpose)

    async def reveal(self, person: UUID, field: access.SealedField, purpose: str) -> str | None:
        """A sealed field in clear, noted in her access log."""
        return await access.reveal(self._tx, self._keyring, person, field, self.viewer(purpose))

    async def reveal_many(
        self, people: Sequence[UUID], field: access.SealedField, purpose: str
    ) -> dict[UUID, str | None]:
        """The same of many people, for a file that leaves."""
        return await access.reveal_many(self._tx, self._keyring, people, field, self.viewer(purpose))

    async def who_looked(self, person: UUID) -> list[access.Look]:
        await self._check(person)
        return await access.who_looked(self._tx, person)

    async def stock(self, first_day: date, last_day: date) -> list[stock.StockLine]:
        """The stock identity of the days; its differences are 0."""
        return await stock.reconcile(self._tx, first_day, last_day)

    async def _check(self, person: UUID) -> None:
        """Every act on one person begins with the right to see her; asked once for a desk."""
        if person not in self._seen:
            await access.check_visible(self._tx, person, self.viewer())
            self._seen.add(person)

    async def _synthetic_ids(self, document: object) -> bool:
        return isinstance(document, Document) and (await town_settings(self._tx)).synthetic_ids
