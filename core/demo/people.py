"""Invented people; their numbers begin with an impossible division and so belong to nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from core.demo.names import dotted_name, foreign_name, han_name
from core.demo.town import DIVISION
from core.people.documents import check_character

__all__ = [
    "ADULT",
    "CHILD",
    "MINOR_AGE",
    "Person",
    "Registrar",
    "misread_sex",
    "resettled",
    "whole_number",
]

KNOWN_PREFIX = "000000"
STRANGE_PREFIX = "009907"
MINOR_AGE = 16
ADULT, CHILD = "职工", "家属"
ORIGINS = (
    ("湖南省", ("430400", "430500", "431100"), 30),
    ("湖北省", ("420500", "421100"), 17),
    ("江西省", ("360400", "360700"), 16),
    ("贵州省", ("520300", "520500"), 14),
    ("河南省", ("411300", "411500"), 12),
    ("广西壮族自治区", ("450300", "451000"), 4),
    ("云南省", ("530300",), 3),
    ("四川省", ("511300",), 2),
    ("新疆维吾尔自治区", ("653100",), 2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a person's own papers say."""

    name: str
    sex: str
    born: date | None
    id_type: str
    number: str
    floating: bool
    division: str
    province: str
    phone: str


class Registrar:
    """Hands out people, never the same number twice."""

    def __init__(self, rng: Random, year: int) -> None:
        self.rng = rng
        self.year = year
        self.taken: set[str] = set()

    def worker(self, women: float, floating: float = 0.66) -> Person:
        """A person of working age, most of them young; about one in eighty from abroad or Hong Kong."""
        rng = self.rng
        draw = rng.random()
        if draw < 0.008:
            return self.foreigner()
        if draw < 0.013:
            return self.from_hong_kong()
        sex = "2" if rng.random() < women else "1"
        return self.resident(sex, self.birthday(self.working_age()), floating=rng.random() < floating)

    def relative(self, worker: Person) -> Person:
        """A child in four of five cases, else a spouse or a grandparent; of the same origin."""
        rng = self.rng
        age = rng.uniform(0.3, 15.8) if rng.random() < 0.8 else rng.uniform(24, 66)
        person = self.resident(rng.choice("12"), self.birthday(age), floating=worker.floating)
        id_type = "02" if age < MINOR_AGE and rng.random() < 0.9 else "01"
        abroad = worker.id_type in ("03", "04")
        origin = person if abroad else worker
        return replace(person, id_type=id_type, division=origin.division, province=origin.province)

    def resident(self, sex: str, born: date, *, floating: bool) -> Person:
        """A holder of a resident number; a few newcomers are of a minority."""
        rng = self.rng
        province, divisions, _ = rng.choices(ORIGINS, [weight for *_, weight in ORIGINS])[0]
        minority = floating and (province.startswith("新疆") or rng.random() < 0.01)
        return Person(
            name=dotted_name(rng) if minority else han_name(rng, sex),
            sex=sex,
            born=born,
            id_type="01",
            number=self.resident_number(sex, born),
            floating=floating,
            division=rng.choice(divisions) if floating else DIVISION,
            province=province if floating else "本地",
            phone=self.phone(),
        )

    def foreigner(self) -> Person:
        """A passport holder; the number says nothing, so birth date and sex are sometimes not stated."""
        rng = self.rng
        return Person(
            name=foreign_name(rng),
            sex=rng.choices(("1", "2", "9", "0"), (5, 5, 2, 1))[0],
            born=self.birthday(rng.uniform(21, 50)) if rng.random() < 0.8 else None,
            id_type="03",
            number=self.fresh(lambda: f"ZZ{rng.randrange(10**6):07d}"),
            floating=True,
            division="",
            province="境外",
            phone=self.phone(),
        )

    def from_hong_kong(self) -> Person:
        """A holder of a Hong Kong travel permit."""
        rng = self.rng
        sex = rng.choice("12")
        return Person(
            name=han_name(rng, sex),
            sex=sex,
            born=self.birthday(rng.uniform(23, 58)),
            id_type="04",
            number=self.fresh(lambda: f"H000{rng.randrange(10**5):05d}"),
            floating=True,
            division=rng.choice(("", "810000")),
            province="香港",
            phone=self.phone(),
        )

    def resident_number(self, sex: str, born: date, prefix: str = KNOWN_PREFIX) -> str:
        """A free number of 18 characters."""
        return self.fresh(lambda: whole_number(f"{prefix}{born:%Y%m%d}", self.sequence(sex)))

    def sequence(self, sex: str) -> str:
        """Three digits, the last one odd for a man."""
        return f"{self.rng.randrange(100):02d}{self.rng.choice('13579' if sex == '1' else '02468')}"

    def fresh(self, propose: Callable[[], str]) -> str:
        """The first proposed number that nobody holds yet."""
        number = propose()
        while number in self.taken:
            number = propose()
        self.taken.add(number)
        return number

    def birthday(self, age: float) -> date:
        """The day of birth of somebody who was this many years old at New Year."""
        return date(self.year, 1, 1) - timedelta(days=round(age * 365.25))

    def working_age(self) -> float:
        """Years at New Year, at least 16 and a bit: nobody here started work below the legal age."""
        age = 0.0
        while not 16.3 <= age <= 61:
            age = self.rng.gauss(34, 9.5)
        return age

    def phone(self) -> str:
        """A well-formed mobile number of the block that the samples keep for invented people."""
        return f"1990000{self.rng.randrange(10**4):04d}"


def whole_number(*parts: str) -> str:
    """A body of 17 digits with its check character."""
    body = "".join(parts)
    return body + check_character(body)


def misread_sex(person: Person, registrar: Registrar) -> Person:
    """The same person with a number that says the other sex."""
    if person.born is None:
        return person
    other = "1" if person.sex == "2" else "2"
    return replace(person, number=registrar.resident_number(other, person.born))


def resettled(person: Person, registrar: Registrar) -> Person:
    """The same person with a number of a division that no list knows."""
    if person.born is None:
        return person
    return replace(person, number=registrar.resident_number(person.sex, person.born, STRANGE_PREFIX))
