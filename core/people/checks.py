"""What is refused about a person at a desk; the rows of a file have verdicts of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from msgspec import UNSET

from core.kernel import clock
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.people import documents
from core.people.documents import DocumentFault
from core.people.drafts import Document, PersonDraft, PersonEdit, Sex, Source

__all__ = ["check_draft", "check_edit", "document_faults"]

LONGEST_NAME = 100
LONGEST_CONTACT = 200
OLDEST = 130

_ORIGIN = re.compile(r"[0-9]{2}|FOR|NS")
_DIVISION = re.compile(r"[0-9]{6}")

_FAULTS = {
    DocumentFault.TYPE: _("Choose one of the list."),
    DocumentFault.FORMAT: _("This is not how a number of this document looks."),
    DocumentFault.DATE: _("The birth date inside the number does not exist."),
    DocumentFault.CHECK: _("The last character does not fit the others: one of them is mistyped."),
}

Errors = dict[str, str]


def check_draft(draft: PersonDraft, synthetic_ids: bool) -> None:
    """Raise `BadInput` with every field that cannot be used."""
    errors = _field_errors(_given(draft), synthetic_ids)
    if not (draft.name or draft.alias):
        errors["name"] = _("Give a name or an alias.")
    if not (draft.phone or draft.contact):
        errors["phone"] = _("Give one way to reach her: a telephone number or other words.")
    _raise(errors)


def check_edit(edit: PersonEdit, merged: Mapping[str, Any], synthetic_ids: bool) -> None:
    """As `check_draft`, for the row that the edit would leave (`merged`)."""
    errors = _field_errors(_given(edit), synthetic_ids)
    if not (merged["name"] or merged["alias"]):
        errors["name"] = _("Give a name or an alias.")
    _raise(errors)


def _given(told: PersonDraft | PersonEdit) -> dict[str, Any]:
    values = {name: getattr(told, name) for name in told.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET and value is not None}


def _raise(errors: Errors) -> None:
    if errors:
        raise BadInput(fields=errors)


def _field_errors(given: Mapping[str, Any], synthetic_ids: bool) -> Errors:
    errors: Errors = {}
    for name in ("name", "alias", "name_former", "name_latin"):
        if len(given.get(name, "")) > LONGEST_NAME:
            errors[name] = _("This is too long.")
    if len(given.get("contact", "")) > LONGEST_CONTACT:
        errors["contact"] = _("This is too long.")
    for name, choices in (("sex", get_args(Sex)), ("source", get_args(Source))):
        if name in given and given[name] not in choices:
            errors[name] = _("Choose one of the list.")
    for name, pattern in (("origin", _ORIGIN), ("origin_division", _DIVISION)):
        if name in given and not pattern.fullmatch(given[name]):
            errors[name] = _("Choose one of the list.")
    return errors | document_faults(given.get("document"), synthetic_ids) | _day_errors(given)


def document_faults(document: Document | None, synthetic_ids: bool) -> Errors:
    """What is wrong with a document by itself, as message ids by field; {} where it can be right."""
    if document is None:
        return {}
    fault = documents.fault_of(
        document.id_type,
        documents.normal_number(document.number),
        allow_synthetic=synthetic_ids,
        today=clock.today(),
    )
    if fault is None:
        return {}
    return {"id_type" if fault is DocumentFault.TYPE else "number": _FAULTS[fault]}


def _day_errors(given: Mapping[str, Any]) -> Errors:
    errors: Errors = {}
    today = clock.today()
    born: date | None = given.get("birth_date")
    if born is not None and not (today.year - OLDEST <= born.year and born <= today):
        errors["birth_date"] = _("This cannot be the birth date of a living person.")
    registered: date | None = given.get("registered_on")
    if registered is not None and registered > today:
        errors["registered_on"] = _("A day that has not come yet cannot be recorded.")
    return errors
