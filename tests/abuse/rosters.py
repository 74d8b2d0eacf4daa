"""Rosters of any length with one bad row in a hundred, and the ledger of what has to be said of every row."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import BinaryIO

from msgspec import Struct
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from core.people.documents import check_character

__all__ = ["BAD_ROWS", "COLUMNS", "Ledger", "resident_number", "write_roster"]

COLUMNS = (
    "姓名", "性别", "人员类别", "证件类型", "证件号码", "出生日期", "户籍地代码",
    "联系电话", "登记日期", "入职日期", "企业", "岗位", "是否流动",
)  # fmt: skip

EMPLOYEES, FAMILY = "职工名册", "随行家属"
TITLE_ROWS = 2
FIRST_BORN = date(1960, 1, 1)
SURNAMES = "王李张刘陈杨黄赵周吴欧阳"
GIVEN = ("伟", "芳", "秀英", "𬭎宇", "娜·阿依", "强", "敏", "静怡", "磊", "洋")

Cells = dict[str, object]


class Bad(Struct, frozen=True):
    """One way of spoiling a row, and what has to be said of it: the reason and the column."""

    spoil: Callable[[Cells], object]
    reason: str
    column: str


class Ledger(Struct):
    """What was written; rows by sheet and row number."""

    rejected: dict[tuple[str, int], tuple[str, str]] = {}
    numbers: list[str] = []
    """Of the rows that are right, in order of the file."""
    known: int = 0
    """How many of these say the same as what is known already."""
    corrected: int = 0
    """How many say something else of somebody who is known."""

    @property
    def added(self) -> int:
        return len(self.numbers) - self.known - self.corrected


def _set(column: str, value: object) -> Callable[[Cells], object]:
    return lambda cells: cells.update({column: value})


def _number(change: Callable[[str], object]) -> Callable[[Cells], object]:
    return lambda cells: cells.update({"证件号码": change(str(cells["证件号码"]))})


def _checked(number: str) -> str:
    return number[:17] + check_character(number)


def _wrong_character(number: str) -> str:
    return number[:17] + ("0" if number[17] != "0" else "1")


def _of_type(kind: str, number: str) -> Callable[[Cells], object]:
    return lambda cells: cells.update({"证件类型": kind, "证件号码": number})


def _both(first: Callable[[Cells], object], second: Callable[[Cells], object]) -> Callable[[Cells], object]:
    return lambda cells: (first(cells), second(cells))


ID, REGISTERED = "证件号码", "登记日期"

BAD_ROWS: Mapping[str, Bad] = {
    "no name": Bad(_set("姓名", None), "MISSING_REQUIRED", "姓名"),
    "a name of blanks": Bad(_set("姓名", " \u3000\t"), "MISSING_REQUIRED", "姓名"),
    "a name of control characters": Bad(_set("姓名", "\x1f\x7f"), "MISSING_REQUIRED", "姓名"),
    "no type": Bad(_set("证件类型", None), "UNKNOWN_CODE", "证件类型"),
    "a type that there is not": Bad(_set("证件类型", "驾驶证"), "UNKNOWN_CODE", "证件类型"),
    "no number": Bad(_set(ID, None), "MISSING_REQUIRED", ID),
    "a number of apostrophes": Bad(_set(ID, "''"), "MISSING_REQUIRED", ID),
    "a figure": Bad(_set(ID, 199003010023), "ID_AS_NUMBER", ID),
    "a figure with a part": Bad(_set(ID, 1990030100.5), "ID_AS_NUMBER", ID),
    "a figure that became text": Bad(_set(ID, "1.99003E+17"), "ID_AS_NUMBER", ID),
    "fifteen digits": Bad(_number(lambda n: n[:6] + n[8:17]), "ID_FORMAT", ID),
    "seventeen digits": Bad(_number(lambda n: n[:17]), "ID_FORMAT", ID),
    "nineteen digits": Bad(_number(lambda n: n + "0"), "ID_FORMAT", ID),
    "a letter": Bad(_number(lambda n: n[:9] + "O" + n[10:]), "ID_FORMAT", ID),
    "a homoglyph": Bad(_number(lambda n: n[:17] + "Х"), "ID_FORMAT", ID),  # Cyrillic
    "Arabic digits": Bad(_number(lambda n: n[:16] + "٣" + n[17:]), "ID_FORMAT", ID),
    "30 February": Bad(_number(lambda n: _checked(n[:10] + "0230" + n[14:])), "ID_DATE_INVALID", ID),
    "month 13": Bad(_number(lambda n: _checked(n[:10] + "1301" + n[14:])), "ID_DATE_INVALID", ID),
    "day 0": Bad(_number(lambda n: _checked(n[:12] + "00" + n[14:])), "ID_DATE_INVALID", ID),
    "year 0": Bad(_number(lambda n: _checked(n[:6] + "0000" + n[10:])), "ID_DATE_INVALID", ID),
    "a wrong check character": Bad(_number(_wrong_character), "ID_CHECK_DIGIT", ID),
    "a short passport": Bad(_of_type("护照", "E123"), "ID_FORMAT", ID),
    "a passport with a mark": Bad(_of_type("护照", "E1234567/8"), "ID_FORMAT", ID),
    "a permit of elsewhere": Bad(_of_type("港澳居民来往内地通行证", "K12345678"), "ID_FORMAT", ID),
    "a third sex": Bad(_set("性别", "男的"), "UNKNOWN_CODE", "性别"),
    "sex 3": Bad(_set("性别", 3), "UNKNOWN_CODE", "性别"),
    "born in June": Bad(_set("出生日期", "六月"), "DATE_INVALID", "出生日期"),
    "born on no day": Bad(_set("出生日期", "2025-02-29"), "DATE_INVALID", "出生日期"),
    "born on day 45658": Bad(_set("出生日期", 45658), "DATE_INVALID", "出生日期"),
    "registered never": Bad(_set(REGISTERED, None), "MISSING_REQUIRED", REGISTERED),
    "registered yesterday": Bad(_set(REGISTERED, "昨天"), "DATE_INVALID", REGISTERED),
    "two marks in a date": Bad(_set(REGISTERED, "2026-03/01"), "DATE_INVALID", REGISTERED),
    "dots in a date": Bad(_set(REGISTERED, "2026.3.1"), "DATE_INVALID", REGISTERED),
    "a time": Bad(_set(REGISTERED, "2026-03-01 24:00"), "DATE_INVALID", REGISTERED),
    "registered in 9999": Bad(_set(REGISTERED, "9999-12-31"), "DATE_TO_COME", REGISTERED),
    "hired on no day": Bad(_set("入职日期", "2026/4/31"), "DATE_INVALID", "入职日期"),
    "floating or not": Bad(_set("是否流动", "也许"), "UNKNOWN_CODE", "是否流动"),
    "floating not stated": Bad(_set("是否流动", None), "UNKNOWN_CODE", "是否流动"),
    "no category": Bad(_set("人员类别", None), "UNKNOWN_CODE", "人员类别"),
    "an unknown category": Bad(_set("人员类别", "股东"), "UNKNOWN_CODE", "人员类别"),
    "two faults": Bad(_both(_set("性别", "?"), _set("姓名", "")), "MISSING_REQUIRED", "姓名"),
}
"""The rows of the exchange format's section 3.4 in many clothes; repeated numbers are made beside these."""

REPEATS: tuple[Callable[[str], tuple[str, str]], ...] = (
    lambda number: ("居民身份证", number),
    lambda number: ("户口簿", number),
    lambda number: ("身份证", f"'{number[:6]} {number[6:14]}　{number[14:]}"),
    lambda number: ("01", number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}).lower()),
)
"""The same number in other clothes is still the same number."""


def resident_number(person: int) -> str:
    """An invented number; person n always has the same, and nobody else has it."""
    born = FIRST_BORN + timedelta(days=person // 1000)
    return _checked(f"000000{born:%Y%m%d}{person % 1000:03d}")


def good_row(person: int) -> Cells:
    """What a roster says of person n."""
    number = resident_number(person)
    surname = SURNAMES[person % len(SURNAMES)]
    return {
        "姓名": surname + GIVEN[person // 7 % len(GIVEN)],
        "性别": "男" if int(number[16]) % 2 else "女",
        "人员类别": "职工",
        "证件类型": "居民身份证",
        "证件号码": number,
        "出生日期": None if person % 2 else f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        "户籍地代码": ("430100", "450100", "520100")[person % 3],
        "联系电话": f"138{person % 10**8:08d}",
        "登记日期": date(2026, 3, 1) + timedelta(days=person % 28),
        "入职日期": "2026/2/1" if person % 3 else None,
        "企业": None,
        "岗位": "缝纫",
        "是否流动": "是" if person % 4 else "否",
    }


def write_roster(target: BinaryIO, rows: int, *, known: int, bad: float = 0.01, seed: int = 4) -> Ledger:
    """A workbook of `rows` data rows on two sheets; the people 0 to `known` are there before, half of them other.

    `known` = 0 with `bad` = 0 writes those who are there before.
    """
    ledger = Ledger(rejected={}, numbers=[])
    chance = random.Random(seed)
    with Workbook(target, {"constant_memory": True, "strings_to_formulas": False}) as book:
        made = _made(rows, known, bad, chance, ledger)
        for name, share in ((EMPLOYEES, rows * 9 // 10), (FAMILY, rows - rows * 9 // 10)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["星河镇花名册"])
            sheet.write_row(TITLE_ROWS, 0, COLUMNS)
            place = TITLE_ROWS
            for _ in range(share):
                # Empty rows may stand anywhere; the row number that is told is that of the sheet.
                place += 2 if chance.random() < 0.01 else 1
                cells, told = next(made)
                _write_row(sheet, place, cells)
                if told:
                    ledger.rejected[name, place + 1] = told
            sheet.write_row(place + 2, 0, ["合计", "", "", "", "after the end"])
            sheet.write_row(place + 3, 0, good_row(rows + 5).values())
        book.add_worksheet("说明").write_row(0, 0, COLUMNS)
        hidden = book.add_worksheet("隐藏")
        hidden.write_row(0, 0, COLUMNS)
        hidden.hide()
    return ledger


def _made(
    rows: int, known: int, bad: float, chance: random.Random, ledger: Ledger
) -> Iterator[tuple[Cells, tuple[str, str] | None]]:
    """Rows in order with what is wrong with them; every kind of bad row comes, then any of them again."""
    kinds = list(BAD_ROWS.values())
    spoiled = set(chance.sample(range(1, rows), round(rows * bad)))
    told = 0
    for person in range(rows):
        cells = good_row(person)
        if person in spoiled and ledger.numbers and told % 5 == 4:
            kind, number = REPEATS[told // 5 % len(REPEATS)](chance.choice(ledger.numbers))
            told += 1
            yield {**cells, "证件类型": kind, ID: number}, ("DUPLICATE_IN_FILE", ID)
        elif person in spoiled:
            fault = kinds[(told * 4 // 5) % len(kinds)]
            told += 1
            fault.spoil(cells)
            yield cells, (fault.reason, fault.column)
        else:
            ledger.numbers.append(str(cells[ID]))
            if person < known and person % 2:
                cells["姓名"] = f"改{cells['姓名']}"
                ledger.corrected += 1
            elif person < known:
                ledger.known += 1
            yield cells, None


def _write_row(sheet: Worksheet, place: int, cells: Cells) -> None:
    for column, name in enumerate(COLUMNS):
        value = cells[name]
        if isinstance(value, date):
            sheet.write_string(place, column, value.isoformat())
        elif isinstance(value, int | float):
            sheet.write_number(place, column, value)
        elif value is not None:
            sheet.write_string(place, column, str(value))
