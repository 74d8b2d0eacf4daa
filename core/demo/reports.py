"""The monthly forms of the tenants: mostly on time, once late, once missing, a few impossible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from core.demo.almanac import due_day, last_of_month, months_before
from core.demo.people import ADULT
from core.demo.town import TENANTS, Tenant
from core.demo.year import Movement, Story

__all__ = ["HEADER", "report_rows"]

HEADER = (
    "tenant",
    "month",
    "employees_male",
    "employees_female",
    "activities",
    "participants",
    "submitted_on",
)
MISSING = ("W03", 4)
LATE = ("W04", 2)
MISTYPED = ("W02", 1)
TWICE = ("W01", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form as it was submitted."""

    tenant: str
    month: str
    male: int | str
    female: int
    activities: int
    participants: int
    submitted: date

    def cells(self) -> tuple[str, ...]:
        numbers = (self.male, self.female, self.activities, self.participants)
        return (self.tenant, self.month, *map(str, numbers), str(self.submitted))


def report_rows(story: Story, rng: Random) -> Iterator[tuple[str, ...]]:
    """Lines of manual.csv, header first; the month of today is not over and has no report yet."""
    yield HEADER
    for month in months_before(story.today):
        heads = headcount(story, last_of_month(story.today.year, month))
        for tenant in TENANTS:
            for form in forms(story.today, tenant, month, heads, rng):
                if form.submitted < story.today:
                    yield form.cells()


def forms(
    today: date, tenant: Tenant, month: int, heads: Mapping[tuple[str, str], int], rng: Random
) -> Iterator[Form]:
    """What one tenant hands in for one month, mistakes included."""
    form = monthly(today, tenant, month, heads, rng)
    place = (tenant.code, month)
    if tenant.start(today) > last_of_month(today.year, month):
        if month == tenant.opened.month - 1:
            yield form  # PERIOD_NOT_EXPECTED
    elif place == MISTYPED:
        yield replace(form, male=f"-{form.male}")  # BAD_QUANTITY, never corrected
    elif place == TWICE:
        yield form
        yield replace(form, male=form.female)  # DUPLICATE_ROW
        yield replace(form, tenant="W99")  # UNKNOWN_CODE
    elif place != MISSING:
        yield form


def monthly(
    today: date, tenant: Tenant, month: int, heads: Mapping[tuple[str, str], int], rng: Random
) -> Form:
    """An honest form of one month."""
    activities = rng.randint(0, 1 if tenant.fixed else 4)
    due = due_day(today.year, month)
    late = (tenant.code, month) == LATE
    return Form(
        tenant=tenant.code,
        month=f"{today.year}-{month:02d}",
        male=heads.get((tenant.code, "1"), 0),
        female=heads.get((tenant.code, "2"), 0),
        activities=activities,
        participants=sum(rng.randint(8, 42) for _ in range(activities)),
        submitted=due + timedelta(days=3) if late else due - timedelta(days=rng.randint(0, 3)),
    )


def headcount(story: Story, day: date) -> Mapping[tuple[str, str], int]:
    """Workers present on a day, by tenant and sex; sex not stated counts nowhere."""
    at_work = {each.key: each.person.sex for each in story.registrations if each.category == ADULT}
    heads: dict[tuple[str, str], int] = {}
    for key in present(story, day):
        if key in at_work:
            place = (key[0], at_work[key])
            heads[place] = heads.get(place, 0) + 1
    return heads


def present(story: Story, day: date) -> set[tuple[str, str]]:
    """(tenant, number) of everybody present on a day."""
    here = set[tuple[str, str]]()
    for each in story.registrations:
        start = each.tenant.start(story.today)
        if each.registered <= start <= day:
            here.add(each.key)
    for _, movement in story.movements:
        if movement.day <= day:
            follow(movement, here)
    return here


def follow(movement: Movement, here: set[tuple[str, str]]) -> None:
    """Let one movement happen."""
    number = movement.person.number
    if movement.kind == "ARRIVE":
        here.add((movement.tenant, number))
    elif movement.kind in ("DEPART", "OPT_OUT", "CHANGE_EMPLOYER"):
        here.discard((movement.tenant, number))
        if movement.to_tenant:
            here.add((movement.to_tenant, number))
