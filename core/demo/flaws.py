"""Rows that an import has to refuse: one of every reason, each wrong in exactly one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import cycle, islice
from random import Random

from core.demo.layouts import Layout
from core.demo.people import ADULT, Registrar, whole_number
from core.demo.rosters import Row, Scribe
from core.demo.town import Tenant
from core.demo.year import Registration
from core.people.documents import check_character

__all__ = ["FLAWS", "Flaw", "Spoiler"]

Flaw = Callable[[Row, Layout, Random], None]
SHARE = 0.025


def put(column: str, *values: str) -> Flaw:
    """A flaw that is a bad value in one column."""

    def flaw(row: Row, layout: Layout, rng: Random) -> None:
        row[column] = rng.choice(values)

    return flaw


def number_cell(row: Row, layout: Layout, rng: Random) -> None:
    """What a spreadsheet makes of a long number, and what it exports then."""
    value = int(plain(row).rstrip("X"))
    row["证件号码"] = value if layout.form == "xlsx" else f"{value:.5E}"


def too_short(row: Row, layout: Layout, rng: Random) -> None:
    """A digit lost, or a number of the first generation of cards."""
    number = plain(row)
    row["证件号码"] = rng.choice((number[:-2] + number[-1], number[:6] + number[8:17]))


def impossible_birth(row: Row, layout: Layout, rng: Random) -> None:
    """A day that no calendar has, under a correct check character."""
    number = plain(row)
    row["证件号码"] = whole_number(number[:10], rng.choice(("0230", "1131", "1305")), number[14:17])
    row["出生日期"] = None


def wrong_check(row: Row, layout: Layout, rng: Random) -> None:
    """The last character mistyped."""
    number = plain(row)
    wrong = str((int(number[16]) + 5) % 10)
    row["证件号码"] = number[:17] + (wrong if wrong != check_character(number[:17]) else "X")


def plain(row: Row) -> str:
    """The number of a row that a scribe has written without ornament."""
    return str(row["证件号码"])


# None stands for DUPLICATE_IN_FILE, which needs a good row to repeat; a comment names what the others earn.
FLAWS: tuple[Flaw | None, ...] = (
    put("姓名", "", "\u3000", "  "),  # MISSING_REQUIRED
    wrong_check,  # ID_CHECK_DIGIT
    number_cell,  # ID_AS_NUMBER
    put("登记日期", "2025/2/30", "2024.3.1", "三月初"),  # DATE_INVALID
    None,
    put("证件类型", "驾驶证", "工作证"),  # UNKNOWN_CODE
    too_short,  # ID_FORMAT
    put("出生日期", "1988/13/2", "88年5月", "1990.6.1"),  # DATE_INVALID
    put("证件号码", "", " "),  # MISSING_REQUIRED
    impossible_birth,  # ID_DATE_INVALID
    put("性别", "先生", "M", "3"),  # UNKNOWN_CODE
    put("入职日期", "2024-9-31", "上个月"),  # DATE_INVALID
    put("登记日期", ""),  # MISSING_REQUIRED
    put("是否流动", "不详", "是的"),  # UNKNOWN_CODE
    put("人员类别", "临时工", ""),  # UNKNOWN_CODE
)


class Spoiler:
    """Mixes bad rows into good ones; the reasons take turns, over all rosters of the town."""

    def __init__(self, registrar: Registrar, today: date) -> None:
        self.registrar = registrar
        self.today = today
        self.turns = cycle(FLAWS)

    def spoil(self, rows: list[Row], tenant: Tenant, scribe: Scribe) -> None:
        """Add about one bad row to forty good ones; a repeated row stands below the row that it repeats."""
        turns = list(islice(self.turns, max(3, round(len(rows) * SHARE))))
        for flaw in turns:
            if flaw is None:
                repeat(rows, scribe.rng)
        for flaw in turns:
            if flaw is not None:
                place = scribe.rng.randrange(len(rows) + 1)
                rows.insert(place, self.flawed(flaw, tenant, scribe))

    def flawed(self, flaw: Flaw, tenant: Tenant, scribe: Scribe) -> Row:
        """A row about nobody on the roster, with one flaw in it."""
        person = self.registrar.worker(tenant.women)
        while person.id_type != "01":
            person = self.registrar.worker(tenant.women)
        start = tenant.start(self.today)
        employer = scribe.rng.choice(tenant.firms).short
        row = scribe.row(
            Registration(
                person=person, tenant=tenant, category=ADULT, registered=start, hired=start, employer=employer
            )
        )
        row["证件号码"] = person.number
        flaw(row, scribe.layout, scribe.rng)
        return row


def repeat(rows: list[Row], rng: Random) -> None:
    """Enter somebody a second time further down."""
    first = rng.randrange(len(rows))
    rows.insert(rng.randint(first + 1, len(rows)), dict(rows[first]))
