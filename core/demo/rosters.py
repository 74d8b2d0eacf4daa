"""Rows of a roster as a hurried clerk types them: one meaning, many spellings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from random import Random

from core.demo.layouts import Layout
from core.demo.names import DOT
from core.demo.people import ADULT, Person
from core.demo.year import Registration

__all__ = ["Cell", "Row", "Scribe"]

Cell = str | int | date | None
Row = dict[str, Cell]

DOTS = ("\u2022", "\u30fb", "\u2027")
WIDE = {ord(narrow): ord(narrow) + 0xFEE0 for narrow in "0123456789X"}
PAPERS = {
    "01": ("居民身份证", "身份证", "01"),
    "02": ("户口簿", "02"),
    "03": ("护照", "03"),
    "04": ("港澳居民来往内地通行证", "04"),
}
WORKSHOPS = ("一车间", "二车间", "三车间", "仓储部", "后勤部")
POSTS = ("操作工", "质检员", "班组长", "搬运工", "仓管员", "文员")
DWELLINGS = ("企业宿舍", "企业宿舍", "租房", "公租房", "自购房", "亲友家")
REASONS = ("务工", "务工", "务工", "经商", "其他")


class Scribe:
    """Writes registrations down in the manner of one office."""

    def __init__(self, layout: Layout, rng: Random) -> None:
        self.layout = layout
        self.rng = rng

    def rows(self, registrations: Iterable[Registration]) -> Iterator[Row]:
        """One row for each registration."""
        for each in registrations:
            yield self.row(each)

    def row(self, registration: Registration) -> Row:
        """The cells of one registration by standard column name."""
        rng, person = self.rng, registration.person
        at_work = registration.category == ADULT
        return {
            "姓名": self.name(person.name),
            "性别": self.layout.sexes[person.sex],
            "人员类别": registration.category,
            "证件类型": rng.choice(PAPERS[person.id_type]),
            "证件号码": self.number(person.number),
            "出生日期": self.birth(person),
            "户籍地代码": "" if rng.random() < 0.03 else person.division,
            "户籍省": person.province,
            "联系电话": self.phone(person.phone),
            "登记日期": self.date(registration.registered),
            "入职日期": self.date(registration.hired) if registration.hired else None,
            "企业": registration.employer,
            "车间": rng.choice(WORKSHOPS) if at_work else "",
            "岗位": rng.choice(POSTS) if at_work else "",
            "居住类型": rng.choice(DWELLINGS) if person.floating else rng.choice(("自购房", "亲友家")),
            "居住事由": (rng.choice(REASONS) if at_work else "随迁") if person.floating else "",
            "是否流动": self.layout.floating[0 if person.floating else 1],
        }

    def name(self, name: str) -> str:
        """Blanks inside short names to fill the column, and any dot the keyboard offers."""
        if DOT in name:
            return name.replace(DOT, self.rng.choice(DOTS)) if self.rng.random() < 0.6 else name
        if len(name) == 2 and self.rng.random() < 0.15:
            return self.rng.choice(("  ", "\u3000")).join(name)
        return name

    def number(self, number: str) -> str:
        """Sometimes with an apostrophe, full width, a trailing blank or a small x."""
        draw = self.rng.random()
        if draw < 0.03:
            return f"'{number}"
        if draw < 0.06:
            return number.translate(WIDE)
        if draw < 0.09:
            return f"{number} "
        return number.lower() if draw < 0.4 and number.endswith("X") else number

    def birth(self, person: Person) -> Cell:
        """Left out now and then where the number says it."""
        redundant = person.id_type in ("01", "02")
        if person.born is None or (redundant and self.rng.random() < 0.08):
            return None
        return self.date(person.born)

    def phone(self, phone: str) -> Cell:
        """Text, or in a workbook now and then a number."""
        if self.layout.form == "xlsx" and self.rng.random() < 0.12:
            return int(phone)
        return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}" if self.rng.random() < 0.03 else phone

    def date(self, day: date) -> Cell:
        """A real date cell where the file has such a thing, else one of the ways to type a date."""
        if self.layout.form == "xlsx" and self.rng.random() < 0.55:
            return day
        return self.rng.choice(
            (
                f"{day.year}/{day.month}/{day.day}",
                f"{day.year}-{day.month}-{day.day}",
                f"{day:%Y-%m-%d}",
                f"{day:%Y/%m/%d}",
                f"{day:%Y%m%d}",
            )
        )
