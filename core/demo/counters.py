"""A year at the counters and boxes of a town: who comes, and what for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from core.demo.almanac import is_working, span
from core.demo.clients import OLDEST, Client, Habit, age_on, clients_of, habits
from core.demo.happenings import Happenings
from core.demo.people import Person
from core.demo.products import BOX, CLINIC, PRODUCTS, Point, points
from core.demo.stockroom import Entry, Stockroom
from core.demo.storekeeping import CONDOM, Storekeeper
from core.demo.year import Story

__all__ = ["hand_out_for_a_year"]

# Visits in a month for each person of the unit.
AT_BOX, AT_COUNTER, WITH_NAME, ADVISED, EMERGENCY = 0.035, 0.015, 0.012, 0.01, 0.002
# What is done monthly is done on the first worked day from this day of the month on.
DELIVERY, FILLING, INSPECTION = (6,), (12, 26), (20,)
SPERMICIDES = tuple(each.sku for each in PRODUCTS if each.method == "SPERMICIDE")
CAPS = {each.sku: each.cap for each in PRODUCTS}
ANOTHER_LOT = 0.015


def hand_out_for_a_year(story: Story, rng: Random, size: float) -> Stockroom:
    """Everything that happened to the supplies of the town up to today."""
    room = Stockroom()
    store, *counters = [each for each in points(story.today) if each.kind != BOX]
    units = [Unit(story, room, each, store, rng, size) for each in (store, *counters)]
    happenings = Happenings(room, points(story.today), story.today, rng)
    for day in span(date(story.today.year, 1, 1), story.today):
        happenings.before(day)
        for unit in units:
            if day >= unit.start:
                unit.live(day)
        happenings.after(day)
    return room


class Unit:
    """One unit: its counter, the box that is filled from it, and those who come."""

    def __init__(
        self, story: Story, room: Stockroom, counter: Point, store: Point, rng: Random, size: float
    ) -> None:
        tenant = counter.tenant
        self.room = room
        self.counter = counter
        self.store = store
        self.rng = rng
        self.today = story.today
        self.start = tenant.start(story.today)
        self.keeper = Storekeeper(room, counter, story.today, size)
        self.clients = clients_of(story, tenant)
        self.habits = habits(self.clients, self.start, rng, has_clinic=counter.kind == CLINIC)
        self.had = Counter[tuple[str, str]]()

    def live(self, day: date) -> None:
        """One day; the store of the town hands nothing out itself."""
        if day == self.start:
            self.keeper.open(day)
        if is_turn(day, DELIVERY) and day > self.start:
            has_store = self.store.tenant.opened <= day and self.counter != self.store
            self.keeper.deliver(day, self.store if has_store else None)
        if is_turn(day, FILLING) and not self.runs_out(day):
            self.keeper.fill_box(day)
        if is_turn(day, INSPECTION):
            self.keeper.write_off(day)
        if self.counter != self.store:
            self.serve(day)

    def runs_out(self, day: date) -> bool:
        """Whether nobody fills the box any more."""
        return self.counter.tenant.code == Happenings.FORGOTTEN and day > self.today - timedelta(days=14)

    def serve(self, day: date) -> None:
        """Those who come today; the box stands open on every day."""
        if is_working(day):
            for habit in self.habits:
                self.visit(habit, day)
            self.serve_passers_by(day)
        for _ in range(self.comers(AT_BOX)):
            self.hand_out(day, CONDOM.sku, self.rng.choice((5, 10, 10, 10, 20)), None, self.keeper.box)

    def comers(self, monthly: float) -> int:
        """How many come on a day of those who come so often in a month."""
        return sum(self.rng.random() < self.keeper.people * monthly / 120 for _ in range(4))

    def serve_passers_by(self, day: date) -> None:
        """Most take condoms and give no name; some give it; a few ask for something else."""
        rng = self.rng
        for _ in range(self.comers(AT_COUNTER)):
            self.hand_out(day, "CON-F" if rng.random() < 0.1 else CONDOM.sku, rng.choice((10, 10, 20)), None)
        here = [each for each in self.clients if each.is_here(day)]
        women = [each for each in here if each.person.sex == "2" and age_on(each.person, day) <= OLDEST]
        for _ in range(self.comers(WITH_NAME)):
            self.hand_out_to_one(day, here, CONDOM.sku, rng.choice((10, 10, 20, 30)))
        for _ in range(self.comers(ADVISED)):
            self.hand_out_to_one(day, women, rng.choice(SPERMICIDES), rng.choice((5, 10)))
        for _ in range(self.comers(EMERGENCY)):
            self.hand_out_to_one(day, women, "EC-LNG", 1)

    def hand_out_to_one(self, day: date, some: Sequence[Client], sku: str, quantity: int) -> None:
        """To somebody of these, if there is anybody."""
        if some:
            self.hand_out(day, sku, quantity, self.rng.choice(some).person)

    def visit(self, habit: Habit, day: date) -> None:
        """She comes when her last pack ends, or when she is back."""
        if day < habit.next_on or not habit.client.is_here(day):
            return
        issued = self.hand_out(day, habit.sku, habit.quantity, habit.client.person)
        habit.next_on = day + timedelta(days=habit.every - self.rng.randrange(4) if issued else 7)
        if issued and habit.returns and self.rng.random() < 0.3:
            self.take_back(issued[-1], habit)

    def take_back(self, issued: Entry, habit: Habit) -> None:
        """She brings an unopened pack back the same day."""
        habit.returns = False
        self.had[habit.client.person.number, habit.sku] -= 1
        self.room.enter(
            Entry(
                day=issued.day,
                point=issued.point,
                lot=issued.lot,
                kind="RETURN",
                quantity=1,
                reason="UNOPENED",
                person=issued.person,
            )
        )

    def hand_out(
        self, day: date, sku: str, quantity: int, person: Person | None, point: Point | None = None
    ) -> list[Entry]:
        """Whole or not at all, the lot that expires first; once in a while a hand takes another one."""
        point = point or self.counter
        sound = self.room.sound(point, sku, day)
        if sum(number for _, number in sound) < quantity or not self.may_have(person, sku, quantity):
            return []
        picked = list(self.room.pick(point, sku, day, quantity))
        if sound[-1][1] >= quantity and self.rng.random() < ANOTHER_LOT:
            picked = [(sound[-1][0], quantity)]
        issued = [
            Entry(day=day, point=point, lot=lot, kind="ISSUE", quantity=number, person=person)
            for lot, number in picked
        ]
        for entry in issued:
            self.room.enter(entry)
        if person is not None:
            self.had[person.number, sku] += quantity
        return issued

    def may_have(self, person: Person | None, sku: str, quantity: int) -> bool:
        """Whether the limit of the year leaves so many."""
        cap = CAPS[sku]
        return person is None or cap is None or self.had[person.number, sku] + quantity <= cap


def is_turn(day: date, numbers: Sequence[int]) -> bool:
    """Whether it is the first worked day from one of these days of the month on."""
    return any(
        day.day >= number and day == next(filter(is_working, span(day.replace(day=number), day)), None)
        for number in numbers
    )
