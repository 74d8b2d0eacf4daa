"""One year of the town: who is registered where, and who comes, goes, changes or visits home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle
from random import Random

from core.demo.almanac import festival
from core.demo.people import ADULT, CHILD, MINOR_AGE, Person, Registrar, misread_sex, resettled
from core.demo.town import TENANTS, Firm, Tenant

__all__ = ["Movement", "Registration", "Story", "birthday", "tell"]

INITIAL_SHARE = 0.75
RELATIVES = 0.09
STRANGE_EMPLOYER = "望舒镇无名加工坊"
QUIRKS = ("sex", "division", "phone", "employer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A person on the roster of one tenant; `employer` is the text the personnel clerk typed."""

    person: Person
    tenant: Tenant
    category: str
    registered: date
    hired: date | None
    employer: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.tenant.code, self.person.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One event as it happened; the ledger may still spoil its paper."""

    day: date
    tenant: str
    kind: str
    person: Person
    to_tenant: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The part of the year that has happened by `today`."""

    today: date
    registrations: tuple[Registration, ...]
    movements: tuple[tuple[int, Movement], ...]

    def of(self, tenant: Tenant) -> list[Registration]:
        """The roster of a tenant in the order in which it grew."""
        return [each for each in self.registrations if each.tenant is tenant]

    def quiet(self) -> list[Registration]:
        """Those present from the first day of whom no movement tells, in the order of the rosters."""
        moved = {(each.tenant, each.person.number) for _, each in self.movements}
        moved |= {(each.to_tenant, each.person.number) for _, each in self.movements}
        return [each for each in self.registrations if is_initial(each, self.today) and each.key not in moved]


def tell(today: date, rng: Random, size: float) -> Story:
    """Invent the whole year, then cut it at today: a later day of the same year continues the same story."""
    teller = Teller(today, rng, size)
    for tenant in TENANTS:
        teller.settle(tenant)
    for each in tuple(teller.registrations):
        teller.live(each)
    teller.change_employers()
    teller.work_twice()
    teller.withdraw()
    movements = sorted(teller.movements, key=lambda each: (each.day, each.tenant, each.person.number))
    return Story(
        today=today,
        registrations=tuple(each for each in teller.registrations if each.registered <= today),
        movements=tuple((number, each) for number, each in enumerate(movements, 1) if each.day <= today),
    )


def is_initial(registration: Registration, today: date) -> bool:
    """Whether the person belongs to the stock with which the tenant's year begins."""
    return registration.registered <= registration.tenant.start(today)


class Teller:
    """Invents; every draw comes from the one generator that it was given."""

    def __init__(self, today: date, rng: Random, size: float) -> None:
        self.today = today
        self.rng = rng
        self.size = size
        self.registrar = Registrar(rng, today.year)
        self.festival = festival(today.year)
        self.last = date(today.year, 12, 28)
        self.quirks = cycle(QUIRKS)
        self.registrations: list[Registration] = []
        self.movements: list[Movement] = []
        self.moved: set[tuple[str, str]] = set()

    def settle(self, tenant: Tenant) -> None:
        """Fill the roster of a tenant: workers first, some of them odd on paper, then relatives."""
        people = tenant.count(self.size)
        relatives = max(2, round(people * RELATIVES))
        odd = max(1, people // 80)
        workers = [self.employ(tenant, odd=place < odd) for place in range(people - relatives)]
        self.rng.shuffle(workers)
        newcomers = [each for each in workers if each.person.floating]
        families = [self.join(self.rng.choice(newcomers)) for _ in range(relatives)]
        for group in (workers, families):
            self.registrations.extend(
                sorted(group, key=lambda each: max(each.registered, tenant.start(self.today)))
            )

    def employ(self, tenant: Tenant, *, odd: bool) -> Registration:
        """One worker of one of the firms of a tenant."""
        registrar, rng = self.registrar, self.rng
        quirk = next(self.quirks) if odd else ""
        person = self.odd_worker(quirk) if odd else registrar.worker(tenant.women)
        start = tenant.start(self.today)
        registered = self.earlier(tenant) if odd or rng.random() < INITIAL_SHARE else self.arrival(start)
        if person.born is not None:
            registered = max(registered, birthday(person.born, MINOR_AGE) + timedelta(days=5))
        return Registration(
            person=person,
            tenant=tenant,
            category=ADULT,
            registered=registered,
            hired=registered - timedelta(days=rng.randrange(6)) if rng.random() < 0.97 else None,
            employer=STRANGE_EMPLOYER if quirk == "employer" else self.written(rng.choice(tenant.firms)),
        )

    def odd_worker(self, quirk: str) -> Person:
        """A worker whose papers will earn the warning of this name."""
        registrar = self.registrar
        sex = self.rng.choice("12")
        person = registrar.resident(sex, registrar.birthday(registrar.working_age()), floating=True)
        if quirk == "sex":
            return misread_sex(person, registrar)
        if quirk == "division":
            return resettled(person, registrar)
        return replace(person, phone=person.phone[:-1]) if quirk == "phone" else person

    def written(self, firm: Firm) -> str:
        """The name of a firm as clerks write it: in full, short, or as it was called before."""
        if firm.former and self.rng.random() < 0.04:
            return firm.former
        return firm.name if self.rng.random() < 0.5 else firm.short

    def join(self, worker: Registration) -> Registration:
        """A relative who came with the worker or followed later."""
        person = self.registrar.relative(worker.person)
        later = timedelta(days=self.rng.choice((0, 0, 0, 20, 60)))
        registered = worker.registered + later
        if person.born is not None:
            registered = max(registered, person.born + timedelta(days=40))
        return replace(worker, person=person, category=CHILD, registered=registered, hired=None, employer="")

    def earlier(self, tenant: Tenant) -> date:
        """A day on which somebody of the initial stock was first registered."""
        start = tenant.start(self.today)
        earliest = min(tenant.opened_on(self.today), start - timedelta(days=20))
        return start - timedelta(days=self.rng.randrange(min(900, (start - earliest).days + 1)))

    def arrival(self, start: date) -> date:
        """A day of the year after `start`; most come in the weeks after the Spring Festival."""
        day = start
        while day <= start:
            if self.rng.random() < 0.62:
                day = self.festival + timedelta(days=round(self.rng.triangular(7, 48, 13)))
            else:
                day = date(self.today.year, 1, 1) + timedelta(days=self.rng.randrange(362))
        return day

    def live(self, registration: Registration) -> None:
        """What one person does this year at one tenant."""
        start = registration.tenant.start(self.today)
        here = max(start, registration.registered)
        if registration.registered > start:
            self.move(registration, registration.registered, "ARRIVE")
        if registration.person.floating:
            here = self.go_home(registration, here)
        if here <= self.last and self.rng.random() < (0.12 if registration.person.floating else 0.04):
            self.leave(registration, here)

    def go_home(self, registration: Registration, here: date) -> date:
        """Spring Festival: many visit home, some end their work, a third of those return; last day told."""
        rng, draw = self.rng, self.rng.random()
        visit = self.festival - timedelta(days=rng.randint(2, 14))
        farewell = self.festival - timedelta(days=rng.randint(3, 20))
        if draw < 0.42 and visit > here:
            self.move(registration, visit, "TEMP_LEAVE", "HOLIDAY")
            here = self.festival + timedelta(days=rng.randint(6, 19))
            self.move(registration, here, "RETURN")
        elif 0.42 <= draw < 0.52 and farewell > here:
            self.move(registration, farewell, "DEPART", rng.choice(("GO_HOME", "CONTRACT_END")))
            if rng.random() > 0.35:
                return date.max
            here = self.festival + timedelta(days=rng.randint(9, 40))
            self.move(registration, here, "ARRIVE")
        return here

    def leave(self, registration: Registration, here: date) -> None:
        """An end of work later in the year; the end of the year sees more of them."""
        first = max(here + timedelta(days=20), self.festival + timedelta(days=30))
        left = (self.last - first).days
        if left < 1:
            return
        day = first + timedelta(days=round(self.rng.triangular(0, left, left * 0.8)))
        self.move(
            registration, day, "DEPART", self.rng.choice(("CONTRACT_END", "GO_HOME", "NEW_JOB_ELSEWHERE"))
        )

    def change_employers(self) -> None:
        """Some quiet workers go over to another tenant: one event, two rosters."""
        for each in self.still_quiet(max(2, round(14 * self.size))):
            target = self.elsewhere(each)
            after = max(each.tenant.start(self.today), target.start(self.today))
            day = after + timedelta(days=self.rng.randint(7, (self.last - after).days))
            self.also_at(target, each, day)
            self.move(each, day, "CHANGE_EMPLOYER", to_tenant=target.code)

    def work_twice(self) -> None:
        """Some work for two tenants at once; half of the second jobs begin during the year."""
        for place, each in enumerate(self.still_quiet(max(2, round(10 * self.size)))):
            target = self.elsewhere(each)
            later = place % 2 == 1
            day = self.arrival(target.start(self.today)) if later else self.earlier(target)
            second = self.also_at(target, each, day)
            if later:
                self.move(second, day, "ARRIVE")

    def withdraw(self) -> None:
        """One person withdraws consent."""
        for each in self.still_quiet(1):
            self.move(each, each.tenant.start(self.today) + timedelta(days=15), "OPT_OUT")

    def still_quiet(self, number: int) -> list[Registration]:
        """Some migrant workers of one tenant, present since the first day, who have not moved."""
        twice = {each.person.number for each in self.registrations if each.key in self.moved}
        pool = [
            each
            for each in self.registrations
            if is_initial(each, self.today)
            and each.category == ADULT
            and each.person.floating
            and not each.tenant.fixed
            and each.person.number not in twice
        ]
        chosen = self.rng.sample(pool, min(number, len(pool) // 3))
        self.moved |= {each.key for each in chosen}
        return chosen

    def elsewhere(self, registration: Registration) -> Tenant:
        """Another tenant; never the small branch, which has to stay small."""
        others = [each for each in TENANTS if each is not registration.tenant and not each.fixed]
        return self.rng.choice(others)

    def also_at(self, tenant: Tenant, known: Registration, day: date) -> Registration:
        """The same person on the roster of another tenant."""
        employer = self.written(self.rng.choice(tenant.firms))
        second = replace(known, tenant=tenant, registered=day, hired=day, employer=employer)
        self.registrations.append(second)
        return second

    def move(self, who: Registration, day: date, kind: str, reason: str = "", *, to_tenant: str = "") -> None:
        """Write one event down."""
        self.moved |= {who.key, (to_tenant, who.person.number)}
        self.movements.append(
            Movement(
                day=day,
                tenant=who.tenant.code,
                kind=kind,
                person=who.person,
                to_tenant=to_tenant,
                reason=reason,
            )
        )


def birthday(born: date, age: int) -> date:
    """The day on which somebody reaches an age, a day late for those born on 29 February."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
