"""A roster of one tenant, judged row by row: a stream in, a verdict for each data row out, little kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from hashlib import blake2b

from msgspec import Struct

from core.sdk import BadInput
from core.sdk import gettext_noop as _
from core.sdk.values import Row, divisions, documents, names, phones, plain_code
from plugins.registration.imports import columns as col
from plugins.registration.imports.days import roster_day
from plugins.registration.imports.verdicts import Finding, Reason, Unfit

__all__ = [
    "NOTES_SHEET",
    "Accepted",
    "Header",
    "Rejected",
    "Roster",
    "RosterEntry",
    "RosterRules",
    "Tally",
    "no_header",
]

NOTES_SHEET = "说明"

_SEXES = {
    "男": "1", "男性": "1", "1": "1", "女": "2", "女性": "2", "2": "2",
    "未知": "0", "0": "0", "未说明": "9", "9": "9", "": "9",
}  # fmt: skip
_CATEGORIES = {"职工": "employee", "家属": "family"}
_ID_TYPES = {
    "居民身份证": "01", "身份证": "01", "01": "01", "户口簿": "02", "02": "02",
    "护照": "03", "03": "03", "港澳居民来往内地通行证": "04", "04": "04",
}  # fmt: skip
_FLOATING = {"是": "1", "1": "1", "Y": "1", "否": "0", "0": "0", "N": "0"}
_AS_FIGURE = re.compile(r"[0-9]+\.[0-9]+E\+?[0-9]+|[0-9]+E\+[0-9]+")
_LONGEST_NAME = 100


class RosterRules(Struct, frozen=True, kw_only=True):
    """What the verdicts depend on besides the file."""

    firm_names: AbstractSet[str]
    """All Chinese names, present and former, of the firms of this tenant."""
    synthetic_ids: bool = False
    known_divisions: AbstractSet[str] = frozenset()


class RosterEntry(Struct, frozen=True, kw_only=True):
    """A person as the roster states her; empty text means not stated."""

    name: str
    sex: str
    """GB/T 2261.1: 0, 1, 2, 9."""
    is_employee: bool
    id_type: str
    number: str
    birth_date: date | None
    origin: str
    """Two digits, FOR or NS."""
    division: str
    phone: str
    """As given, half width; `phones.stored_phone` makes it E.164."""
    registered_on: date
    hired_on: date | None
    firm: str
    """As given; unknown names are kept, with a warning."""
    workshop: str
    post: str
    dwelling: str
    purpose: str
    is_floating: bool

    @property
    def key(self) -> tuple[str, str]:
        """Number space and number: the same person wherever it appears."""
        return documents.space(self.id_type), self.number


class Accepted(Struct, frozen=True):
    sheet: str
    row: int
    entry: RosterEntry
    warnings: tuple[Finding, ...]


class Rejected(Struct, frozen=True):
    sheet: str
    row: int
    finding: Finding


class Header(Struct, frozen=True):
    """The header row of a sheet and where each column stands, as somebody has looked at it."""

    row: int
    places: Mapping[str, int]


class Tally(Struct):
    """The counts of one sheet that holds a list; `missing` are required columns that its header lacks."""

    missing: tuple[str, ...]
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    warnings: int = 0


class Roster:
    """Feed it every row of the file in order. It keeps a digest of each accepted number and nothing else.

    A file that is judged in pieces begins each with the digests of what was accepted before (`seen`), made by
    the same `digest`, and passes over the rows that were judged. `headers`: by sheet, instead of looking for them.
    """

    def __init__(
        self,
        rules: RosterRules,
        *,
        digest: Callable[[str], bytes] | None = None,
        seen: Iterable[bytes] = (),
        headers: Mapping[str, Header] | None = None,
    ) -> None:
        self._rules = rules
        self._headers = headers
        self._firms = {plain_code(name) for name in rules.firm_names}
        self._digest = digest or _digest
        self._seen: set[bytes] = set(seen)
        self._places: dict[str, dict[str, int]] = {}
        self._ended: set[str] = set()
        self.tallies: dict[str, Tally] = {}
        """By sheet, in order of appearance; sheets without a header do not appear."""

    def feed(self, row: Row) -> Accepted | Rejected | None:
        """The verdict of a data row; None for titles, headers, notes, blanks and what follows the totals."""
        places = self.data_places(row)
        if places is None:
            return None
        verdict = self._judged(row, col.Line(places, row.cells))
        self._count(row.sheet, verdict)
        return verdict

    def data_places(self, row: Row) -> dict[str, int] | None:
        """Where the columns of a data row stand; None for all other rows. Enough to pass over a row."""
        if row.sheet.strip() == NOTES_SHEET or row.sheet in self._ended or col.is_blank(row.cells):
            return None
        places = self._places.get(row.sheet)
        if places is None:
            self._look_for_header(row)
        elif col.is_total(row.cells):
            self._ended.add(row.sheet)
            places = None
        return places

    def texts(self, row: Row) -> dict[str, str]:
        """The cells of a data row as text, by standard column: what a clerk corrects."""
        line = col.Line(self._places[row.sheet], row.cells)
        return {name: text for name in col.COLUMNS if (text := line.words(name))}

    def digest_of(self, entry: RosterEntry) -> bytes:
        """What tells a repeated number."""
        return self._digest("\n".join(entry.key))

    def finish(self) -> None:
        """Raise BadInput if no header was found anywhere."""
        if not self.tallies:
            raise no_header()

    def _look_for_header(self, row: Row) -> None:
        places = self._header_of(row)
        if places is not None:
            self._places[row.sheet] = places
            missing = tuple(name for name in col.COLUMNS if name in col.REQUIRED and name not in places)
            self.tallies[row.sheet] = Tally(missing)

    def _header_of(self, row: Row) -> dict[str, int] | None:
        if self._headers is None:
            return col.header_of(row.cells)
        header = self._headers.get(row.sheet)
        return dict(header.places) if header is not None and header.row == row.number else None

    def _judged(self, row: Row, line: col.Line) -> Accepted | Rejected:
        try:
            entry = _entry(line, self._rules)
            self._remember(entry)
        except Unfit as unfit:
            return Rejected(row.sheet, row.number, unfit.finding)
        return Accepted(row.sheet, row.number, entry, self._warnings(entry))

    def _remember(self, entry: RosterEntry) -> None:
        digest = self.digest_of(entry)
        if digest in self._seen:
            raise Unfit(Reason.DUPLICATE_IN_FILE, col.ID_NUMBER)
        self._seen.add(digest)

    def _warnings(self, entry: RosterEntry) -> tuple[Finding, ...]:
        found: list[Finding] = []
        if entry.phone and not phones.is_well_formed(entry.phone):
            found.append(Finding(Reason.PHONE_MALFORMED, col.PHONE))
        digit = documents.sex_digit(entry.id_type, entry.number)
        if digit and entry.sex in {"1", "2"} and entry.sex != digit:
            found.append(Finding(Reason.SEX_ID_MISMATCH, col.SEX))
        district = documents.division(entry.id_type, entry.number)
        if district and not divisions.is_known_division(district, self._rules.known_divisions):
            found.append(Finding(Reason.DIVISION_UNKNOWN, col.ID_NUMBER))
        if entry.firm and plain_code(entry.firm) not in self._firms:
            found.append(Finding(Reason.ENTERPRISE_UNKNOWN, col.FIRM))
        return tuple(found)

    def _count(self, sheet: str, verdict: Accepted | Rejected) -> None:
        tally = self.tallies[sheet]
        tally.rows += 1
        if isinstance(verdict, Accepted):
            tally.accepted += 1
            tally.warnings += len(verdict.warnings)
        else:
            tally.rejected += 1


def no_header() -> BadInput:
    """An empty result must not look like success."""
    return BadInput(
        _("No sheet has a header row with the columns 姓名 and 证件号码."),
        _("Use the roster template, or add the header row above the list, and send the file again."),
    )


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _entry(line: col.Line, rules: RosterRules) -> RosterEntry:
    """The order of the lines is the order of the verdicts (FORMAT 3.4)."""
    name = _name(line)
    id_type = line.coded(col.ID_TYPE, _ID_TYPES)
    number = _number(line, id_type, rules)
    sex = line.coded(col.SEX, _SEXES)
    born = _day(line, col.BIRTH_DATE)
    registered_on = _required_day(line, col.REGISTERED_ON)
    hired_on = _day(line, col.HIRED_ON)
    floating = line.coded(col.FLOATING, _FLOATING)
    category = line.coded(col.CATEGORY, _CATEGORIES)
    return RosterEntry(
        name=name,
        sex=sex,
        is_employee=category == "employee",
        id_type=id_type,
        number=number,
        birth_date=born or documents.birth_date(id_type, number),
        origin=_origin(line),
        division=line.code(col.DIVISION)[:6],
        phone=line.code(col.PHONE)[:40],
        registered_on=registered_on,
        hired_on=hired_on,
        firm=line.words(col.FIRM),
        workshop=line.words(col.WORKSHOP),
        post=line.words(col.POST),
        dwelling=line.words(col.DWELLING),
        purpose=line.words(col.PURPOSE),
        is_floating=floating == "1",
    )


def _name(line: col.Line) -> str:
    name = names.normal_name(line.words(col.NAME, _LONGEST_NAME))
    if not name:
        raise Unfit(Reason.MISSING_REQUIRED, col.NAME)
    return name


def _number(line: col.Line, id_type: str, rules: RosterRules) -> str:
    number = line.code(col.ID_NUMBER).upper()
    if not number:
        raise Unfit(Reason.MISSING_REQUIRED, col.ID_NUMBER)
    is_figure = isinstance(line.cell(col.ID_NUMBER), int | float)
    if is_figure or _AS_FIGURE.fullmatch(number):
        raise Unfit(Reason.ID_AS_NUMBER, col.ID_NUMBER)
    fault = documents.fault_of(id_type, number, allow_synthetic=rules.synthetic_ids)
    if fault:
        raise Unfit(Reason(fault.value), col.ID_NUMBER)
    return number


def _day(line: col.Line, column: str) -> date | None:
    try:
        return roster_day(line.cell(column))
    except ValueError:
        raise Unfit(Reason.DATE_INVALID, column) from None


def _required_day(line: col.Line, column: str) -> date:
    day = _day(line, column)
    if day is None:
        raise Unfit(Reason.MISSING_REQUIRED, column)
    return day


def _origin(line: col.Line) -> str:
    """The province counts only where there is no division."""
    code = line.code(col.DIVISION)
    return divisions.origin_of_division(code) if code else divisions.origin_of_name(line.code(col.PROVINCE))
