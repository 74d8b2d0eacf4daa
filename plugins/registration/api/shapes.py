"""What several operations answer: a person as a list shows her, and what an act made or changed."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.sdk.people import Person

__all__ = ["PersonId", "PersonItem", "PersonVersion", "item_of"]


class PersonItem(Struct, frozen=True, kw_only=True):
    """A person as a list shows her; the document is masked."""

    id: UUID
    name: str
    sex: str
    birth_year: int | None
    origin: str
    document: str | None
    firm: str
    presence: str
    is_floating: bool


class PersonId(Struct, frozen=True, kw_only=True):
    """The person for whom something was done."""

    id: UUID


class PersonVersion(Struct, frozen=True, kw_only=True):
    """`version` is the one to give with the next edit of the same part."""

    id: UUID
    version: int


def item_of(person: Person, firm: str) -> PersonItem:
    return PersonItem(
        id=person.id,
        name=person.name,
        sex=person.sex,
        birth_year=person.birth_year,
        origin=person.origin,
        document=person.document,
        firm=firm,
        presence=person.presence,
        is_floating=person.is_floating,
    )
