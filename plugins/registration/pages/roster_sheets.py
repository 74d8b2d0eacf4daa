"""The headers of a roster for a person to look at: each known column with the header that it was matched to."""

from __future__ import annotations

from msgspec import Struct

from plugins.registration.imports import columns as col
from plugins.registration.imports.uploads import Incoming, SheetFound

__all__ = ["ColumnToMatch", "SheetToMatch", "sheets_to_match"]


class ColumnToMatch(Struct, frozen=True, kw_only=True):
    """`options`: the headers of the sheet, as pairs of what a form sends and what is read."""

    id: str
    name: str
    is_required: bool
    options: list[tuple[str, str]]
    chosen: str


class SheetToMatch(Struct, frozen=True, kw_only=True):
    number: int
    found: SheetFound
    columns: list[ColumnToMatch]


def sheets_to_match(incoming: Incoming, typed: str | None = None) -> list[SheetToMatch]:
    """`typed`: what was chosen on the page, where it could not be kept."""
    choices = None if typed is None else set(typed.split(","))
    return [_sheet(number, sheet, choices) for number, sheet in enumerate(incoming.sheets)]


def _sheet(number: int, sheet: SheetFound, typed: set[str] | None) -> SheetToMatch:
    columns: list[ColumnToMatch] = []
    for place, name in enumerate(col.COLUMNS if sheet.header_row else ()):
        options = [
            (f"{number}-{place}-{at}", f"{header} ({_letter(at)})")
            for at, header in enumerate(sheet.headers)
            if header
        ]
        as_kept = f"{number}-{place}-{sheet.places[name]}" if name in sheet.places else ""
        chosen = as_kept if typed is None else next((value for value, _text in options if value in typed), "")
        columns.append(
            ColumnToMatch(
                id=f"match-{number}-{place}",
                name=name,
                is_required=name in col.REQUIRED,
                options=options,
                chosen=chosen,
            )
        )
    return SheetToMatch(number=number, found=sheet, columns=columns)


def _letter(place: int) -> str:
    """As the columns of a sheet are called: A, B, ... Z, AA."""
    above, own = divmod(place, 26)
    return (_letter(above - 1) if above else "") + chr(ord("A") + own)
