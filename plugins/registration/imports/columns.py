"""The columns of a roster, their other names, and the row that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.sdk.values import Cell, clean, plain_code
from plugins.registration.imports.verdicts import Reason, Unfit

__all__ = [
    "BIRTH_DATE", "CATEGORY", "COLUMNS", "DIVISION", "DWELLING", "FIRM", "FLOATING", "HIRED_ON", "ID_NUMBER",
    "ID_TYPE", "KEYS", "NAME", "PHONE", "POST", "PROVINCE", "PURPOSE", "REGISTERED_ON", "REQUIRED", "SEX",
    "VALUES", "WORKSHOP",
    "Line", "header_of", "is_blank", "is_total", "likely_header_of",
]  # fmt: skip

NUMBER = "序号"
NAME = "姓名"
SEX = "性别"
CATEGORY = "人员类别"
ID_TYPE = "证件类型"
ID_NUMBER = "证件号码"
BIRTH_DATE = "出生日期"
DIVISION = "户籍地代码"
PROVINCE = "户籍省"
PHONE = "联系电话"
REGISTERED_ON = "登记日期"
HIRED_ON = "入职日期"
FIRM = "企业"
WORKSHOP = "车间"
POST = "岗位"
DWELLING = "居住类型"
PURPOSE = "居住事由"
FLOATING = "是否流动"

COLUMNS = (
    NUMBER, NAME, SEX, CATEGORY, ID_TYPE, ID_NUMBER, BIRTH_DATE, DIVISION, PROVINCE, PHONE, REGISTERED_ON,
    HIRED_ON, FIRM, WORKSHOP, POST, DWELLING, PURPOSE, FLOATING,
)  # fmt: skip
"""In the order of the template."""

KEYS = {
    "number": NUMBER, "name": NAME, "sex": SEX, "category": CATEGORY, "id_type": ID_TYPE, "id_number": ID_NUMBER,
    "birth_date": BIRTH_DATE, "division": DIVISION, "province": PROVINCE, "phone": PHONE,
    "registered_on": REGISTERED_ON, "hired_on": HIRED_ON, "firm": FIRM, "workshop": WORKSHOP, "post": POST,
    "dwelling": DWELLING, "purpose": PURPOSE, "floating": FLOATING,
}  # fmt: skip
"""What a column is called where its name is a word of a form."""

VALUES = {
    SEX: ("男", "女", "未知", "未说明"),
    CATEGORY: ("职工", "家属"),
    ID_TYPE: ("居民身份证", "户口簿", "护照", "港澳居民来往内地通行证"),
    FLOATING: ("是", "否"),
}
"""Of the columns that have a list the values that the template names."""

REQUIRED = frozenset({NAME, CATEGORY, ID_TYPE, ID_NUMBER, REGISTERED_ON, FLOATING})

_ALIASES = {name: name for name in COLUMNS} | {
    "身份证号码": ID_NUMBER,
    "户籍地区划代码": DIVISION,
    "手机号": PHONE,
    "来镇登记日期": REGISTERED_ON,
    "所在企业": FIRM,
    "是否流动人口": FLOATING,
}
_ENOUGH = 3
"""Of known columns, for a row to be a header although what makes one certain is called otherwise."""
_TOTALS = frozenset({"合计", "总计", "小计"})


class Line:
    """One data row, read by the standard names of its columns."""

    def __init__(self, places: dict[str, int], cells: Sequence[Cell]) -> None:
        self._places = places
        self._cells = cells

    def cell(self, column: str) -> Cell:
        place = self._places.get(column)
        return self._cells[place] if place is not None and place < len(self._cells) else None

    def code(self, column: str) -> str:
        """Half width, without blanks and apostrophes; empty when there is nothing."""
        return plain_code(_text(self.cell(column)))

    def words(self, column: str, longest: int = 200) -> str:
        """Free text on one line, cut to `longest` characters."""
        return clean(_text(self.cell(column)))[:longest]

    def coded(self, column: str, values: dict[str, str]) -> str:
        """The standard code of a value or one of its other forms; anything else makes the row unfit."""
        try:
            return values[self.code(column)]
        except KeyError:
            raise Unfit(Reason.UNKNOWN_CODE, column) from None


def header_of(cells: Sequence[Cell]) -> dict[str, int] | None:
    """Where each standard column stands, if this is the header row; the first of two equal columns counts."""
    places = _places(cells)
    return places if NAME in places and ID_NUMBER in places else None


def likely_header_of(cells: Sequence[Cell]) -> dict[str, int] | None:
    """The same of a row that calls names or numbers otherwise: for a person to say whether it is one."""
    places = _places(cells)
    return places if len(places) >= _ENOUGH else None


def _places(cells: Sequence[Cell]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = _ALIASES.get(_bare(cell))
        if column is not None:
            places.setdefault(column, place)
    return places


def is_blank(cells: Sequence[Cell]) -> bool:
    return not any(_bare(cell) for cell in cells)


def is_total(cells: Sequence[Cell]) -> bool:
    """Whether the data end here: the first cell that is not empty says total."""
    return next((bare for cell in cells if (bare := _bare(cell))), "") in _TOTALS


def _bare(cell: Cell) -> str:
    return "".join(_text(cell).split())


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)
