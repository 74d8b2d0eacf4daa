"""Movements in any order, fitting or not, singly or by the file, corrected and cancelled, against a small model."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.kernel.db import Database
from core.kernel.errors import Conflict
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.kernel.seal import Keyring
from core.people.bulk import upsert_people
from core.people.correcting import CORRECTABLE_TO, correct_movement
from core.people.corrections import MovementFacts
from core.people.drafts import Document, PersonRow
from core.people.movements import MovementRow, movements_of, record_movement, write_movements
from core.people.presence import IllegalMovement, MovementKind
from core.people.stock import reconcile
from tests.core.people.conftest import Desk

FIRST, DAYS = date(2025, 1, 1), 12
COMING = {"OPENING", "ARRIVE", "CHANGE_EMPLOYER_IN"}
FIXED = {"OPENING", "CLOSING", "CANCEL_DUPLICATE"}
GOING = {"DEPART", "CHANGE_EMPLOYER_OUT", "OPT_OUT", "CLOSING", "DECEASED", "CANCEL_DUPLICATE"}

kinds = st.sampled_from(sorted(MovementKind))
days = st.integers(0, DAYS - 1).map(lambda number: FIRST + timedelta(days=number))
people = st.integers(0, 1)
moves = st.tuples(people, kinds, days)


class Model:
    """The rules in their plainest form: walk through the days, refuse what does not fit."""

    def __init__(self):
        self.moves: list[tuple[date, int, str]] = []

    def takes(self, *more: tuple[date, str]) -> bool:
        """Recorded after all the others."""
        last = max((place for _day, place, _kind in self.moves), default=0)
        added = [(day, place, kind) for place, (day, kind) in enumerate(more, last + 1)]
        return self.becomes([*self.moves, *added])

    def corrects(self, move: tuple[date, int, str], new: tuple[date, str] | None) -> bool:
        """In its own place of recording; None: it never happened."""
        others = [each for each in self.moves if each != move]
        return self.becomes(others + ([(new[0], move[1], new[1])] if new else []))

    def becomes(self, moves: list[tuple[date, int, str]]) -> bool:
        tried = sorted(moves)
        state = "absent"
        for _day, _place, kind in tried:
            fits = {
                "absent": kind in COMING,
                "present": kind in GOING | {"TEMP_LEAVE", "MOVE_WITHIN_TOWN"},
                "away": kind in GOING | {"RETURN", "MOVE_WITHIN_TOWN"},
            }[state]
            if not fits:
                return False
            state = "absent" if kind in GOING else "away" if kind == "TEMP_LEAVE" else "present"
        self.moves = tried
        return True

    def present_on(self, day: date) -> bool:
        kinds_so_far = [kind for at, _place, kind in self.moves if at <= day and kind in COMING | GOING]
        return bool(kinds_so_far) and kinds_so_far[-1] in COMING


class Books(RuleBasedStateMachine):
    desk: Desk
    keyring: Keyring
    runner: asyncio.Runner

    def __init__(self):
        super().__init__()
        self.models = [Model(), Model()]
        self.refs: list[tuple[int, MovementRow]] = []
        rows = [
            PersonRow(
                document=Document(id_type="03", number=new_id().hex[-17:].upper()),
                name="王小明",
                registered_on=FIRST,
                is_floating=bool(number),
            )
            for number in range(2)
        ]
        self.tenant = new_id()
        self.scope = Scope.of_tenant(self.tenant, ("registry",))
        self.people = [done.person_id for done in self.run(self._opened(rows))]

    async def _opened(self, rows):
        """A tenant of its own for each run, so that its stock is all there is."""
        async with self.desk.database.transaction(Scope.town(self.desk.region)) as tx:
            await tx.execute(
                "INSERT INTO tenancy.tenant"
                " (id, region_id, code, slug, kind, name_zh, name_en, opened_on, books_from)"
                " VALUES ($1, $2, $3, $3, 'town_station', '站', 'Station', $4, $4)",
                self.tenant,
                self.desk.region,
                self.tenant.hex,
                FIRST,
            )
        async with self.desk.database.transaction(self.scope) as tx:
            return await upsert_people(tx, self.keyring, rows)

    def run(self, work):
        return self.runner.run(work)

    async def _recorded(self, person, kind, day, ref):
        async with self.desk.database.transaction(self.scope) as tx:
            await record_movement(tx, self.people[person], kind, day, ref=ref)

    async def _written(self, rows):
        async with self.desk.database.transaction(self.scope) as tx:
            return await write_movements(tx, rows)

    @rule(person=people, kind=kinds, day=days)
    def move(self, person, kind, day):
        ref = new_id().hex
        work = self._recorded(person, kind, day, ref)
        if self.models[person].takes((day, kind)):
            self.run(work)
            row = MovementRow(person_id=self.people[person], kind=kind, day=day, ref=ref)
            self.refs.append((person, row))
        else:
            with pytest.raises(IllegalMovement):
                self.run(work)

    @rule(files=st.lists(moves, min_size=1, max_size=4))
    def load(self, files):
        rows = [
            MovementRow(person_id=self.people[person], kind=kind, day=day, ref=new_id().hex)
            for person, kind, day in files
        ]
        before = [list(model.moves) for model in self.models]
        fits = [
            model.takes(*((day, kind) for whom, kind, day in files if whom == person))
            for person, model in enumerate(self.models)
        ]
        if all(fits):
            assert self.run(self._written(rows)) == len(rows)
            self.refs += [(person, row) for (person, _kind, _day), row in zip(files, rows, strict=True)]
        else:
            for model, moves_before in zip(self.models, before, strict=True):
                model.moves = moves_before
            with pytest.raises(IllegalMovement):
                self.run(self._written(rows))

    @rule(data=st.data())
    def repeat(self, data):
        if self.refs:
            person, row = data.draw(st.sampled_from(self.refs))
            self.run(self._recorded(person, row.kind, row.day, row.ref))
            assert self.run(self._written([row])) == 0

    @rule(data=st.data(), person=people, kind=st.sampled_from(sorted(CORRECTABLE_TO)), day=days)
    def correct(self, data, person, kind, day):
        """To another kind and day, or, when `kind` is the one that it has, away; and the file brings nothing back."""
        model = self.models[person]
        if not model.moves:
            return
        place = data.draw(st.sampled_from(range(len(model.moves))))
        move = model.moves[place]
        new = None if move[2] == kind else (day, kind)
        work = self._corrected(person, place, new)
        if move[2] in FIXED:
            with pytest.raises(Conflict):
                self.run(work)
        elif model.corrects(move, new):
            assert self.run(work)
            rows = [row for whom, row in self.refs if whom == person]
            assert self.run(self._written(rows)) == 0
        else:
            with pytest.raises(IllegalMovement):
                self.run(work)

    async def _corrected(self, person, place, new):
        whom = self.people[person]
        async with self.desk.database.transaction(self.scope) as tx:
            move = (await movements_of(tx, whom))[place]
            seen = MovementFacts(kind=move.kind, day=move.day)
            facts = MovementFacts(day=new[0], kind=new[1]) if new else None
            return await correct_movement(tx, whom, move.id, seen=seen, new=facts, why="machine")

    @invariant()
    def residence_is_what_the_model_says(self):
        rows, lines = self.run(self._read())
        for person, model in enumerate(self.models):
            stays = [row for row in rows if row["person_id"] == self.people[person]]
            for number in range(DAYS + 1):
                day = FIRST + timedelta(days=number)
                there = [
                    s for s in stays if s["started_on"] <= day and (not s["ended_on"] or day < s["ended_on"])
                ]
                assert len(there) == model.present_on(day)
        assert [line.difference for line in lines] == [0, 0]

    async def _read(self):
        async with self.desk.database.transaction(self.scope) as tx:
            rows = await tx.fetch("SELECT person_id, started_on, ended_on FROM people.residence")
            return rows, await reconcile(tx, FIRST + timedelta(days=4), FIRST + timedelta(days=8))


def test_residence_follows_movements_in_any_order(desk, keyring):
    with asyncio.Runner() as runner:
        database = runner.run(Database.connect({"app": desk.address}))
        Books.desk, Books.keyring, Books.runner = Desk(database, desk.tenant, desk.region), keyring, runner
        run_state_machine_as_test(
            Books,
            settings=settings(
                max_examples=40,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )
        runner.run(database.close())
