"""What a program sends: bodies and queries, read strictly, every text in its canonical form, every error at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.kernel.text import clean, clean_note
from core.web.forms import Field, fault_of, fields_of

__all__ = ["parse_body", "parse_query"]

S = TypeVar("S", bound=Struct)


def parse_body(kind: type[S], raw: bytes) -> S:
    """The JSON object as the Struct that a handler names; raises `BadInput` with the fields that are wrong."""
    try:
        sent = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
        sent = None
    if not isinstance(sent, dict):
        raise BadInput(_("The body is not an object of JSON."), _("Send JSON as the API's description says."))
    return _parsed(kind, sent, is_text=False)


def parse_query(kind: type[S], pairs: Iterable[tuple[str, str]]) -> S:
    """The query of an address; what it does not know or what stands there twice is refused."""
    given: dict[str, str] = {}
    twice: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            twice[name] = _("This stands there twice.")
        given[name] = value
    if twice:
        raise BadInput(fields=twice)
    return _parsed(kind, given, is_text=True)


def _parsed(kind: type[S], given: Mapping[str, Any], *, is_text: bool) -> S:
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field in fields_of(kind):
        sent = given.get(field.name, msgspec.UNSET)
        try:
            value = _value(sent, field, is_strict=not is_text)
        except (msgspec.ValidationError, ValueError, OverflowError, RecursionError) as error:
            errors[field.name] = fault_of(error, field)
            continue
        if value is not msgspec.UNSET:
            values[field.name] = value
        elif field.is_required:
            errors[field.name] = _("Fill this in.")
    for name in given.keys() - set(kind.__struct_fields__):
        errors[clean(name)[:100]] = _("This field is not known here.")
    if errors:
        raise BadInput(fields=errors)
    return kind(**values)


def _value(sent: Any, field: Field, *, is_strict: bool) -> Any:
    """In canonical form; UNSET for what is not there or an empty text."""
    if sent is msgspec.UNSET:
        return sent
    # As it was sent first: what is too long does not become right by what is thrown out of it.
    msgspec.convert(sent, field.kind, strict=is_strict)
    cleaned = _cleaned(sent, field)
    if cleaned == "" and field.is_text:
        return msgspec.UNSET
    return msgspec.convert(cleaned, field.kind, strict=is_strict)


def _cleaned(value: Any, field: Field) -> Any:
    if isinstance(value, str):
        return clean_note(value) if field.is_note else clean(value)
    if isinstance(value, list):
        return [_cleaned(item, field) for item in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(item, field) for name, item in value.items()}
    return value
