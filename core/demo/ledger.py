"""The movements of the year on paper, unsorted, with the slips that an import has to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from core.demo.people import Person, Registrar
from core.demo.town import TENANTS
from core.demo.year import Movement, Registration, Story

__all__ = ["HEADER", "Line", "movement_rows"]

HEADER = ("ref", "date", "tenant", "type", "id_type", "id_no", "to_tenant", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of movements.csv as it is written."""

    ref: str
    date: str
    tenant: str
    type: str
    id_type: str
    id_no: str
    to_tenant: str = ""
    reason: str = ""

    def cells(self) -> tuple[str, ...]:
        return tuple(getattr(self, name) for name in HEADER)


def movement_rows(story: Story, rng: Random, size: float) -> Iterator[tuple[str, ...]]:
    """Lines of movements.csv, header first; some papers were handed in days late and stand far down."""
    true = [line_of(number, each, story.today, rng) for number, each in story.movements]
    lines = [*true, *Slips(story, rng, max(1, round(3 * size))).lines(true)]
    lines.sort(key=lambda each: (each.date, each.ref))
    for _ in range(len(lines) // 12):
        lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))
    yield HEADER
    for each in lines:
        yield each.cells()


def line_of(number: int, movement: Movement, today: date, rng: Random) -> Line:
    """A movement as the desk wrote it, now and then with a small check letter."""
    person = movement.person
    return Line(
        ref=reference(today, number),
        date=str(movement.day),
        tenant=movement.tenant,
        type=movement.kind,
        id_type=person.id_type,
        id_no=person.number.lower() if rng.random() < 0.3 else person.number,
        to_tenant=movement.to_tenant,
        reason=movement.reason,
    )


def reference(today: date, number: int) -> str:
    """The number of a document."""
    return f"MV-{today.year}-{number:06d}"


class Slips:
    """Lines that must be refused, some of every reason; none of them may change anything."""

    def __init__(self, story: Story, rng: Random, number: int) -> None:
        self.story = story
        self.rng = rng
        self.number = number
        self.today = story.today
        self.quiet = story.quiet()
        self.known = {each.key for each in story.registrations}
        self.next = 900_000

    def lines(self, true: list[Line]) -> Iterator[Line]:
        """All slips; a document can be handed in twice only when there is one."""
        for place in range(self.number):
            yield from self.bad_dates(place)
            yield from self.unknown_codes()
            yield from self.unknown_people()
            yield from self.conflicts()
            if true:
                yield self.rng.choice(true)

    def bad_dates(self, place: int) -> Iterator[Line]:
        """DATE_INVALID and DATE_OUT_OF_YEAR."""
        year = self.today.year
        impossible = (f"{year}-02-30", f"{year}/3/1", f"{year}-13-05", "", f"{year}0301")
        outside = (f"{year - 1}-12-30", f"{year + 1}-01-04")
        yield replace(self.line(self.someone(), "DEPART"), date=impossible[place % len(impossible)])
        yield replace(self.line(self.someone(), "DEPART"), date=outside[place % len(outside)])

    def unknown_codes(self) -> Iterator[Line]:
        """UNKNOWN_CODE for the tenant, the type and the other tenant."""
        yield replace(self.line(self.someone(), "DEPART"), tenant=self.rng.choice(("W99", "W0I")))
        yield self.line(self.someone(), self.rng.choice(("MOVED", "离镇")))
        yield replace(self.line(self.someone(), "CHANGE_EMPLOYER"), to_tenant=self.rng.choice(("W88", "W1")))

    def unknown_people(self) -> Iterator[Line]:
        """UNKNOWN_PERSON: nobody's number, a person of another tenant, one unknown to the new tenant."""
        registrar = Registrar(self.rng, self.today.year)
        registrar.taken.update(number for _, number in self.known)
        stranger = registrar.resident("2", registrar.birthday(30), floating=True)
        yield self.line(self.someone(), "ARRIVE", stranger)
        known = self.someone()
        other = next(each.code for each in TENANTS if (each.code, known.person.number) not in self.known)
        yield replace(self.line(known, "ARRIVE"), tenant=other)
        yield replace(self.line(known, "CHANGE_EMPLOYER"), to_tenant=other)

    def conflicts(self) -> Iterator[Line]:
        """STATE_CONFLICT: arriving while present, returning without having been away, leaving twice."""
        yield self.line(self.someone(), "ARRIVE")
        yield self.line(self.someone(), "RETURN")
        gone = self.departed()
        if gone is not None:
            yield self.line_on(self.today, gone.tenant, "DEPART", gone.person)

    def departed(self) -> Movement | None:
        """The last movement of somebody who left for good before today."""
        last: dict[tuple[str, str], Movement] = {}
        for _, each in self.story.movements:
            last[each.tenant, each.person.number] = each
        gone = [each for each in last.values() if each.kind == "DEPART" and each.day < self.today]
        return self.rng.choice(gone) if gone else None

    def someone(self) -> Registration:
        """Somebody who has been present since the first day and has not moved."""
        return self.rng.choice(self.quiet)

    def line(self, who: Registration, kind: str, person: Person | None = None) -> Line:
        """A slip about somebody on any day since the tenant's year began."""
        start = who.tenant.start(self.today)
        day = start + timedelta(days=self.rng.randint(0, (self.today - start).days))
        return self.line_on(day, who.tenant.code, kind, person or who.person)

    def line_on(self, day: date, tenant: str, kind: str, person: Person) -> Line:
        """A slip with a document number of its own."""
        self.next += 1
        ref = reference(self.today, self.next)
        return Line(
            ref=ref, date=str(day), tenant=tenant, type=kind, id_type=person.id_type, id_no=person.number
        )
