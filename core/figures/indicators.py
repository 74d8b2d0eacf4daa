"""What a plug-in declares of a figure: its rules, its cuts, the tables it reads, and one set-based select.

The select takes `$1` uuid[] tenants, `$2` date first day, `$3` date last day of a period, and yields

* for a sum or a ratio that also adds up over time: `tenant_id, day, cut, num, den`, one row for each event or
  for any group of events of one day; the engine groups by month, quarter and year in one pass;
* for a sum or a ratio that is the state at the end of the period: `tenant_id, cut, num, den`;
* for a count of different people: `tenant_id, cut, person_id`, which the engine counts, above the tenant by
  pseudonym; with `counts_keys`, `tenant_id, cut, key`: what is counted has a key of its own in the town.

`cut` is `''` for the total, or `name=value`. A further column `divisor` (whole number) says that the value is
num / divisor; it is declared by `has_divisor`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Self

import msgspec
from msgspec import Struct

__all__ = [
    "AGE_BANDS",
    "Catalogue",
    "Cut",
    "Indicator",
    "OrgRule",
    "PeoplePage",
    "Source",
    "TimeRule",
    "age_band",
    "each_cut",
    "indicator_faults",
    "totals_in",
]

OrgRule = Literal["SUM", "RATIO", "DISTINCT"]
TimeRule = Literal["SUM", "RATIO", "LAST", "DISTINCT"]

CODE = re.compile(r"[A-Z]{3}-\d{2}")
TABLE = re.compile(r"[a-z_]+\.[a-z_]+")
TIME_RULES: Mapping[OrgRule, frozenset[TimeRule]] = {
    "SUM": frozenset({"SUM", "LAST"}),
    "RATIO": frozenset({"RATIO", "LAST"}),
    "DISTINCT": frozenset({"DISTINCT", "LAST"}),
}

AGE_BANDS = (
    ("0-2", 3),
    ("3-5", 6),
    ("6-11", 12),
    ("12-15", 16),
    ("16-17", 18),
    ("18-24", 25),
    ("25-34", 35),
    ("35-44", 45),
    ("45-49", 50),
    ("50-59", 60),
    ("60-64", 65),
)


class Source(Struct, frozen=True):
    """A table that the select reads, and the column that says in which period a change of it counts."""

    table: str
    date: str = ""


Naming = Callable[[Any], Awaitable[Mapping[str, str]]]
"""From the context of a page to the names of values, in the reader's language."""


class Cut(Struct, frozen=True):
    """A breakdown; a partition adds up to the total. `words` are message ids of values that have names."""

    name: str
    title: str = ""
    partition: bool = True
    words: Mapping[str, str] = {}
    values: str = ""
    """`age`: its values are named and ordered like those of that cut."""
    named: Naming | None = None
    """Asks for the names of values that the place itself gives, such as its products."""

    @property
    def kind(self) -> str:
        return self.values or self.name


class PeoplePage(Struct, frozen=True):
    """The page of the plug-in that lists the people behind a figure, and who may open it.

    It is asked for as `<path>/<code>?period=2025-03&cut=sex=2`.
    """

    path: str
    permission: str


class Indicator(Struct, frozen=True, kw_only=True):
    """One indicator; `title` and `unit` are message ids."""

    code: str
    title: str
    unit: str
    org_rule: OrgRule
    time_rule: TimeRule
    reads: tuple[Source, ...]
    select: str
    cuts: tuple[Cut, ...] = ()
    privacy: Literal["N", "H", "O"] = "N"
    """N: fewer than 5 are suppressed on output; H: fewer than 10; O: open, what is counted are no people."""
    is_state: bool = False
    """The state at the end of the period: what changes today changes every later period as well."""
    totals: tuple[str, ...] = ("",)
    """The cells that are there even when they are 0."""
    is_reported: bool = False
    """Filled in by hand: without a report the value is unknown, not 0."""
    has_divisor: bool = False
    is_mean: bool = False
    """A ratio that is no share, such as months of stock: shown as a number, not in per cent."""
    decimals: int | None = None
    """Exported with so many decimals, such as an amount of money; None = as a whole number or a fraction."""
    is_once: bool = False
    """DISTINCT whose select yields nobody twice in a cut, by its form: spares the engine the search."""
    counts_keys: bool = False
    """DISTINCT of something that has a key of its own in the whole town, such as a couple."""
    behind: str = ""
    """A select of the same form that yields `tenant_id, day, cut, person_id`: the people behind a sum."""
    people_page: PeoplePage | None = None
    is_pyramid: bool = False
    """Its two cuts are the sides of one table of ages; where others hide an age or a side, it does too."""
    is_exchanged: bool = True
    """Part of the exchange format's figures; others are exported on request."""
    group: str = ""
    """The plug-in, filled in by the catalogue: only tenants that have it on have the figure."""

    @property
    def adds_up_over_time(self) -> bool:
        """A longer period is the sum of its months: one pass over the events serves every period."""
        return self.time_rule in ("SUM", "RATIO")

    @property
    def columns(self) -> tuple[str, ...]:
        """What the select must yield."""
        if self.org_rule == "DISTINCT":
            return ("tenant_id", "cut", self.counted)
        day = ("day",) if self.adds_up_over_time else ()
        divisor = ("divisor",) if self.has_divisor else ()
        return ("tenant_id", *day, "cut", "num", "den", *divisor)

    @property
    def tells_people(self) -> bool:
        """Whether the people that a cell counts can be listed."""
        return bool(self.behind) or (self.org_rule == "DISTINCT" and not self.counts_keys)

    @property
    def counted(self) -> str:
        """The column of which a DISTINCT counts the different values."""
        return "key" if self.counts_keys else "person_id"

    @property
    def uses_first_day(self) -> bool:
        return "$2" in self.select

    def is_read_from(self, table: str) -> bool:
        return any(source.table == table for source in self.reads)


class Catalogue(Struct, frozen=True):
    """All indicators of the deployment, in order of code."""

    indicators: tuple[Indicator, ...]

    @classmethod
    def of(cls, groups: Mapping[str, Sequence[Indicator]]) -> Self:
        """From the indicators of each plug-in, by its name; the tenants that have it on have the figures."""
        found = [
            msgspec.structs.replace(indicator, group=group)
            for group, listed in groups.items()
            for indicator in listed
        ]
        return cls(tuple(sorted(found, key=lambda indicator: indicator.code)))

    def get(self, code: str) -> Indicator | None:
        return next((indicator for indicator in self.indicators if indicator.code == code), None)

    @property
    def tables(self) -> frozenset[str]:
        """The tables that any indicator reads."""
        return frozenset(source.table for indicator in self.indicators for source in indicator.reads)


def totals_in(indicators: Iterable[Indicator]) -> list[str]:
    """The cells in which the totals of these stand, and those of whatever has one total."""
    return sorted({"", *(cut for indicator in indicators for cut in indicator.totals)})


def age_band(birth_date: str, day: str) -> str:
    """SQL for the age band (`0-2` ... `65+`, `NS`) that a person born on `birth_date` is in on `day`.

    Both are SQL expressions. A year older on the birthday; born on 29 February: on 1 March of a common year.
    """
    return f"CASE WHEN {birth_date} IS NULL THEN 'NS' ELSE {_halved(birth_date, day, (*AGE_BANDS, ('65+', 0)))} END"


def each_cut(*cuts: str) -> str:
    """SQL that joins to every row its cuts, as `c.cut`: the total and these expressions. Nobody is read twice."""
    listed = ", ".join(("''", *cuts))
    return f"CROSS JOIN LATERAL unnest(ARRAY[{listed}]) AS c(cut)"


def _halved(birth_date: str, day: str, bands: Sequence[tuple[str, int]]) -> str:
    """Four comparisons instead of twelve: it is asked of every person."""
    if len(bands) == 1:
        return f"'{bands[0][0]}'"
    middle = len(bands) // 2
    younger, older = (_halved(birth_date, day, half) for half in (bands[:middle], bands[middle:]))
    limit = f"({day}::date - interval '{bands[middle - 1][1]} years')::date"
    return f"CASE WHEN {birth_date} > {limit} THEN {younger} ELSE {older} END"


def indicator_faults(indicator: Indicator) -> Iterator[str]:
    """One sentence for each thing for which the indicator cannot be used."""
    from core.figures.selects import (
        behind_faults,
        select_faults,
    )  # a parser that only the start and the tests need

    if not CODE.fullmatch(indicator.code):
        yield f"The indicator code {indicator.code} is not three letters, a hyphen and two digits."
    if indicator.time_rule not in TIME_RULES[indicator.org_rule]:
        rules = f"{indicator.org_rule} over units and {indicator.time_rule} over time"
        yield f"{indicator.code}: {rules} do not go together."
    if indicator.is_state and (indicator.time_rule != "LAST" or indicator.uses_first_day):
        yield f"{indicator.code}: a state is LAST over time and does not ask for the first day of the period."
    if indicator.is_pyramid and [cut.values for cut in indicator.cuts] != ["age", "age"]:
        yield f"{indicator.code}: a pyramid has two cuts, both with the values of `age`."
    if indicator.is_mean and indicator.org_rule != "RATIO":
        yield f"{indicator.code}: only a RATIO is a mean."
    if indicator.has_divisor and indicator.org_rule != "SUM":
        yield f"{indicator.code}: only a SUM may have a divisor."
    if (indicator.counts_keys or indicator.is_once) and indicator.org_rule != "DISTINCT":
        yield f"{indicator.code}: only a DISTINCT counts people or keys."
    if not indicator.reads or not all(TABLE.fullmatch(source.table) for source in indicator.reads):
        yield f"{indicator.code}: `reads` must name the tables of the select, with their schema."
    for fault in [*select_faults(indicator), *behind_faults(indicator)]:
        yield f"{indicator.code}: {fault}"
