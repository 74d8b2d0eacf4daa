"""What the parts of the oracle share: cells, days, periods, ages; straight from FORMAT.md."""

from __future__ import annotations

import calendar
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

Key = tuple[str, str]
"""Number space and number."""

BANDS = (
    (2, "0-2"), (5, "3-5"), (11, "6-11"), (15, "12-15"), (17, "16-17"), (24, "18-24"),
    (34, "25-34"), (44, "35-44"), (49, "45-49"), (59, "50-59"), (64, "60-64"),
)  # fmt: skip


class Bad(Exception):
    """The first rule that a row breaks: reason and column."""


@dataclass(frozen=True)
class Person:
    """An accepted roster row, as far as figures go."""

    key: Key
    sex: str
    born: date | None
    origin: str
    registered: date
    floating: bool


@dataclass(frozen=True)
class Tenant:
    """A line of tenants.csv."""

    code: str
    opened: date
    plugins: frozenset[str]


def table(path: Path) -> list[dict[str, str]]:
    return [row for _number, row in numbered(path)]


def numbered(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows with the numbers of their lines; the header is line 1."""
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), restval="")
    return [(reader.line_num, row) for row in reader]


def as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def plain(value: object) -> str:
    """A code, number or date (3.3)."""
    return re.sub(r"[\s'’]", "", unicodedata.normalize("NFKC", as_text(value)))


def space_of(paper: str) -> str:
    return "01" if paper == "02" else paper


def calendar_day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@dataclass(frozen=True)
class Span:
    """A period."""

    name: str
    first: date
    last: date


def spans(year: int, covered: int) -> Iterator[Span]:
    """The periods that begin in one of the months that are covered."""
    for months, name in (
        *(((month,), f"{year}-{month:02d}") for month in range(1, 13)),
        *((range(3 * quarter - 2, 3 * quarter + 1), f"{year}-Q{quarter}") for quarter in range(1, 5)),
        (range(1, 13), f"{year}"),
    ):
        last = calendar.monthrange(year, months[-1])[1]
        if months[0] <= covered:
            yield Span(name, date(year, months[0], 1), date(year, months[-1], last))


def age_of(person: Person, day: date) -> int | None:
    if person.born is None:
        return None
    had_no_birthday = (day.month, day.day) < (person.born.month, person.born.day)
    return day.year - person.born.year - had_no_birthday


def cuts_of(person: Person, day: date, names: Iterable[str]) -> Iterator[str]:
    """The total and the cuts that a person counts in."""
    age = age_of(person, day)
    band = "NS" if age is None else next((band for most, band in BANDS if age <= most), "65+")
    values = {"sex": person.sex, "age": band, "origin": person.origin}
    yield ""
    for name in names:
        yield f"{name}={values[name]}"
