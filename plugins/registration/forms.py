"""What the pages take, as people type it; what an operation takes alike inherits it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import Code, Cursor, Line, ListQuery, Name, Version
from core.sdk.people import MovementKind

__all__ = [
    "AcceptForm",
    "BookQuery",
    "CancelForm",
    "ConfirmForm",
    "ConsentForm",
    "ContactForm",
    "CorrectForm",
    "EraseForm",
    "FindForm",
    "IdentityForm",
    "MatchForm",
    "MemberForm",
    "MergeForm",
    "MergeQuery",
    "MoveForm",
    "OfferForm",
    "PeopleQuery",
    "PeopleSearch",
    "PermitForm",
    "PickedForm",
    "PlanQuery",
    "RecordForm",
    "RegisterForm",
    "Registering",
    "RelationForm",
    "RevealForm",
    "RowForm",
    "Sex",
    "StartForm",
    "UndoForm",
]

Sex = Literal["0", "1", "2", "9"]
Tick = Literal["", "1"]
Match = Annotated[str, Meta(max_length=12, pattern="^[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,3}$")]


class PeopleQuery(ListQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    words: Cursor = ""
    """What was searched for, sealed: a name or a number stands in no address."""
    firm: UUID | None = None
    present: Literal["", "yes", "no"] = ""
    arrived: Tick = ""


class PeopleSearch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: Line = ""
    firm: UUID | None = None
    present: Literal["", "yes", "no"] = ""
    arrived: Tick = ""


class _Who(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name | None = None
    alias: Name | None = None
    name_former: Name | None = None
    name_latin: Name | None = None
    id_type: Code = "01"
    number: Code | None = None
    sex: Sex = "9"
    birth_date: date | None = None
    origin: Code | None = None
    origin_division: Code | None = None
    is_floating: bool = False
    is_employee: bool = False


class _Where(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    village: Line | None = None
    address_detail: Line | None = None
    dwelling: Line | None = None
    purpose: Line | None = None
    firm_id: UUID | None = None
    workshop: Line | None = None
    job_title: Line | None = None
    hired_on: date | None = None
    expected_departure: date | None = None


class Registering(_Who, frozen=True, kw_only=True):
    """Who and, but for the village, where in one; Structs have one base."""

    address_detail: Line | None = None
    dwelling: Line | None = None
    purpose: Line | None = None
    firm_id: UUID | None = None
    workshop: Line | None = None
    job_title: Line | None = None
    hired_on: date | None = None
    expected_departure: date | None = None
    phone: Code | None = None
    contact: Line | None = None
    contact_verified: bool = False
    day: date | None = None
    is_acknowledged: bool = False


class RegisterForm(Registering, frozen=True, kw_only=True):
    village: Line | None = None
    step: Literal["", "look"] = ""
    """`look`: by Enter, or the button beside the number; with a number alone she is looked up, not registered."""


class StartForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that was scanned or looked for elsewhere."""

    id_type: Code = "01"
    number: Code


class IdentityForm(_Who, frozen=True, kw_only=True):
    version: Version
    remove_document: bool = False
    why: Line = ""


class ContactForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Version
    phone: Code | None = None
    contact: Line | None = None
    remove_phone: bool = False
    remove_contact: bool = False


class RecordForm(_Where, frozen=True, kw_only=True):
    version: Version


class ConfirmForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contact_verified: bool = False


class PickedForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    picked: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=200)]
    """People of a list."""


class PermitForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["APPLY", "ENDORSE"]
    day: date | None = None


class MoveForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["ARRIVE", "DEPART", "TEMP_LEAVE", "RETURN", "OPT_OUT"]
    day: date | None = None
    reason: Line = ""


class CancelForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is seen is what the page showed; if it is not so any more, nothing is done."""

    why: Line
    seen_kind: MovementKind
    seen_day: date
    seen_reason: Line = ""


class CorrectForm(CancelForm, frozen=True, kw_only=True):
    kind: MovementKind
    day: date
    reason: Line = ""


class FindForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: Line = ""


class MemberForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    member: UUID


class RelationForm(MemberForm, frozen=True, kw_only=True):
    relation: Literal["1", "2", "3", "4", "5", "6", "7", "8"]


class ConsentForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    purpose: Code
    to: Literal["give", "withdraw"]


class RevealForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    field: Literal["document", "phone", "contact"]


class OfferForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    unit: Line
    day: date | None = None
    agrees: bool = False
    """She agrees, now, that her record goes with her."""


class AcceptForm(_Where, frozen=True, kw_only=True):
    day: date | None = None
    name: Name | None = None
    id_type: Code = "01"
    number: Code | None = None
    phone: Code | None = None
    contact: Line | None = None
    contact_verified: bool = False


class PlanQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    show: Literal["", "added", "corrected", "unchanged", "rejected", "warned"] = ""
    after: Annotated[int, Meta(ge=-1, le=1_000_000)] = -1


class MatchForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which header stands for which column: the numbers of sheet, column and place, one after the other."""

    headers: Annotated[tuple[Match, ...], Meta(max_length=2_000)] = ()


class RowForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cells of a row as text: they are judged like those of a file. The names are those of `columns.KEYS`."""

    number: Line = ""
    name: Line = ""
    sex: Line = ""
    category: Line = ""
    id_type: Line = ""
    id_number: Line = ""
    birth_date: Line = ""
    division: Line = ""
    province: Line = ""
    phone: Line = ""
    registered_on: Line = ""
    hired_on: Line = ""
    firm: Line = ""
    workshop: Line = ""
    post: Line = ""
    dwelling: Line = ""
    purpose: Line = ""
    floating: Line = ""


class BookQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    month: Code = ""


class EraseForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Literal["ASKED", "WITHDRAWN", "NOT_NEEDED", "UNLAWFUL"]
    confirm: Line


class MergeQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: Line = ""


class MergeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`keep`: the record of the address, or the other one."""

    keep: Literal["this", "other"]
    reason: Literal["SAME_DOCUMENT", "SHE_SAYS_SO", "TYPING_ERROR"]
    take_document: bool = False
    take_phone: bool = False
    take_contact: bool = False
    take_birth_date: bool = False


class UndoForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    merge: UUID
