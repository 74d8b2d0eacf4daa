"""What was told, as the columns of a row: normal forms, sealed fields and the keys to find them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct

from core.kernel.seal import Keyring
from core.kernel.text import clean
from core.people import documents, names, phones
from core.people.divisions import NOT_STATED, origin_of_division
from core.people.drafts import Document, PersonDraft, PersonEdit, PersonRow

__all__ = [
    "CONTACT_PLACE",
    "DOCUMENT_PLACE",
    "NAMES",
    "PHONE_PLACE",
    "SQL_TYPES",
    "Columns",
    "Sealer",
    "columns_of",
    "is_unique",
    "name_keys",
    "plain_columns",
]

DOCUMENT_PLACE = "people.person.document_sealed"
PHONE_PLACE = "people.person.phone_sealed"
CONTACT_PLACE = "people.person.contact_sealed"

TAIL = 4
"""Characters of a document or telephone number that people search by."""

SQL_TYPES: Mapping[str, str] = {
    "name": "text",
    "alias": "text",
    "name_former": "text",
    "name_latin": "text",
    "latin": "text",
    "pinyin": "text",
    "initials": "text",
    "sex": "text",
    "birth_date": "date",
    "origin": "text",
    "origin_division": "text",
    "is_floating": "boolean",
    "is_employee": "boolean",
    "id_type": "text",
    "document_sealed": "bytea",
    "document_index": "bytea",
    "document_tail_index": "bytea",
    "document_mask": "text",
    "phone_sealed": "bytea",
    "phone_index": "bytea",
    "phone_tail_index": "bytea",
    "phone_mask": "text",
    "contact_sealed": "bytea",
    "source": "text",
    "registered_on": "date",
    "registered_by": "uuid",
}
"""The columns that a draft, an edit or a row of a file can fill."""

_NO_DOCUMENT = "98"
_NOT_UNIQUE = frozenset({"08", "98", "99"})

Columns = dict[str, Any]

_EMPTY_DOCUMENT: Columns = dict.fromkeys(
    ("id_type", "document_sealed", "document_index", "document_tail_index", "document_mask")
)
_EMPTY_PHONE: Columns = dict.fromkeys(("phone_sealed", "phone_index", "phone_tail_index", "phone_mask"))


def is_unique(document: Document) -> bool:
    """Whether its number space tells people apart, so that an equal number is the same person."""
    return document.id_type in documents.DOCUMENT_TYPES and document.id_type not in _NOT_UNIQUE


class Sealer(Struct, frozen=True):
    """The keyring in the hands of one tenant."""

    keyring: Keyring
    tenant: UUID

    def document_index(self, document: Document) -> bytes:
        number = documents.normal_number(document.number)
        return self._blind("document", f"{documents.space(document.id_type)}:{number}")

    def document_indexes(self, number: str) -> list[bytes]:
        """What the number would be found by in any of the number spaces."""
        kinds = (kind for kind in documents.DOCUMENT_TYPES if kind not in _NOT_UNIQUE)
        spaces = dict.fromkeys(documents.space(kind) for kind in kinds)
        return [self._blind("document", f"{space}:{number}") for space in spaces]

    def document_tail(self, number: str) -> bytes:
        return self._blind("document_tail", number[-TAIL:])

    def phone_index(self, phone: str) -> bytes:
        return self._blind("phone", phones.stored_phone(phones.normal_phone(phone)))

    def phone_tail(self, phone: str) -> bytes:
        return self._blind("phone_tail", phone[-TAIL:])

    def refusal_index(self, document: Document) -> bytes:
        """What files pass over the number by, once its holder was erased; nothing else is found by it."""
        number = documents.normal_number(document.number)
        text = f"{documents.space(document.id_type)}:{number}"
        return self.keyring.blind(self.tenant, "people.refusal.number_index", text)

    def pseudonym(self, document: Document) -> str:
        number = documents.normal_number(document.number)
        return self.keyring.pseudonym(documents.space(document.id_type), number)

    def document_columns(self, person: UUID, document: Document | None) -> Columns:
        if document is None or document.id_type == _NO_DOCUMENT:
            return dict(_EMPTY_DOCUMENT)
        number = documents.normal_number(document.number)
        return {
            "id_type": document.id_type,
            "document_sealed": self.keyring.seal(self.tenant, DOCUMENT_PLACE, person, number),
            "document_index": self.document_index(document) if is_unique(document) else None,
            "document_tail_index": self.document_tail(number),
            "document_mask": documents.masked(number),
        }

    def phone_columns(self, person: UUID, phone: str | None) -> Columns:
        stored = phones.stored_phone(phones.normal_phone(phone or ""))
        if not stored:
            return dict(_EMPTY_PHONE)
        return {
            "phone_sealed": self.keyring.seal(self.tenant, PHONE_PLACE, person, stored),
            "phone_index": self._blind("phone", stored),
            "phone_tail_index": self.phone_tail(stored),
            "phone_mask": documents.masked(stored),
        }

    def contact_columns(self, person: UUID, contact: str | None) -> Columns:
        text = clean(contact or "")
        sealed = self.keyring.seal(self.tenant, CONTACT_PLACE, person, text) if text else None
        return {"contact_sealed": sealed}

    def open(self, place: str, person: UUID, sealed: bytes | None) -> str | None:
        """The text of a sealed field; None where there is none."""
        return None if sealed is None else self.keyring.open(self.tenant, place, person, sealed)

    def _blind(self, field: str, text: str) -> bytes:
        return self.keyring.blind(self.tenant, f"people.person.{field}", text)


def columns_of(sealer: Sealer, person: UUID, told: PersonDraft | PersonEdit | PersonRow) -> Columns:
    """The columns that `told` names, the keys of names apart (`name_keys`); sealed fields are sealed anew."""
    given = _given(told)
    columns = plain_columns(told)
    if "document" in given:
        columns |= sealer.document_columns(person, given["document"])
    if "phone" in given:
        columns |= sealer.phone_columns(person, given["phone"])
    if "contact" in given:
        columns |= sealer.contact_columns(person, given["contact"])
    return columns


def plain_columns(told: PersonDraft | PersonEdit | PersonRow) -> Columns:
    """Those of them that are not sealed."""
    given = _given(told)
    as_told = {name: given[name] for name in _AS_TOLD if name in given}
    return as_told | _names(given) | _origin(given) | _birth_date(given)


def _given(told: PersonDraft | PersonEdit | PersonRow) -> Columns:
    return {name: value for name in told.__struct_fields__ if (value := getattr(told, name)) is not UNSET}


_AS_TOLD = ("sex", "is_floating", "is_employee", "source", "registered_on")
NAMES = ("name", "alias", "name_former", "name_latin")


def _names(given: Mapping[str, Any]) -> Columns:
    told = {name: given[name] for name in NAMES if name in given}
    return {name: (names.normal_name(value) or None) if value else None for name, value in told.items()}


def name_keys(row: Mapping[str, Any]) -> Columns:
    """The keys of a row's names: she is sorted by her name, or by her alias where she gave no name."""
    keys = names.search_keys(row["name"] or row["alias"] or "")
    latin = names.search_keys(row["name_latin"]).pinyin if row["name_latin"] else None
    return {"pinyin": keys.pinyin, "initials": keys.initials, "latin": latin}


def _origin(given: Mapping[str, Any]) -> Columns:
    if "origin" not in given and "origin_division" not in given:
        return {}
    division = given.get("origin_division") or None
    origin = given.get("origin") or (origin_of_division(division) if division else NOT_STATED)
    columns: Columns = {"origin": origin}
    if "origin_division" in given:
        columns["origin_division"] = division
    return columns


def _birth_date(given: Mapping[str, Any]) -> Columns:
    """As told; where nothing is told, a document number that carries the date says it."""
    if "birth_date" not in given:
        return {}
    document: Document | None = given.get("document")
    if given["birth_date"] is not None or document is None:
        return {"birth_date": given["birth_date"]}
    number = documents.normal_number(document.number)
    return {"birth_date": documents.birth_date(document.id_type, number)}
