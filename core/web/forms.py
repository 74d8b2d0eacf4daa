"""Forms: everything typed is kept, every error is told at once, dates come as people type them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from core.kernel import clock
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.kernel.text import clean, clean_note

__all__ = [
    "Field",
    "Form",
    "Upload",
    "asks",
    "fault_of",
    "fields_of",
    "parse_day",
    "parse_form",
    "several_of",
]

S = TypeVar("S", bound=Struct)

_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
LONGEST_LINE = 200


class Upload(Struct, frozen=True, kw_only=True):
    """A file that came with a form, still in memory or spooled by the server."""

    name: str
    content: bytes


class Form(Generic[S]):
    """What was typed, and either the value that it makes or the errors that it has."""

    def __init__(
        self, typed: Mapping[str, str], value: S | None, errors: dict[str, str], kind: type[S] | None = None
    ) -> None:
        self.typed = typed
        self.errors = errors
        self._value = value
        self.kind = kind

    @property
    def fields(self) -> tuple[Field, ...]:
        """What `parts.fields` draws: the fields of its Struct that were declared with `asks`."""
        return tuple(field for field in fields_of(self.kind) if field.label) if self.kind else ()

    @property
    def is_valid(self) -> bool:
        return not self.errors

    @property
    def is_known(self) -> bool:
        """Nothing was sent that the form does not have; what is half typed may be."""
        return self.kind is None or self.typed.keys() <= set(self.kind.__struct_fields__)

    @property
    def value(self) -> S:
        """The parsed Struct; raises `BadInput` with all field errors where there is none."""
        if self._value is None or self.errors:
            raise BadInput(fields=self.errors)
        return self._value

    def refuse(self, field: str, message: str) -> None:
        """Add an error that only the rules of the service can find; `message` is a message id."""
        self.errors.setdefault(field, message)

    @classmethod
    def empty(cls, kind: type[Any] | None = None) -> Form[Any]:
        return Form({}, None, {}, kind)

    @classmethod
    def of(cls, value: Struct) -> Form[Any]:
        """A form filled with what is known."""
        shown = {
            name: _shown(getattr(value, name))
            for name in value.__struct_fields__
            if getattr(value, name) is not None
        }
        return Form(shown, value, {}, type(value))


def parse_form(kind: type[S], data: Mapping[str, str]) -> Form[S]:
    """Parse field by field, so that all errors are found; unknown fields are refused (mass assignment)."""
    typed = {name: value for name, value in data.items() if not name.startswith("_")}
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field in fields_of(kind):
        raw = typed.get(field.name, "")
        text = clean_note(raw) if field.is_note else clean(raw)
        if text == "":
            if field.is_required:
                errors[field.name] = _("Fill this in.")
            continue
        try:
            values[field.name] = _converted(text, field)
        except (msgspec.ValidationError, ValueError) as error:
            errors[field.name] = fault_of(error, field)
    for name in typed.keys() - set(kind.__struct_fields__):
        errors[name] = _("This field is not known here.")
    return Form(typed, None if errors else kind(**values), errors, kind)


def asks(label: str, hint: str = "", unit: str = "", **bounds: Any) -> msgspec.Meta:
    """How a field of a form is asked for: `name: Annotated[str, asks(_("Name"), max_length=100)]`.

    `label`, `hint` and `unit` are message ids; `bounds` are those of `msgspec.Meta`.
    """
    return msgspec.Meta(title=label, description=hint or None, extra={"unit": unit}, **bounds)


@cache
def several_of(kind: type[Struct]) -> frozenset[str]:
    """The fields of a form that take several values."""
    return frozenset(field.name for field in fields_of(kind) if field.is_several)


def parse_day(text: str) -> date:
    """`20250603`, `2025-6-3`, `2025/6/3`, `2025年6月3日`, or `6.3` of this year; raises ValueError."""
    if match := _PLAIN_DAY.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY.fullmatch(text):
        return date(int(match[1] or clock.today().year), int(match[2]), int(match[3]))
    raise ValueError(text)


class Field(Struct, frozen=True, kw_only=True):
    """What is to be known of a field, found out once for each Struct."""

    name: str
    kind: Any
    """What its annotation says."""
    label: str
    hint: str
    unit: str
    is_required: bool
    is_text: bool
    is_note: bool
    is_day: bool
    is_flag: bool
    is_number: bool
    is_several: bool
    """A tuple of codes: boxes of one name, their values joined by commas."""


@cache
def fields_of(kind: type[Struct]) -> tuple[Field, ...]:
    """The fields of a Struct that somebody fills in."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_field(field, hints[field.name]) for field in msgspec.structs.fields(kind))


def _field(field: msgspec.structs.FieldInfo, hint: Any) -> Field:
    parts = _parts(hint)
    asked = next((meta for meta in _metas(hint) if meta.title), msgspec.Meta())
    return Field(
        name=field.name,
        kind=hint,
        label=asked.title or "",
        hint=asked.description or "",
        unit=(asked.extra or {}).get("unit", ""),
        is_required=field.required,
        is_text=str in parts,
        is_note=_longest(hint) > LONGEST_LINE,
        is_day=date in parts,
        is_flag=bool in parts,
        is_number=int in parts,
        is_several=get_origin(_bare(hint)) is tuple,
    )


def _converted(text: str, field: Field) -> Any:
    if field.is_day:
        return parse_day(text)
    if field.is_flag:
        return text.lower() in {"1", "true", "on", "yes"}
    if field.is_several:
        return msgspec.convert(tuple(filter(None, text.split(","))), field.kind, strict=False)
    return msgspec.convert(text, field.kind, strict=False)


def fault_of(error: Exception, field: Field) -> str:
    """What is wrong with a value that could not be converted, as a message id."""
    if field.is_day:
        return _("Enter a date such as 2025-06-03.")
    if field.is_number:
        return _("Enter a whole number that can be right here.")
    if "length >=" in str(error):
        return _("This is too short.")
    if "length <=" in str(error):
        return _("This is too long.")
    if "enum" in str(error) or "Invalid" in str(error):
        return _("Choose one of the list.")
    return _("This cannot be used here.")


def _parts(hint: Any) -> set[Any]:
    return {hint, *(part for arg in get_args(hint) for part in _parts(arg) if isinstance(part, type))}


def _bare(hint: Any) -> Any:
    """Without its bounds: `Annotated[tuple[str, ...], Meta(...)]` is a tuple."""
    return get_args(hint)[0] if hasattr(hint, "__metadata__") else hint


def _longest(hint: Any) -> int:
    return max((meta.max_length or 0 for meta in _metas(hint)), default=0)


def _metas(hint: Any) -> list[msgspec.Meta]:
    return [arg for arg in _all_args(hint) if isinstance(arg, msgspec.Meta)]


def _all_args(hint: Any) -> list[Any]:
    found: list[Any] = []
    for arg in (*get_args(hint), *getattr(hint, "__metadata__", ())):
        found += [arg, *_all_args(arg)]
    return found


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, tuple):
        return ",".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)
