"""Who comes to a counter: adults, on days on which they are here, none of whom ever withdrew consent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from core.demo.people import Person
from core.demo.town import Tenant
from core.demo.year import Movement, Registration, Story, birthday

__all__ = ["Client", "Habit", "clients_of", "habits"]

Stay = tuple[date, date]
GROWN_UP = 18
OLDEST = 45
PILL_SHARE = 0.09
PILLS = (("COC-LNG21", 55), ("COC-LNG28", 22), ("COC-TRI", 10), ("POP", 13))
CYCLE_DAYS = 28
INJECTION = "INJ-3M"
INJECTION_DAYS = 88
INJECTION_SHARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Somebody of a unit, and when she is here."""

    person: Person
    stays: Sequence[Stay]

    def is_here(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.stays)


@dataclass(slots=True, kw_only=True)
class Habit:
    """What somebody comes for again and again; `next_on` moves on with every visit."""

    client: Client
    sku: str
    quantity: int
    every: int
    next_on: date
    returns: bool = field(default=False)
    """She will bring an unopened one back."""


def clients_of(story: Story, tenant: Tenant) -> list[Client]:
    """The adults of a unit."""
    stays = stays_in(story, tenant)
    return [
        Client(person=each.person, stays=stays[each.person.number])
        for each in story.of(tenant)
        if each.person.number in stays and is_grown_up(each)
    ]


def is_grown_up(registration: Registration) -> bool:
    """Whether she was of age when she was registered."""
    born = registration.person.born
    return born is not None and birthday(born, GROWN_UP) <= registration.registered


def stays_in(story: Story, tenant: Tenant) -> Mapping[str, Sequence[Stay]]:
    """By number: the spans of days on which somebody is in town, visits home left out."""
    start = tenant.start(story.today)
    since = {each.person.number: start for each in story.of(tenant) if each.registered <= start}
    stays = defaultdict[str, list[Stay]](list)
    withdrawn = set[str]()
    for _, movement in story.movements:
        number = movement.person.number
        if comes(movement, tenant):
            since[number] = movement.day
        elif movement.tenant == tenant.code and number in since:
            stays[number].append((since.pop(number), movement.day - timedelta(days=1)))
        if movement.kind == "OPT_OUT":
            withdrawn.add(number)
    for number, first in since.items():
        stays[number].append((first, story.today))
    return {number: spans for number, spans in stays.items() if number not in withdrawn}


def comes(movement: Movement, tenant: Tenant) -> bool:
    """Whether somebody is here from this day on."""
    if movement.kind == "CHANGE_EMPLOYER":
        return movement.to_tenant == tenant.code
    return movement.tenant == tenant.code and movement.kind in ("ARRIVE", "RETURN")


def habits(clients: Sequence[Client], start: date, rng: Random, *, has_clinic: bool) -> list[Habit]:
    """Some women take pills and come for them every month, or every third; a clinic gives injections too."""
    women = [each for each in clients if each.person.sex == "2" and age_on(each.person, start) <= OLDEST]
    found = [pill_habit(each, start, rng) for each in rng.sample(women, round(len(women) * PILL_SHARE))]
    for each in rng.sample(women, round(len(women) * INJECTION_SHARE)) if has_clinic else ():
        first = start + timedelta(days=rng.randrange(INJECTION_DAYS))
        found.append(Habit(client=each, sku=INJECTION, quantity=1, every=INJECTION_DAYS, next_on=first))
    return found


def pill_habit(client: Client, start: date, rng: Random) -> Habit:
    """Most began before the year, some during it."""
    cycles = 3 if rng.random() < 0.25 else 1
    every = cycles * CYCLE_DAYS
    later = 0 if rng.random() < 0.75 else rng.randrange(30, 240)
    return Habit(
        client=client,
        sku=rng.choices([sku for sku, _ in PILLS], [weight for _, weight in PILLS])[0],
        quantity=cycles,
        every=every,
        next_on=start + timedelta(days=later + rng.randrange(every)),
        returns=rng.random() < 0.08,
    )


def age_on(person: Person, day: date) -> int:
    """Completed years, near enough to choose by; 0 where no birth date is stated."""
    return (day - person.born).days // 365 if person.born else 0
