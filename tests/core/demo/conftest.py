"""An independent reading of the exchange format, for judging what the generator writes."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from core.demo import generate

TODAY = date(2026, 11, 24)
ALIASES = {
    "身份证号码": "证件号码",
    "户籍地区划代码": "户籍地代码",
    "手机号": "联系电话",
    "来镇登记日期": "登记日期",
    "所在企业": "企业",
    "是否流动人口": "是否流动",
}
SEXES: dict[str, str] = {"男": "1", "男性": "1", "1": "1", "女": "2", "女性": "2", "2": "2"}
SEXES |= {"未知": "0", "0": "0", "未说明": "9", "9": "9", "": "9"}
PAPERS = {"居民身份证": "01", "身份证": "01", "户口簿": "02", "护照": "03", "港澳居民来往内地通行证": "04"}
PAPERS |= {code: code for code in ("01", "02", "03", "04")}
FLOATING = {"是": True, "1": True, "Y": True, "否": False, "0": False, "N": False}
TYPES = ("ARRIVE", "DEPART", "CHANGE_EMPLOYER", "TEMP_LEAVE", "RETURN", "OPT_OUT")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass
class Accepted:
    """An accepted roster row."""

    tenant: str
    number: str
    id_type: str
    name: str
    sex: str
    category: str
    origin: str
    born: date | None
    registered: date
    floating: bool


@dataclass
class Reading:
    """What a correct import finds in a folder: (file, reason, column) counted, and the accepted rows."""

    folder: Path
    rejects: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    warnings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    people: dict[tuple[str, str], Accepted] = field(default_factory=dict)
    movements: list[dict[str, str]] = field(default_factory=list)
    present: set[tuple[str, str]] = field(default_factory=set)

    def table(self, name: str) -> list[dict[str, str]]:
        text = (self.folder / name).read_text(encoding="utf-8")
        return list(csv.DictReader(io.StringIO(text)))

    def reasons(self, file: str) -> set[tuple[str, str]]:
        return {(reason, column) for name, reason, column in self.rejects if name.startswith(file)}


def squeeze(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFKC", str(value))
    return re.sub(r"[\s'’]", "", text)


def parse_day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = squeeze(value)
    match = re.fullmatch(r"(\d{4})([/-])(\d{1,2})\2(\d{1,2})", text) or re.fullmatch(
        r"(\d{4})()(\d\d)(\d\d)", text
    )
    try:
        return date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        return None


def check_character(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return "10X98765432"[total % 11]


def sheets(path: Path) -> Iterator[tuple[str, list[list[object]]]]:
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(str(path))
        for name in ("职工名册", "随行家属"):
            if name in book.sheet_names:
                yield (
                    name,
                    [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)],
                )
        return
    data = path.read_bytes()
    if data.startswith(b"\xef\xbb\xbf"):
        text = data.decode("utf-8-sig")
    else:
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
        text = data.decode("gb18030")
    yield "", [list(row) for row in csv.reader(io.StringIO(text, newline=""))]


def records(grid: list[list[object]]) -> Iterator[dict[str, object]]:
    header: list[str] = []
    for cells in grid:
        texts = [squeeze(cell) for cell in cells]
        names = [ALIASES.get(text, text) for text in texts]
        first = next((text for text in texts if text), "")
        if not header:
            header = names if "姓名" in names and "证件号码" in names else []
        elif first in ("合计", "总计", "小计"):
            return
        elif first:
            yield dict(zip(header, cells, strict=False))


def number_reason(row: dict[str, object], id_type: str) -> str:
    cell = row["证件号码"]
    text = squeeze(cell).upper()
    if not text:
        return "MISSING_REQUIRED"
    if isinstance(cell, int | float) or re.fullmatch(r"\d\.\d+E\+\d+", text):
        return "ID_AS_NUMBER"
    shape = {"03": r"[A-Z0-9]{5,17}", "04": r"[HM]\d{8}"}.get(id_type, r"\d{17}[\dX]")
    if not re.fullmatch(shape, text):
        return "ID_FORMAT"
    if id_type in ("03", "04"):
        return ""
    if parse_day(text[6:14]) is None:
        return "ID_DATE_INVALID"
    return "" if text[17] == check_character(text[:17]) else "ID_CHECK_DIGIT"


def verdict(row: dict[str, object], known: set[str]) -> tuple[str, str]:
    """(reason, column) of the first rule that fails, or two empty texts."""
    if not squeeze(row["姓名"]):
        return "MISSING_REQUIRED", "姓名"
    id_type = PAPERS.get(squeeze(row["证件类型"]))
    if id_type is None:
        return "UNKNOWN_CODE", "证件类型"
    if reason := number_reason(row, id_type):
        return reason, "证件号码"
    if squeeze(row["性别"]) not in SEXES:
        return "UNKNOWN_CODE", "性别"
    for column in ("出生日期", "登记日期", "入职日期"):
        text = squeeze(row.get(column, ""))
        if text and parse_day(row[column]) is None:
            return "DATE_INVALID", column
        if not text and column == "登记日期":
            return "MISSING_REQUIRED", column
    if squeeze(row["是否流动"]) not in FLOATING:
        return "UNKNOWN_CODE", "是否流动"
    if row["人员类别"] not in ("职工", "家属"):
        return "UNKNOWN_CODE", "人员类别"
    return ("DUPLICATE_IN_FILE", "证件号码") if squeeze(row["证件号码"]).upper() in known else ("", "")


def doubts(row: dict[str, object], who: Accepted, firms: set[str]) -> Iterator[tuple[str, str]]:
    """(warning, column) of an accepted row."""
    phone = squeeze(row["联系电话"]).replace("-", "")
    if phone and not re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}", phone):
        yield "PHONE_MALFORMED", "联系电话"
    if who.id_type in ("01", "02"):
        if who.sex in "12" and int(who.number[16]) % 2 != int(who.sex) % 2:
            yield "SEX_ID_MISMATCH", "性别"
        if not who.number.startswith("000000"):
            yield "DIVISION_UNKNOWN", "证件号码"
    firm = squeeze(row.get("企业", ""))
    if firm and firm not in firms:
        yield "ENTERPRISE_UNKNOWN", "企业"


def accepted(tenant: str, row: dict[str, object]) -> Accepted:
    number = squeeze(row["证件号码"]).upper()
    id_type = PAPERS[squeeze(row["证件类型"])]
    registered = parse_day(row["登记日期"])
    assert registered is not None
    return Accepted(
        tenant=tenant,
        number=number,
        id_type=id_type,
        name=str(row["姓名"]),
        sex=SEXES[squeeze(row["性别"])],
        category=str(row["人员类别"]),
        origin=squeeze(row["户籍地代码"])[:2] or squeeze(row["户籍省"])[:2],
        born=parse_day(row["出生日期"]) or parse_day(number[6:14] if id_type in ("01", "02") else ""),
        registered=registered,
        floating=FLOATING[squeeze(row["是否流动"])],
    )


def read_roster(reading: Reading, path: Path, firms: set[str]) -> None:
    name, known = f"rosters/{path.name}", set[str]()
    for _, grid in sheets(path):
        for row in records(grid):
            reading.rows[name] += 1
            reason, column = verdict(row, known)
            if reason:
                reading.rejects[name, reason, column] += 1
                continue
            who = accepted(path.stem, row)
            known.add(who.number)
            reading.people[who.tenant, who.number] = who
            for warning, place in doubts(row, who, firms):
                reading.warnings[name, warning, place] += 1


def read_movements(reading: Reading, tenants: dict[str, date], year: int) -> None:
    """Judge the ledger in the order of (date, row) and keep who is present at its end."""
    dated = []
    for place, row in enumerate(reading.table("movements.csv")):
        reading.rows["movements.csv"] += 1
        exact = re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])
        day = parse_day(row["date"]) if exact else None
        if day is None or day.year != year:
            reading.rejects["movements.csv", "DATE_OUT_OF_YEAR" if day else "DATE_INVALID", "date"] += 1
        else:
            dated.append((day, place, row))
    away, refs = set[tuple[str, str]](), set[str]()
    for _, _, row in sorted(dated, key=lambda each: each[:2]):
        reason, column = movement_verdict(reading, row, tenants, refs, away)
        if reason:
            reading.rejects["movements.csv", reason, column] += 1
        else:
            refs.add(row["ref"])
            reading.movements.append(row)


def movement_verdict(
    reading: Reading,
    row: dict[str, str],
    tenants: dict[str, date],
    refs: set[str],
    away: set[tuple[str, str]],
) -> tuple[str, str]:
    kind, number = row["type"], squeeze(row["id_no"]).upper()
    here, there = (row["tenant"], number), (row["to_tenant"], number)
    if row["tenant"] not in tenants:
        return "UNKNOWN_CODE", "tenant"
    if kind not in TYPES:
        return "UNKNOWN_CODE", "type"
    if kind == "CHANGE_EMPLOYER" and row["to_tenant"] not in tenants:
        return "UNKNOWN_CODE", "to_tenant"
    if row["ref"] in refs:
        return "DUPLICATE_ROW", "ref"
    if here not in reading.people or (row["to_tenant"] and there not in reading.people):
        return "UNKNOWN_PERSON", "id_no"
    return follow(reading.present, away, kind, here, there)


def follow(
    present: set[tuple[str, str]],
    away: set[tuple[str, str]],
    kind: str,
    here: tuple[str, str],
    there: tuple[str, str],
) -> tuple[str, str]:
    """Let a movement happen, unless the state of the person forbids it."""
    bad = (kind == "ARRIVE") == (here in present)
    bad |= kind == "CHANGE_EMPLOYER" and there in present
    bad |= (kind == "RETURN" and here not in away) or (kind == "TEMP_LEAVE" and here in away)
    if bad:
        return "STATE_CONFLICT", "type"
    away.discard(here)
    if kind == "TEMP_LEAVE":
        away.add(here)
    if kind in ("DEPART", "OPT_OUT", "CHANGE_EMPLOYER"):
        present.discard(here)
    if kind in ("ARRIVE", "CHANGE_EMPLOYER"):
        present.add(here if kind == "ARRIVE" else there)
    return "", ""


def read_folder(folder: Path, year: int) -> Reading:
    reading = Reading(folder)
    tenants = {row["code"]: date.fromisoformat(row["opened_on"]) for row in reading.table("tenants.csv")}
    firms = reading.table("enterprises.csv")
    for code in tenants:
        names = ("name_zh", "short_zh", "former_zh")
        own = {each[name] for each in firms if each["tenant"] == code for name in names}
        for path in (folder / "rosters").glob(f"{code}.*"):
            read_roster(reading, path, own)
    for key, who in reading.people.items():
        if who.registered <= max(date(year, 1, 1), tenants[who.tenant]):
            reading.present.add(key)
    read_movements(reading, tenants, year)
    return reading


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """The demonstration town on an ordinary day in November, as a correct import reads it."""
    folder = tmp_path_factory.mktemp("demo")
    generate(folder, today=TODAY)
    return read_folder(folder, TODAY.year)


@pytest.fixture(scope="session")
def reader() -> Callable[[Path, int], Reading]:
    """Reads another folder of a year in the same way."""
    return read_folder
