"""How the personnel office of each tenant lays its roster out; no two offices agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["COLUMNS", "FAMILY_ABSENT", "LAYOUTS", "Layout"]

COLUMNS = (
    "序号",
    "姓名",
    "性别",
    "人员类别",
    "证件类型",
    "证件号码",
    "出生日期",
    "户籍地代码",
    "户籍省",
    "联系电话",
    "登记日期",
    "入职日期",
    "企业",
    "车间",
    "岗位",
    "居住类型",
    "居住事由",
    "是否流动",
)
FAMILY_ABSENT = ("入职日期", "企业", "车间", "岗位")
MOBILE_FIRST = (
    "序号",
    "是否流动",
    "姓名",
    "性别",
    "联系电话",
    "证件类型",
    "证件号码",
    "出生日期",
    "人员类别",
    "登记日期",
    "入职日期",
    "户籍省",
    "户籍地代码",
    "企业",
    "岗位",
    "车间",
    "居住事由",
    "居住类型",
)
FIRM_FIRST = (
    "序号",
    "企业",
    "姓名",
    "证件类型",
    "证件号码",
    "性别",
    "出生日期",
    "人员类别",
    "是否流动",
    "户籍地代码",
    "户籍省",
    "登记日期",
    "入职日期",
    "联系电话",
    "车间",
    "岗位",
    "居住类型",
    "居住事由",
)
ALIASES = {
    "证件号码": "身份证号码",
    "联系电话": "手机号",
    "登记日期": "来镇登记日期",
    "企业": "所在企业",
}
WRAPPED = {
    "证件号码": "证件\n号码",
    "户籍地代码": "户籍地区划代码",
    "姓名": "姓 名",
    "是否流动": "是否流动人口",
}
WORDS = {"0": "未知", "1": "男", "2": "女", "9": ""}
LONG_WORDS = {"0": "未知", "1": "男性", "2": "女性", "9": "未说明"}
DIGITS = {"0": "0", "1": "1", "2": "2", "9": "9"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The habits of one office: file form, order of columns, header words, and codes in the cells."""

    form: Literal["xlsx", "gb18030", "utf-8-sig"]
    columns: tuple[str, ...] = COLUMNS
    headers: dict[str, str] = field(default_factory=dict)
    sexes: dict[str, str] = field(default_factory=lambda: WORDS)
    floating: tuple[str, str] = ("是", "否")
    total: str = "合计"
    date_1904: bool = False
    notes_first: bool = False
    subtitle: bool = False
    gap_below_title: bool = False

    @property
    def suffix(self) -> str:
        return "xlsx" if self.form == "xlsx" else "csv"

    def header(self, column: str) -> str:
        """What this office writes above a column."""
        return self.headers.get(column, column)


LAYOUTS = {
    "W01": Layout(form="xlsx"),
    "W02": Layout(
        form="xlsx",
        columns=MOBILE_FIRST,
        headers=ALIASES,
        sexes=DIGITS,
        floating=("1", "0"),
        date_1904=True,
        subtitle=True,
    ),
    "W03": Layout(
        form="xlsx",
        headers=WRAPPED,
        sexes=LONG_WORDS,
        floating=("Y", "N"),
        total="总计",
        notes_first=True,
        gap_below_title=True,
    ),
    "W04": Layout(form="gb18030", columns=FIRM_FIRST),
    "W05": Layout(form="utf-8-sig", columns=MOBILE_FIRST, headers=ALIASES, sexes=DIGITS, floating=("1", "0")),
    "W06": Layout(form="xlsx", columns=FIRM_FIRST, headers={"是否流动": "是否流动人口"}, subtitle=True),
}
