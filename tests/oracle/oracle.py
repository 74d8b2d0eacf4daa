"""An oracle for exchange folders: verdicts and figures straight from FORMAT.md, with no code of the product.

It reads workbooks with another library than the product does, keeps everything in memory and counts people one
by one. It is slow and simple on purpose.
"""

from __future__ import annotations

import calendar
import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import openpyxl

from tests.oracle.basics import (
    Bad,
    Key,
    Person,
    Span,
    Tenant,
    age_of,
    as_text,
    calendar_day,
    cuts_of,
    numbered,
    plain,
    space_of,
    spans,
    table,
)
from tests.oracle.supplies import STOCK, Supplies, supplied_figures

Code = TypeVar("Code")

Note = tuple[str, str, int, str, str, str]
"""file, sheet, row, severity, reason, column."""
Line = tuple[str, str, int, int, int, int]
"""file, sheet, rows, accepted, rejected, warnings."""
Cell = tuple[str, str, str, str, str]
"""level, unit, period, indicator, cut."""
SHEETS = ("职工名册", "随行家属")
ALIASES = {
    "身份证号码": "证件号码",
    "户籍地区划代码": "户籍地代码",
    "手机号": "联系电话",
    "来镇登记日期": "登记日期",
    "所在企业": "企业",
    "是否流动人口": "是否流动",
}
SEXES = {"男": "1", "男性": "1", "1": "1", "女": "2", "女性": "2", "2": "2"}
SEXES |= {"未知": "0", "0": "0", "未说明": "9", "9": "9", "": "9"}
PAPERS = {"居民身份证": "01", "身份证": "01", "户口簿": "02", "护照": "03", "港澳居民来往内地通行证": "04"}
PAPERS |= {code: code for code in ("01", "02", "03", "04")}
SHAPES = {"01": "[0-9]{17}[0-9X]", "02": "[0-9]{17}[0-9X]", "03": "[A-Z0-9]{5,17}", "04": "[HM][0-9]{8}"}
FLOATING = {"是": True, "1": True, "Y": True, "否": False, "0": False, "N": False}
PROVINCES = {
    "湖南": "43", "湖北": "42", "江西": "36", "贵州": "52", "河南": "41", "广西": "45",
    "云南": "53", "新疆": "65", "四川": "51", "香港": "81", "本地": "00", "境外": "FOR",
}  # fmt: skip
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
TYPES = ("ARRIVE", "DEPART", "CHANGE_EMPLOYER", "TEMP_LEAVE", "RETURN", "OPT_OUT")


@dataclass(frozen=True)
class Event:
    """An accepted movement."""

    day: date
    tenant: str
    type: str
    key: Key
    to_tenant: str


@dataclass(frozen=True)
class Report:
    """An accepted row of reports/manual.csv."""

    men: int
    women: int
    activities: int
    participants: int
    submitted: date


@dataclass
class Oracle:
    """What a correct import makes of a folder."""

    folder: Path
    notes: set[Note] = field(default_factory=set[Note])
    lines: set[Line] = field(default_factory=set[Line])
    people: dict[str, dict[Key, Person]] = field(default_factory=dict[str, dict[Key, Person]])
    events: list[Event] = field(default_factory=list[Event])
    reports: dict[tuple[str, int], Report] = field(default_factory=dict[tuple[str, int], Report])
    """By tenant and month."""
    supplies: Supplies = field(default_factory=Supplies)

    @classmethod
    def of(cls, folder: Path) -> Oracle:
        oracle = cls(folder)
        for code in oracle.tenants:
            oracle.people[code] = {}
            for path in sorted((folder / "rosters").glob(f"{code}.*")):
                read_roster(oracle, code, path)
        read_movements(oracle)
        read_reports(oracle)
        oracle.supplies = Supplies.of(
            oracle.folder, oracle.year, oracle.months, oracle.tenants, oracle.people
        )
        oracle.notes |= oracle.supplies.notes
        if oracle.supplies.rows is not None:
            oracle.count(STOCK, "", oracle.supplies.rows)
        return oracle

    @cached_property
    def town(self) -> dict[str, object]:
        return tomllib.loads((self.folder / "town.toml").read_text(encoding="utf-8"))

    @property
    def code(self) -> str:
        return str(self.town["code"])

    @property
    def year(self) -> int:
        return int(str(self.town["year"]))

    @property
    def months(self) -> int:
        return int(str(self.town["months"]))

    @cached_property
    def tenants(self) -> dict[str, Tenant]:
        rows = table(self.folder / "tenants.csv")
        return {
            row["code"]: Tenant(
                row["code"], date.fromisoformat(row["opened_on"]), frozenset(row["plugins"].split(";"))
            )
            for row in rows
        }

    def start(self, code: str) -> date:
        return max(date(self.year, 1, 1), self.tenants[code].opened)

    def firms(self, code: str) -> set[str]:
        rows = [row for row in table(self.folder / "enterprises.csv") if row["tenant"] == code]
        return {row[name] for row in rows for name in ("name_zh", "short_zh", "former_zh") if row[name]}

    def count(self, file: str, sheet: str, rows: int) -> None:
        told = [note for note in self.notes if note[:2] == (file, sheet)]
        rejected = sum(note[3] == "reject" for note in told)
        self.lines.add((file, sheet, rows, rows - rejected, rejected, len(told) - rejected))

    @cached_property
    def figures(self) -> dict[Cell, tuple[str, str]]:
        """All indicators of the services that there are: num and den as text, all levels, periods and cuts."""
        supplied = supplied_figures(self.supplies, self.code)
        return {**dict(count_figures(self)), **dict(reported_figures(self)), **dict(supplied)}

    @cached_property
    def published(self) -> set[tuple[str, str, str, str]]:
        """unit, indicator, cut, shown."""
        return set(suppressed(self))


# Rosters: FORMAT 3.


def bare(value: object) -> str:
    """A cell without any white space."""
    return re.sub(r"\s", "", as_text(value))


def pages(path: Path) -> Iterator[tuple[str, list[tuple[int, list[object]]]]]:
    """(sheet, rows with their numbers)."""
    if path.suffix == ".csv":
        yield "", list(text_rows(path.read_bytes()))
        return
    book = openpyxl.load_workbook(path, data_only=True)
    for name in SHEETS:
        if name in book.sheetnames:
            rows = book[name].iter_rows(min_row=1, min_col=1, values_only=True)
            yield name, [(number, list(row)) for number, row in enumerate(rows, 1)]


def text_rows(data: bytes) -> Iterator[tuple[int, list[object]]]:
    if data.startswith(b"\xef\xbb\xbf"):
        text = data[3:].decode("utf-8")
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    for cells in reader:
        yield line, list(cells)
        line = reader.line_num + 1


def read_roster(oracle: Oracle, code: str, path: Path) -> None:
    file, firms = f"rosters/{path.name}", oracle.firms(code)
    for sheet, rows in pages(path):
        header: list[str] | None = None
        count = 0
        for number, cells in rows:
            words = [bare(cell) for cell in cells]
            first = next((word for word in words if word), "")
            if header is None:
                names = [ALIASES.get(word, word) for word in words]
                header = names if "姓名" in names and "证件号码" in names else None
            elif first in ("合计", "总计", "小计"):
                break
            elif first:
                count += 1
                row = dict(zip(header, cells, strict=False))
                judge(oracle, code, row, firms, (file, sheet, number))
        if header is not None:
            oracle.count(file, sheet, count)


def judge(
    oracle: Oracle, code: str, row: dict[str, object], firms: set[str], place: tuple[str, str, int]
) -> None:
    try:
        person = accept(row, oracle.people[code])
    except Bad as bad:
        oracle.notes.add((*place, "reject", *bad.args))
        return
    oracle.people[code][person.key] = person
    known = {str(prefix) for prefix in oracle.town["known_id_prefixes"]}  # type: ignore[union-attr]
    for reason, column in doubts(row, person, firms, known):
        oracle.notes.add((*place, "warning", reason, column))


def accept(row: dict[str, object], known: Mapping[Key, Person]) -> Person:
    """The rules of 3.4 in their order."""
    if not bare(row["姓名"]):
        raise Bad("MISSING_REQUIRED", "姓名")
    paper = coded(row, "证件类型", PAPERS)
    key = number_of(row["证件号码"], paper)
    sex = coded(row, "性别", SEXES)
    born = day_of(row, "出生日期")
    registered = day_of(row, "登记日期")
    if registered is None:
        raise Bad("MISSING_REQUIRED", "登记日期")
    day_of(row, "入职日期")
    floating = coded(row, "是否流动", FLOATING)
    coded(row, "人员类别", {"职工": True, "家属": True})
    if key in known:
        raise Bad("DUPLICATE_IN_FILE", "证件号码")
    if born is None and paper in ("01", "02"):
        born = calendar_day(key[1][6:10], key[1][10:12], key[1][12:14])
    return Person(key, sex, born, origin_of(row), registered, floating)


def coded(row: dict[str, object], column: str, codes: Mapping[str, Code]) -> Code:
    value = plain(row.get(column))
    if value not in codes:
        raise Bad("UNKNOWN_CODE", column)
    return codes[value]


def number_of(cell: object, paper: str) -> Key:
    column, number = "证件号码", plain(cell).upper()
    if not number:
        raise Bad("MISSING_REQUIRED", column)
    if isinstance(cell, int | float) or re.fullmatch(r"[0-9]+(\.[0-9]+)?E\+[0-9]+", number):
        raise Bad("ID_AS_NUMBER", column)
    if not re.fullmatch(SHAPES[paper], number):
        raise Bad("ID_FORMAT", column)
    if paper in ("01", "02"):
        if calendar_day(number[6:10], number[10:12], number[12:14]) is None:
            raise Bad("ID_DATE_INVALID", column)
        total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
        if number[17] != "10X98765432"[total % 11]:
            raise Bad("ID_CHECK_DIGIT", column)
    return space_of(paper), number


def day_of(row: dict[str, object], column: str) -> date | None:
    cell = row.get(column)
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    text = plain(cell)
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{4})([/-])([0-9]{1,2})\2([0-9]{1,2})", text)
    parts = (found[1], found[3], found[4]) if found else None
    if re.fullmatch(r"[0-9]{8}", text) and isinstance(cell, str):
        parts = (text[:4], text[4:6], text[6:])
    day = calendar_day(*parts) if parts else None
    if day is None:
        raise Bad("DATE_INVALID", column)
    return day


def origin_of(row: dict[str, object]) -> str:
    code, province = plain(row.get("户籍地代码")), plain(row.get("户籍省"))
    if code:
        return code[:2] if re.fullmatch("[0-9]{2,12}", code) else "NS"
    if re.fullmatch(r"[0-9]{2}", province):
        return province
    return next((two for name, two in PROVINCES.items() if province.startswith(name)), "NS")


def doubts(
    row: dict[str, object], person: Person, firms: set[str], known: set[str]
) -> Iterator[tuple[str, str]]:
    phone = plain(row.get("联系电话"))
    if phone and not re.fullmatch(r"1[3-9][0-9]{9}|0[0-9]{9,11}", phone.replace("-", "")):
        yield "PHONE_MALFORMED", "联系电话"
    space, number = person.key
    if space == "01":
        if person.sex in ("1", "2") and int(number[16]) % 2 != int(person.sex) % 2:
            yield "SEX_ID_MISMATCH", "性别"
        if number[:6] not in known:
            yield "DIVISION_UNKNOWN", "证件号码"
    firm = as_text(row.get("企业")).strip()
    if firm and firm not in firms:
        yield "ENTERPRISE_UNKNOWN", "企业"


# Movements: FORMAT 4.


def read_movements(oracle: Oracle) -> None:
    path = oracle.folder / "movements.csv"
    if not path.exists():
        return
    file, rows = "movements.csv", numbered(path)
    dated: list[tuple[date, int, dict[str, str]]] = []
    for number, row in rows:
        day = (
            calendar_day(*row["date"].split("-"))
            if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", row["date"])
            else None
        )
        if day is None or day.year != oracle.year:
            reason = "DATE_OUT_OF_YEAR" if day else "DATE_INVALID"
            oracle.notes.add((file, "", number, "reject", reason, "date"))
        else:
            dated.append((day, number, row))
    book = Book(oracle)
    for day, number, row in sorted(dated, key=lambda one: one[:2]):
        try:
            oracle.events.append(book.follow(day, row))
        except Bad as bad:
            oracle.notes.add((file, "", number, "reject", *bad.args))
    oracle.count(file, "", len(rows))


class Book:
    """Who is present, and who away, while the movements are followed."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.refs: set[str] = set()
        self.present: set[tuple[str, Key]] = set()
        self.away: set[tuple[str, Key]] = set()
        self.waiting = {code for code in oracle.tenants if oracle.start(code).year == oracle.year}

    def begin(self, day: date) -> None:
        """Open the tenants whose first day has come: the initial stock is present, and nobody of it away."""
        for code in [code for code in self.waiting if self.oracle.start(code) <= day]:
            self.waiting.remove(code)
            for person in self.oracle.people[code].values():
                if person.registered <= self.oracle.start(code):
                    self.present.add((code, person.key))
                    self.away.discard((code, person.key))

    def follow(self, day: date, row: dict[str, str]) -> Event:
        self.begin(day)
        tenants, kind = self.oracle.tenants, row["type"]
        changes = kind == "CHANGE_EMPLOYER"
        for column, known in (("tenant", tenants), ("type", TYPES), ("to_tenant", tenants)):
            if row.get(column) not in known and (column != "to_tenant" or changes):
                raise Bad("UNKNOWN_CODE", column)
        if row["ref"] in self.refs:
            raise Bad("DUPLICATE_ROW", "ref")
        key = space_of(plain(row["id_type"])), plain(row["id_no"]).upper()
        there = row["to_tenant"] if changes else ""
        if any(key not in self.oracle.people[code] for code in (row["tenant"], there) if code):
            raise Bad("UNKNOWN_PERSON", "id_no")
        event = Event(day, row["tenant"], kind, key, there)
        self.happen(event)
        self.refs.add(row["ref"])
        return event

    def happen(self, event: Event) -> None:
        here, there = (event.tenant, event.key), (event.to_tenant, event.key)
        fits = (here in self.present) != (event.type == "ARRIVE")
        fits &= there not in self.present
        fits &= event.type != "RETURN" or here in self.away
        fits &= event.type != "TEMP_LEAVE" or here not in self.away
        if not fits:
            raise Bad("STATE_CONFLICT", "type")
        self.away.discard(here)
        if event.type == "TEMP_LEAVE":
            self.away.add(here)
        if event.type in ("DEPART", "OPT_OUT", "CHANGE_EMPLOYER"):
            self.present.discard(here)
        if event.type == "ARRIVE":
            self.present.add(here)
        if event.to_tenant:
            self.present.add(there)


# Reports: FORMAT 7.


QUANTITIES = ("employees_male", "employees_female", "activities", "participants")


def read_reports(oracle: Oracle) -> None:
    file = "reports/manual.csv"
    if not (oracle.folder / file).exists():
        return
    rows = numbered(oracle.folder / file)
    for number, row in rows:
        try:
            code, month, report = accept_report(oracle, row)
        except Bad as bad:
            oracle.notes.add((file, "", number, "reject", *bad.args))
        else:
            oracle.reports[code, month] = report
    oracle.count(file, "", len(rows))


def accept_report(oracle: Oracle, row: dict[str, str]) -> tuple[str, int, Report]:
    code = row["tenant"]
    if code not in oracle.tenants:
        raise Bad("UNKNOWN_CODE", "tenant")
    year, month = (int(part) for part in row["month"].split("-"))
    if oracle.tenants[code].opened > date(year, month, calendar.monthrange(year, month)[1]):
        raise Bad("PERIOD_NOT_EXPECTED", "month")
    if (code, month) in oracle.reports:
        raise Bad("DUPLICATE_ROW", "month")
    for column in QUANTITIES:
        if not re.fullmatch("[0-9]+", row[column]):
            raise Bad("BAD_QUANTITY", column)
    quantities = (int(row[column]) for column in QUANTITIES)
    return code, month, Report(*quantities, submitted=date.fromisoformat(row["submitted_on"]))


# Figures: FORMAT 8.


STOCKS = {
    "POP-01": (("sex", "age", "origin"), lambda person, age: True),
    "POP-03": (
        ("age", "origin"),
        lambda person, age: person.sex == "2" and age is not None and 15 <= age <= 49,
    ),
    "POP-05": (("sex", "age"), lambda person, age: age is not None and age < 16),
}
FLOWS = {"POP-02": "ARRIVE", "POP-04": "DEPART"}


def count_figures(oracle: Oracle) -> Iterator[tuple[Cell, tuple[str, str]]]:
    here = {code for code, tenant in oracle.tenants.items() if "registration" in tenant.plugins}
    for span in spans(oracle.year, oracle.months):
        present = present_on(oracle, span.last)
        units = [("tenant", code, {code}) for code in here if oracle.tenants[code].opened <= span.last]
        for level, unit, codes in [*units, ("town", oracle.code, here)]:
            codes = {code for code in codes if oracle.tenants[code].opened <= span.last}
            people = [oracle.people[code][key] for code, key in present if code in codes]
            for indicator, numbers in (*stocks(people, span), *flows(oracle, codes, span)):
                for cut, number in numbers.items():
                    if number or not cut:
                        yield (level, unit, span.name, indicator, cut), (str(number), "")


def present_on(oracle: Oracle, last: date) -> set[tuple[str, Key]]:
    """State after all accepted rows dated on or before the day."""
    book = Book(oracle)
    for event in oracle.events:
        if event.day <= last:
            book.begin(event.day)
            book.happen(event)
    book.begin(last)
    return book.present


def stocks(people: Sequence[Person], span: Span) -> Iterator[tuple[str, Counter[str]]]:
    """Different people in every cut: somebody in two tenants is one."""
    for indicator, (names, belongs) in STOCKS.items():
        counted = {
            (cut, person.key)
            for person in people
            if person.floating and belongs(person, age_of(person, span.last))
            for cut in cuts_of(person, span.last, names)
        }
        numbers = Counter({"": 0})
        numbers.update(cut for cut, _ in counted)
        yield indicator, numbers


def flows(oracle: Oracle, codes: set[str], span: Span) -> Iterator[tuple[str, Counter[str]]]:
    """Events; those before the month in which their tenant opened are in no period of it."""
    for indicator, kind in FLOWS.items():
        numbers = Counter({"": 0})
        for event in oracle.events:
            person = oracle.people[event.tenant][event.key]
            counts = event.type == kind and event.tenant in codes and person.floating
            counts = counts and event.day >= oracle.tenants[event.tenant].opened.replace(day=1)
            if counts and span.first <= event.day <= span.last:
                numbers.update(cuts_of(person, event.day, ("sex", "age", "origin")))
        yield indicator, numbers


def section(oracle: Oracle, name: str) -> Mapping[str, object]:
    found = oracle.town[name]
    assert isinstance(found, dict)
    return found


def due_day(oracle: Oracle, month: int) -> date:
    """The n-th working day of the month after."""
    free, worked = (section(oracle, "calendar")[name] for name in ("holidays", "worked_weekend_days"))
    left = int(str(section(oracle, "reporting")["due_working_day"]))
    day = date(oracle.year, month, calendar.monthrange(oracle.year, month)[1])
    while left:
        day = date.fromordinal(day.toordinal() + 1)
        works = day in worked or (day.weekday() < 5 and day not in free)  # type: ignore[operator]
        left -= works
    return day


def reported_figures(oracle: Oracle) -> Iterator[tuple[Cell, tuple[str, str]]]:
    here = [code for code, tenant in oracle.tenants.items() if "reporting" in tenant.plugins]
    for span in spans(oracle.year, oracle.months):
        months = range(span.first.month, min(span.last.month, oracle.months) + 1)
        units = [("tenant", code, [code]) for code in here if oracle.tenants[code].opened <= span.last]
        for level, unit, codes in [*units, ("town", oracle.code, here)]:
            sent = {
                (code, month): oracle.reports[code, month]
                for code in codes
                for month in months
                if (code, month) in oracle.reports
            }
            for indicator, cut, num, den in (*quantities(sent), *punctuality(oracle, codes, months, sent)):
                yield (level, unit, span.name, indicator, cut), (num, den)


def quantities(sent: Mapping[tuple[str, int], Report]) -> Iterator[tuple[str, str, str, str]]:
    """Nothing was sent: not known. Employees are those of each tenant's last month with a report."""
    latest = {code: sent[code, month] for code, month in sorted(sent)}
    told: dict[tuple[str, str], int] = {
        ("EMP-01", ""): sum(report.men + report.women for report in latest.values()),
        ("EMP-01", "sex=1"): sum(report.men for report in latest.values()),
        ("EMP-01", "sex=2"): sum(report.women for report in latest.values()),
        ("COM-02", ""): sum(report.activities for report in sent.values()),
        ("COM-02", "measure=PARTICIPANTS"): sum(report.participants for report in sent.values()),
    }
    for (indicator, cut), number in told.items():
        yield indicator, cut, str(number) if sent else "", ""


def punctuality(
    oracle: Oracle, codes: Iterable[str], months: Iterable[int], sent: Mapping[tuple[str, int], Report]
) -> Iterator[tuple[str, str, str, str]]:
    ends = [date(oracle.year, month, calendar.monthrange(oracle.year, month)[1]) for month in months]
    expected = sum(oracle.tenants[code].opened <= end for code in codes for end in ends)
    in_time = sum(report.submitted <= due_day(oracle, month) for (_code, month), report in sent.items())
    yield "QUA-01", "", str(in_time), str(expected)
    if expected:
        yield "QUA-01", "measure=SUBMITTED", str(len(sent)), str(expected)


# The suppressed table: FORMAT 9.


PUBLISHED = (
    ("POP-01", "", "k_normal", ""),
    ("POP-05", "", "k_high", "POP-01"),
    ("SUP-05", "mode=IDENTIFIED", "k_high", "P"),
)
"""Indicator, cut, threshold, and what it is a part of."""


def suppressed(oracle: Oracle) -> Iterator[tuple[str, str, str, str]]:
    disclosure = {name: int(str(number)) for name, number in section(oracle, "disclosure").items()}
    codes = sorted(oracle.tenants)
    there = present_on(oracle, date(oracle.year, 12, 31))
    for indicator, cut, threshold, whole in PUBLISHED:
        k = disclosure[threshold]
        exact: dict[str, int] = {}
        signs: dict[str, str] = {}
        for unit in (*codes, oracle.code):
            level = "town" if unit == oracle.code else "tenant"
            found = oracle.figures.get((level, unit, str(oracle.year), indicator, cut))
            if found is None:
                signs[unit] = "NA"
                continue
            n = exact[unit] = int(found[0])
            everybody = len({key for code, key in there if unit in (code, oracle.code)})
            d = None
            if whole:
                d = (
                    everybody
                    if whole == "P"
                    else int(oracle.figures[level, unit, str(oracle.year), whole, ""][0])
                )
            is_small = 0 < n < k or (d is not None and (d < k or d - n < k))
            signs[unit] = f"<{k}" if is_small else str(n)
            if indicator[:3] in ("SUP", "HEA", "RIG") and everybody < disclosure["min_unit_population"]:
                signs[unit] = "NS"
        hidden = [code for code in codes if signs[code][0] in "<N" and signs[code] != "NA"]
        if len(hidden) == 1:
            others = [(exact[code], code) for code in codes if code in exact and code not in hidden]
            candidates = [one for one in others if one[0] > 0]
            signs[min(candidates)[1] if candidates else oracle.code] = "*"
        for unit, sign in signs.items():
            yield unit, indicator, cut, sign
