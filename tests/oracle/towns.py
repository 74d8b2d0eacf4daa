"""Small towns in which everything that FORMAT.md allows, and much that it forbids, happens at once."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.oracle.sheets import Cell, Office, write_roster
from tests.oracle.shelves import Store
from tests.oracle.spelling import resident, spelled_id, wide, write_export, write_table

MOVEMENTS = ("ref", "date", "tenant", "type", "id_type", "id_no", "to_tenant", "reason")
REPORTS = (
    "tenant", "month", "employees_male", "employees_female", "activities", "participants", "submitted_on",
)  # fmt: skip
NAMES = (
    "王芳", "李 娜", "张　伟", "𠮷野家", "㑇秀英", "䶮国", "买买提·吐尔逊", "阿依古丽•热合曼",
    "帕提古丽・艾山", "古丽‧买买提", "Nguyễn Thị Hương", "O'Brien", "欧阳小明", "陈 大 文", "١٢٣",
    "龘靐齉", "-SUM(1)", "张三（大）",
)  # fmt: skip
ORIGINS = (
    ("430400", "湖南省"), ("", "湖南"), ("", "43"), ("420500", ""), ("", "广西壮族自治区"),
    ("650100", "湖南"), ("000011", "本地"), ("", "本地"), ("", "境外"), ("", "香港特别行政区"),
    ("", ""), ("", "00"), ("", "内什么"), ("520300", "错的"),
)  # fmt: skip
SPELLED_SEX = {
    "1": ("男", "男性", "1", " 男", "１"),
    "2": ("女", "女性", "2"),
    "0": ("未知", "0"),
    "9": ("未说明", "9", ""),
}
SPELLED_PAPER = {
    "01": ("居民身份证", "身份证", "01", "居民 身份证"), "02": ("户口簿", "02"), "03": ("护照", "03"),
    "04": ("港澳居民来往内地通行证", "04"),
}  # fmt: skip
PHONES = (
    "13800138000", "138-0013-8000", "０２０８１２３４５６７", "010-12345678", "12345", "2380013800", "",
    "1380013800", "+86 13800138000", "'13900139000", "139 0013 9000", "023456789012",
)  # fmt: skip
FLOWS = ("ARRIVE", "DEPART", "CHANGE_EMPLOYER", "TEMP_LEAVE", "RETURN", "OPT_OUT")
STORIES = (
    ("DEPART", "ARRIVE"), ("TEMP_LEAVE", "RETURN", "TEMP_LEAVE"),
    ("ARRIVE", "DEPART", "ARRIVE", "DEPART"), ("OPT_OUT", "ARRIVE"),
    ("CHANGE_EMPLOYER", "BACK", "CHANGE_EMPLOYER"), ("ARRIVE", "CHANGE_EMPLOYER", "BACK"),
    ("TEMP_LEAVE", "DEPART", "RETURN"), ("TEMP_LEAVE", "CHANGE_EMPLOYER", "RETURN"),
    ("ARRIVE", "OPT_OUT", "ARRIVE", "OPT_OUT"), ("TEMP_LEAVE", "ARRIVE", "RETURN"),
    ("DEPART", "DEPART"), ("ARRIVE",), ("TEMP_LEAVE",), (),
)  # fmt: skip
BAD_DATES = (
    "2025.3.1", "2025-3/1", "2025-02-30", "25-3-1", "2025年3月1日", "20250230", "202531", "2025-13-01",
    "三月", "45000",
)  # fmt: skip


@dataclass(frozen=True)
class Human:
    """What is the same on every roster and in every year."""

    name: str
    paper: str
    number: str
    sex: str
    born: date | None
    division: str
    province: str
    floating: bool


@dataclass(frozen=True)
class Unit:
    """A tenant and how its office fills in rosters."""

    code: str
    opened: date
    closed: date | None
    plugins: str
    office: Office | None
    """None: it sends no roster."""


@dataclass
class Town:
    """Tenants and people that stay the same while the years go by."""

    rng: Random
    code: str
    units: list[Unit]
    people: list[Human]
    months: int = 12
    is_early: bool = False
    """Movements may tell of days before their tenant opened."""
    due_working_day: int = 5
    least: tuple[int, int] = (5, 10)
    """Smaller numbers are not published: of ordinary figures, of sensitive ones."""
    least_population: int = 30
    """Of a unit with fewer people none of a service."""
    expiries: dict[tuple[str, str], date] = field(default_factory=dict[tuple[str, str], date])
    """Of each product and lot, wherever it is and in every year."""

    def cover_some_months(self, year: int) -> None:
        """The whole year, or as far as some month after the last tenant of the year opened."""
        least = max((unit.opened.month for unit in self.units if unit.opened.year == year), default=1)
        self.months = self.rng.choice((12, self.rng.randint(least, 12)))

    def write(self, folder: Path, year: int) -> Path:
        """The folder of one year; every call tells another story."""
        (folder / "rosters").mkdir(parents=True)
        self._write_masters(folder, year)
        rolls = {unit.code: self._roll(unit) for unit in self.units}
        for unit in self.units:
            if unit.office is not None:
                rows = [self._row(human, unit, year) for human in rolls[unit.code]]
                rows += self._repeated(rows, rolls[unit.code], unit, year) if rows else []
                write_roster(folder / "rosters", unit.code, unit.office, rows, self.rng)
        write_export(folder / "movements.csv", [MOVEMENTS, *Ledger(self, year, rolls).lines()], self.rng)
        if self.rng.random() < 0.9:
            Store(self, year, rolls).write(folder / "supplies")
        if self.rng.random() < 0.9:
            (folder / "reports").mkdir()
            write_export(folder / "reports" / "manual.csv", [REPORTS, *self._reports(year)], self.rng)
        return folder

    def _reports(self, year: int) -> list[list[str]]:
        """What units send, now and then twice, wrongly, late, or of a month before they were open."""
        lines: list[list[str]] = []
        for unit in self.units:
            lines += [
                self._report(unit, year, month)
                for month in range(1, self.months + 1)
                for _ in range(self.rng.choices((0, 1, 2, 3), (25, 60, 12, 3))[0])
            ]
        if self.rng.random() < 0.5:
            self.rng.shuffle(lines)
        return lines

    def _report(self, unit: Unit, year: int, month: int) -> list[str]:
        rng = self.rng
        quantities = [str(rng.choice((0, 1, 4, 30, rng.randrange(2000)))) for _ in range(4)]
        for _ in range(rng.choices((0, 1, 2), (85, 10, 5))[0]):
            quantities[rng.randrange(4)] = rng.choice(
                (
                    "",
                    "-3",
                    "2.5",
                    "10.0",
                    "many",
                    "1e3",
                    "１２0x",
                    "0x1F",
                    " 5",
                    "５",
                    "+5",
                    "1_000",
                    "007",
                    "-0",
                )
            )
        after = date(year + month // 12, month % 12 + 1, 1)
        day = after + timedelta(rng.choice((rng.randrange(3, 13), rng.randrange(40))))
        code = unit.code if rng.random() < 0.95 else rng.choice(("", "X99", unit.code.lower() + "x"))
        return [code, f"{year}-{month:02d}", *quantities, str(day)]

    def _calendar(self, year: int) -> tuple[list[date], list[date]]:
        """Days off and worked weekend days of the year and of the next January: the same whenever it is asked."""
        free: list[date] = []
        worked: list[date] = []
        for each, days in ((year, 366), (year + 1, 31)):
            rng = Random(f"{self.code} {each}")
            drawn = [date(each, 1, 1) + timedelta(rng.randrange(365)) for _ in range(40)]
            of_months = [date(each, month, rng.randint(1, 8)) for month in range(1, 13) for _ in range(2)]
            inside = [day for day in (*drawn, *of_months) if (day - date(each, 1, 1)).days < days]
            free += sorted({day for day in inside if day.weekday() < 5})
            worked += sorted({day for day in inside if day.weekday() > 4})
        return free, worked

    def _repeated(
        self, rows: Sequence[dict[str, Cell]], roll: Sequence[Human], unit: Unit, year: int
    ) -> list[dict[str, Cell]]:
        """Now and then a row once more, or another row of the same human: spelled otherwise, right or wrong."""
        again = self._row(self.rng.choice(roll), unit, year)
        if again["证件类型"] in SPELLED_PAPER["01"]:
            again["证件类型"] = "户口簿"
        return self.rng.choice(([], [], [], [again], [dict(self.rng.choice(rows))]))

    def _roll(self, unit: Unit) -> list[Human]:
        roll = [human for human in self.people if self.rng.random() < 0.6]
        self.rng.shuffle(roll)
        return roll

    def _write_masters(self, folder: Path, year: int) -> None:
        free, worked = self._calendar(year)
        (folder / "town.toml").write_text(
            f'format = "town-exchange/1"\ncode = "{self.code}"\nname_zh = "试验镇"\nname_en = "Trial Town {year}"\n'
            f"year = {year}\nmonths = {self.months}\nexported_on = {year + 1}-02-01\n"
            'time_zone = "Asia/Shanghai"\nsynthetic_ids = true\nknown_id_prefixes = ["000000", "001234"]\n'
            f"[reporting]\ndue_working_day = {self.due_working_day}\n"
            f"[calendar]\nholidays = {listed(free)}\nworked_weekend_days = {listed(worked)}\n"
            f"[disclosure]\nk_normal = {self.least[0]}\nk_high = {self.least[1]}\n"
            f"min_unit_population = {self.least_population}\n",
            encoding="utf-8",
        )
        tenants = [("code", "name_zh", "name_en", "kind", "opened_on", "closed_on", "plugins")]
        firms = [("uscc", "name_zh", "short_zh", "name_en", "former_zh", "industry", "tenant")]
        for place, unit in enumerate(self.units):
            closed = unit.closed if unit.closed and unit.closed.year <= year else None
            days = str(unit.opened), str(closed or "")
            tenants.append(
                (unit.code, f"协会{unit.code}", f"Branch of {year}", "joint_branch", *days, unit.plugins)
            )
            names = f"试验{place}有限公司", f"试验{place}", "", f"旧名{place}"
            firms.append((f"9100000{place}MA4W51UN2Q", *names, "C", unit.code))
        write_table(folder / "tenants.csv", tenants)
        write_table(folder / "enterprises.csv", firms)
        write_table(folder / "staff.csv", [("login", "tenant", "name", "role")])

    def _row(self, human: Human, unit: Unit, year: int) -> dict[str, Cell]:
        rng = self.rng
        place = self.units.index(unit)
        start = max(date(year, 1, 1), unit.opened)
        registered = rng.choice(
            [start, start, *(start + timedelta(days) for days in (-1, 1, -400, rng.randrange(300)))]
        )
        row: dict[str, Cell] = {
            "姓名": human.name,
            "性别": spelled_number(rng, rng.choice(SPELLED_SEX[human.sex])),
            "人员类别": rng.choice(("职工", "职工", "家属", " 职工")),
            "证件类型": rng.choice(SPELLED_PAPER[human.paper]),
            "证件号码": spelled_id(rng, human.number),
            "出生日期": birth_cell(rng, human),
            "户籍地代码": spelled_number(rng, human.division),
            "户籍省": spelled_number(rng, human.province),
            "联系电话": spelled_number(rng, rng.choice(PHONES)),
            "登记日期": spelled_day(rng, registered),
            "入职日期": rng.choice(("", "", spelled_day(rng, registered))),
            "企业": rng.choice(
                ("", f"试验{place}", f"旧名{place}", f"试验{place}有限公司", "试验9", "试验0", "无名作坊")
            ),
            "车间": rng.choice(("一车间", "", "A,B", '说"好"')),
            "备注": rng.choice(("", "", "已核对", "合计", 7)),
            "是否流动": rng.choice(("是", "1", "Y", "Ｙ") if human.floating else ("否", "0", "N")),
        }
        for _ in range(rng.choices((0, 1, 2), (80, 15, 5))[0]):
            spoil(rng, row, human)
        return row


def listed(days: Sequence[date]) -> str:
    return f"[{', '.join(map(str, days))}]"


def birth_cell(rng: Random, human: Human) -> Cell:
    """Left out where the number says it, now and then."""
    is_needless = human.born is None or (human.paper in ("01", "02") and rng.random() < 0.4)
    return "" if human.born is None or is_needless else spelled_day(rng, human.born)


def spelled_number(rng: Random, text: str) -> Cell:
    """Digits typed into a spreadsheet become a number now and then, if no zero is lost."""
    return int(text) if text.isascii() and text.isdigit() and text[0] != "0" and rng.random() < 0.4 else text


def spelled_day(rng: Random, day: date) -> Cell:
    forms: tuple[Cell, ...] = (
        day, day, f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day.year}/{day.month}/{day.day}",
        f"{day.year}-{day.month}-{day.day}", f"{day:%Y%m%d}", wide(f"{day:%Y/%m/%d}"), f" {day:%Y-%m-%d} ",
        f"'{day:%Y%m%d}",
    )  # fmt: skip
    return rng.choice(forms)


def spoil(rng: Random, row: dict[str, Cell], human: Human) -> None:
    """One cell that breaks a rule, or looks as if it did."""
    number = human.number
    faults: tuple[tuple[str, Sequence[Cell]], ...] = (
        ("姓名", ("", "\u3000 ", "\n")),
        ("证件类型", ("", "驾驶证", 1, "1")),
        ("证件号码", ("", " ", number[:-1], number + "1", "430102900101123", "H1234567")),
        ("证件号码", (4.30102e17, 12345, "1.99003E+11", "4.3E+17")),
        (
            "证件号码",
            (number[:17] + ("0" if number[-1:] != "0" else "1"), resident("000000", "19900230", 12)),
        ),
        ("性别", ("先生", "M", 3, "男女")),
        ("出生日期", (*BAD_DATES, 19900101.5)),
        ("登记日期", ("", *BAD_DATES, 20250301, 45000.5)),
        ("入职日期", BAD_DATES),
        ("是否流动", ("", "不详", "y", "是的", "TRUE")),
        ("人员类别", ("", "临时工")),
    )
    column, values = rng.choice(faults)
    row[column] = rng.choice(values)


class Ledger:
    """The movements of one year: stories of people, told badly."""

    def __init__(self, town: Town, year: int, rolls: dict[str, list[Human]]) -> None:
        self.town = town
        self.rng = town.rng
        self.rolls = rolls
        self.year = year
        self.days = sorted(self._day() for _ in range(6))
        self.number = 0

    def _day(self) -> date:
        first = date(self.year, 1, 1)
        edges = [date(self.year, month, calendar.monthrange(self.year, month)[1]) for month in (1, 2, 3, 12)]
        edges += [max(first, unit.opened) for unit in self.town.units if unit.opened.year <= self.year]
        day = self.rng.choice((*edges, first, first + timedelta(self.rng.randrange(365))))
        return min(day, self._last())

    def _last(self) -> date:
        return date(self.year, self.town.months, calendar.monthrange(self.year, self.town.months)[1])

    def _opening(self, *codes: str) -> date:
        """No story begins before its tenants have opened, unless the town is said to do such things."""
        if self.town.is_early:
            return date.min
        return min(max(unit.opened for unit in self.town.units if unit.code in codes), self._last())

    def lines(self) -> list[list[str]]:
        stories = [self._story(human) for human in self.town.people for _ in range(self.rng.randint(0, 2))]
        lines = [line for story in stories for line in story]
        for _ in range(self.rng.randint(0, 6)):
            if lines:
                lines.insert(self.rng.randrange(len(lines) + 1), self._slip(self.rng.choice(lines)))
        if self.rng.random() < 0.5:
            lines.sort(key=lambda line: line[1])
        return lines

    def _story(self, human: Human) -> list[list[str]]:
        homes = [code for code, roll in self.rolls.items() if human in roll] or [self.town.units[0].code]
        here, there = self.rng.choice(homes), self.rng.choice(homes)
        days = sorted(
            max(self.rng.choice((*self.days, self._day())), self._opening(here, there)) for _ in range(6)
        )
        lines: list[list[str]] = []
        for day, act in zip(days, self.rng.choice(STORIES), strict=False):
            kind = "CHANGE_EMPLOYER" if act == "BACK" else act
            moves = kind == "CHANGE_EMPLOYER"
            at = there if act == "BACK" else here
            lines.append(
                self._line(day, at, kind, human, (here if act == "BACK" else there) if moves else "")
            )
        if self.rng.random() < 0.1:
            self.rng.shuffle(lines)
        return lines

    def _line(self, day: date, at: str, kind: str, human: Human, to: str) -> list[str]:
        self.number += 1
        paper = (
            {"01": "02", "02": "01"}.get(human.paper, human.paper) if self.rng.random() < 0.3 else human.paper
        )
        if self.rng.random() < 0.1:
            paper = wide(paper)
        mark = f"MV-{self.number}"
        reference = self.rng.choice(
            (mark, f"{self.year}-{self.year + 1}-{self.number}", f"{self.year}/{mark}")
        )
        reason = self.rng.choice(("", "GO_HOME", "春节"))
        return [reference, str(day), at, kind, paper, spelled_id(self.rng, human.number), to, reason]

    def _slip(self, line: list[str]) -> list[str]:
        """A copy with one thing wrong, or the same paper once more."""
        slip = list(line)
        outside = f"{self.year - 1}-12-31", f"{self.year + 1}-01-01"
        column, values = self.rng.choice(
            (
                (0, (slip[0],)),
                (1, ("", "2025-02-30", f"{slip[1][:4]}/3/1", *outside, wide(slip[1]), f" {slip[1]}")),
                (2, ("", "X99", slip[2].lower(), f" {slip[2]}")),
                (3, ("", "MOVED", slip[3].lower(), *FLOWS)),
                (4, ("", "1", "03", "04", "身份证")),
                (5, ("", resident("000000", "19700101", 997), self.rng.choice(self.town.people).number)),
                (6, ("", "X99", slip[2])),
            )
        )
        slip[column] = self.rng.choice(values)
        if column and self.rng.random() < 0.6:
            self.number += 1
            slip[0] = f"MV-{self.number}"
        return slip


def invent_town(rng: Random, code: str, year: int, *, people: int = 14) -> Town:
    """A town whose tenants opened long ago, in the course of this year, or open in the next."""
    letter = rng.choice(("T", "a", "K", "Z9-"))
    units = [invent_unit(rng, f"{letter}{number:02d}", year) for number in range(rng.randint(1, 4))]
    if all(unit.opened.year > year for unit in units):
        units[0] = replace(units[0], opened=date(year, 1, 1))
    rng.shuffle(units)
    humans = [invent_human(rng, order, year) for order in range(people)]
    least = rng.choice(((5, 10), (2, 3), (3, 5), (3, 3)))
    return Town(
        rng, code, units, humans, due_working_day=rng.choice((1, 3, 5, 5, 8)), least=least,
        least_population=rng.choice((30, 0, 3, 5, 8)),
    )  # fmt: skip


def invent_unit(rng: Random, code: str, year: int) -> Unit:
    feb = date(year, 2, calendar.monthrange(year, 2)[1])
    days = [
        date(year, 1, 1),
        date(year, 3, 1),
        date(year, 5, 31),
        feb,
        date(year, 12, 31),
        date(year, 7, 16),
        date(year + 1, 3, 3),
    ]
    opened = rng.choice([*[date(year - 4, 8, 15)] * 4, *days])
    closed = rng.choice((None, None, None, date(year, 9, 30)))
    return Unit(
        code=code,
        opened=opened,
        closed=closed if closed and closed > opened else None,
        plugins=rng.choice(
            (
                "registration",
                "reporting",
                *["registration;reporting"] * 2,
                *["registration;supplies"] * 3,
                "supplies",
                "reporting;supplies;registration;health;rights",
            )
        ),
        office=Office.invent(rng) if rng.random() < 0.95 else None,
    )


def invent_human(rng: Random, order: int, year: int) -> Human:
    """Somebody whose birthday or age lies on an edge."""
    paper = rng.choices(("01", "02", "03", "04"), (12, 4, 2, 2))[0]
    born = invent_birthday(rng, year)
    # A passport may have the number of another human's permit.
    free = {"03": rng.choice((f"ZZ{order:05d}", f"H{order - 1:08d}")), "04": f"H{order:08d}"}
    prefix = rng.choice(("000000", "000000", "001234", "009907"))
    division, province = rng.choice(ORIGINS)
    return Human(
        name=rng.choice(NAMES),
        paper=paper,
        number=free.get(paper) or resident(prefix, f"{born:%Y%m%d}", order),
        sex=rng.choice(("1", "2", "2", "0", "9")),
        born=born if paper not in free or rng.random() < 0.5 else None,
        division=division,
        province=province,
        floating=rng.random() < 0.75,
    )


def invent_birthday(rng: Random, year: int) -> date:
    edges = (0, 2, 3, 5, 6, 11, 12, 15, 16, 17, 18, 24, 25, 34, 35, 44, 45, 49, 50, 59, 60, 64, 65, 90)
    first = date(year - rng.choice((*edges, rng.randrange(70))), 1, 1)
    days = rng.choice((0, 30, 31, 58, 59, 60, 89, 90, 364, rng.randrange(365))) - rng.choice((0, 365))
    born = first + timedelta(days)
    if rng.random() < 0.15:
        leap = next(past for past in range(born.year, 1900, -1) if calendar.isleap(past))
        born = date(leap, 2, 29)
    return born
