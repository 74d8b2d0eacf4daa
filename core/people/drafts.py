"""What is told about a person: at registration, at a correction, in a row of a file."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from core.kernel.errors import Conflict
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "AlreadyKnown",
    "Document",
    "PersonDraft",
    "PersonEdit",
    "PersonRow",
    "Sex",
    "Source",
]

Sex = Literal["0", "1", "2", "9"]
"""GB/T 2261.1: unknown, male, female, not stated."""

Source = Literal["SELF", "STATION", "ENTERPRISE", "IMPORT"]


class AlreadyKnown(Conflict):
    """The number belongs to a person of this tenant; the page opens her record."""

    code = "already-known"
    default_what = _("This document number is registered already.")
    default_todo = _("Open the existing record.")

    def __init__(self, person_id: UUID) -> None:
        self.person_id = person_id
        super().__init__()


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An identity document as it was typed; types are those of `documents.DOCUMENT_TYPES`."""

    id_type: str
    number: str


class PersonDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new person: a name or an alias and one contact are enough; None is unknown."""

    name: str | None = None
    alias: str | None = None
    name_former: str | None = None
    name_latin: str | None = None
    document: Document | None = None
    sex: Sex = "9"
    birth_date: date | None = None
    """Taken from the document number where it is not given."""
    origin: str | None = None
    """Two digits, FOR or NS; taken from the division where it is not given."""
    origin_division: str | None = None
    is_floating: bool = True
    is_employee: bool = False
    """Works for a firm of this tenant: what makes her visible to the employer's side at all."""
    phone: str | None = None
    contact: str | None = None
    """Another way to reach her, in words."""
    source: Source = "STATION"
    registered_on: date | None = None
    """Today where it is not given."""


class PersonEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A correction: what is not named stays as it is, None empties the field."""

    name: str | UnsetType | None = UNSET
    alias: str | UnsetType | None = UNSET
    name_former: str | UnsetType | None = UNSET
    name_latin: str | UnsetType | None = UNSET
    document: Document | UnsetType | None = UNSET
    sex: Sex | UnsetType = UNSET
    birth_date: date | UnsetType | None = UNSET
    origin: str | UnsetType | None = UNSET
    origin_division: str | UnsetType | None = UNSET
    is_floating: bool | UnsetType = UNSET
    is_employee: bool | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    contact: str | UnsetType | None = UNSET


class PersonRow(Struct, frozen=True, kw_only=True):
    """A checked row of a file, found by its document; what is not named stays, None empties the field."""

    document: Document
    name: str
    registered_on: date
    name_former: str | UnsetType | None = UNSET
    name_latin: str | UnsetType | None = UNSET
    sex: Sex | UnsetType = UNSET
    birth_date: date | UnsetType | None = UNSET
    origin: str | UnsetType | None = UNSET
    origin_division: str | UnsetType | None = UNSET
    is_floating: bool | UnsetType = UNSET
    is_employee: bool | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    source: Source = "IMPORT"
    """Written with a new person only."""
