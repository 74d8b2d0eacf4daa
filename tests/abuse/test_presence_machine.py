"""Movements, moves between units, corrections, merges, undoings and erasures in any order: the figures follow.

After any of it the incremental figures are those of a small model of presence, nothing is gained or lost between two
months, and computing everything anew changes nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from core.app import Platform, open_platform
from core.figures.loop import settle
from core.figures.read import figures_of
from core.figures.rebuild import rebuild
from core.host.background import tenant_background
from core.host.discovery import Found
from core.host.jobs import job_handlers
from core.host.offers import offer_plugin, switch_plugin
from core.host.personal import PersonalDoor
from core.kernel.clock import freeze
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.ids import new_id
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.people.bulk import upsert_people
from core.people.correcting import CORRECTABLE_TO, correct_movement
from core.people.corrections import MovementFacts
from core.people.drafts import Document, PersonRow
from core.people.movements import movements_of, record_movement
from core.people.presence import IllegalMovement, MovementKind
from core.people.stock import reconcile
from core.sdk.ctx import Actor
from core.tenancy.regions import open_region
from core.tenancy.tenants import open_tenant
from core.testing import Server, platform_settings
from tests.abuse.size import of_size
from tests.core.people.test_residence_machine import FIXED, Model

RUNS = of_size(sample=6, full=2_000)
STEPS = of_size(sample=16, full=50)
FIRST, TODAY = date(2025, 1, 1), date(2025, 2, 27)
NOW = datetime(2025, 2, 27, 4, tzinfo=UTC)
MONTHS = {"2025-01": date(2025, 1, 31), "2025-02": date(2025, 2, 28)}
TOWNS = count(700)

units = people = st.integers(0, 1)
days = st.integers(0, (TODAY - FIRST).days).map(lambda number: FIRST + timedelta(days=number))
kinds = st.sampled_from(["ARRIVE", "ARRIVE", "DEPART", "TEMP_LEAVE", "RETURN", "OPT_OUT", "DECEASED"])


class Presence(RuleBasedStateMachine):
    platform: Platform
    runner: asyncio.Runner
    told: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.told["runs"] += 1
        self.models = {(unit, person): Model() for unit in (0, 1) for person in (0, 1)}
        self.gone: set[tuple[int, int]] = set()
        """Erased, or merged into the other one."""
        self.merged: dict[int, tuple[UUID, int, Model]] = {}
        self.run(self._open())

    def run(self, work):
        with freeze(NOW):
            return self.runner.run(work)

    async def _open(self) -> None:
        """A town of its own for each run: two units that know the same two people."""
        database, server = self.platform.database, self.platform.server
        opened = await open_region(database, code=f"{next(TOWNS):09d}", name_zh="镇", name_en="Town")
        self.region = opened.id
        async with database.transaction(Scope.town(self.region)) as tx:
            await offer_plugin(tx, self.region, self.platform.registry, "registration", "offered")
            self.units = [
                await open_tenant(tx, code=c, name_zh=c, name_en=c, kind="joint_branch", opened_on=FIRST)
                for c in ("A1", "B2")
            ]
        numbers = [new_id().hex[-17:].upper() for _ in range(2)]
        rows = [
            PersonRow(
                document=Document(id_type="03", number=n), name="王芳", registered_on=FIRST, is_floating=True
            )
            for n in numbers
        ]
        self.ids: dict[tuple[int, int], UUID] = {}
        for place, unit in enumerate(self.units):
            async with database.transaction(Scope.of_tenant(unit.id, ("registry",))) as tx:
                async with tenant_background(server, tx, unit.id, "registration") as ctx:
                    await switch_plugin(ctx, self.platform.registry, "registration", True)
                done = await upsert_people(tx, self.platform.keyring, rows)
                self.ids |= {(place, person): each.person_id for person, each in enumerate(done)}

    def _at(self, unit: int):
        return self.platform.database.transaction(Scope.of_tenant(self.units[unit].id, ("registry",)))

    async def _moved(
        self, unit: int, person: int, kind: str, day: date, transfer: UUID | None = None
    ) -> None:
        async with self._at(unit) as tx:
            whom = self.ids[unit, person]
            await record_movement(tx, whom, MovementKind(kind), day, transfer_id=transfer)

    def _told(self, what: str, work, *, fits: bool) -> None:
        """Done where the model says that it fits, refused otherwise."""
        found = "done"
        try:
            self.run(work)
        except (IllegalMovement, Conflict, NotFound, BadInput):
            found = "refused"
        assert found == ("done" if fits else "refused"), what
        self.told[f"{what}: {found}"] += 1

    @rule(unit=units, person=people, kind=kinds, day=days)
    def move(self, unit, person, kind, day):
        fits = (unit, person) not in self.gone and self.models[unit, person].takes((day, kind))
        self._told(kind, self._moved(unit, person, kind, day), fits=fits)

    @rule(unit=units, person=people, day=days)
    def change_unit(self, unit, person, day):
        """Out here and in there under one mark, each in its own transaction; the second only after the first."""
        transfer = new_id()
        for where, kind in ((unit, "CHANGE_EMPLOYER_OUT"), (1 - unit, "CHANGE_EMPLOYER_IN")):
            fits = (where, person) not in self.gone and self.models[where, person].takes((day, kind))
            self._told(kind, self._moved(where, person, kind, day, transfer), fits=fits)
            if not fits:
                return

    @rule(data=st.data(), unit=units, person=people, kind=st.sampled_from(sorted(CORRECTABLE_TO)), day=days)
    def correct(self, data, unit, person, kind, day):
        """To another kind and day, or away."""
        model = self.models[unit, person]
        if (unit, person) in self.gone or not model.moves:
            return
        place = data.draw(st.sampled_from(range(len(model.moves))))
        move = model.moves[place]
        new = None if move[2] == kind else (day, kind)
        fits = move[2] not in FIXED and model.corrects(move, new)
        self._told("correct" if new else "cancel", self._corrected(unit, person, place, new), fits=fits)

    async def _corrected(self, unit, person, place, new) -> None:
        async with self._at(unit) as tx:
            move = (await movements_of(tx, self.ids[unit, person]))[place]
            seen = MovementFacts(kind=move.kind, day=move.day)
            facts = MovementFacts(kind=MovementKind(new[1]), day=new[0]) if new else None
            await correct_movement(tx, self.ids[unit, person], move.id, seen=seen, new=facts, why="machine")

    @rule(unit=units, person=people)
    def erase(self, unit, person):
        if (unit, person) in self.gone:
            return
        self.run(self._affair(unit, "erase", self.ids[unit, person], "ASKED"))
        model = self.models[unit, person]
        if model.present_on(TODAY):
            assert model.takes((TODAY, "OPT_OUT"))
        self.gone |= {(unit, person)}
        if unit in self.merged:
            del self.merged[unit]
        self.told["erase"] += 1

    @rule(unit=units, kept=people)
    def merge(self, unit, kept):
        """The movements of the one that steps back never happened."""
        if {(unit, 0), (unit, 1)} & self.gone:
            return
        try:
            merge = self.run(
                self._affair(unit, "merge", self.ids[unit, kept], self.ids[unit, 1 - kept], "SHE_SAYS_SO")
            )
        except (Conflict, BadInput):
            self.told["merge: refused"] += 1
            return
        self.merged[unit] = (merge, 1 - kept, self.models[unit, 1 - kept])
        self.models[unit, 1 - kept] = Model()
        self.gone |= {(unit, 1 - kept)}
        self.told["merge: done"] += 1

    @rule(unit=units)
    def undo(self, unit):
        if unit not in self.merged:
            return
        merge, person, model = self.merged[unit]
        try:
            self.run(self._affair(unit, "undo_merge", merge))
        except Conflict:
            self.told["undo: refused"] += 1
            return
        del self.merged[unit]
        self.models[unit, person] = model
        self.gone -= {(unit, person)}
        self.told["undo: done"] += 1

    async def _affair(self, unit: int, what: str, *given):
        """Asked for at the door, done by the worker."""
        server, place = self.platform.server, self.units[unit]
        async with self._at(unit) as tx, tenant_background(server, tx, place.id, "registration") as ctx:
            door = PersonalDoor(server, tx, ctx.tenant, ("station_staff",), Actor())
            asked = await getattr(door, what)(*given)
        await Runner(self.platform.database, job_handlers(server), back_off=lambda _: 0.0).drain()
        return asked

    @rule()
    def look(self):
        self.run(settle(self.platform.database, self.platform.catalogue))
        self.run(self._check())
        self.told["looks"] += 1

    async def _check(self) -> None:
        async with self.platform.database.transaction(Scope.town(self.region)) as tx:
            for month, last in MONTHS.items():
                there = {key for key, model in self.models.items() if model.present_on(last)}
                for place, unit in enumerate(self.units):
                    found = await figures_of(tx, unit.id, month)
                    assert self._number(found, "POP-01") == len([key for key in there if key[0] == place])
                    assert self._number(found, "POP-02") == self._happened(place, "ARRIVE", month)
                    assert self._number(found, "POP-04") == self._happened(place, "DEPART", month)
                town = await figures_of(tx, self.region, month)
                assert self._number(town, "POP-01") == len({person for _unit, person in there})
        for unit in (0, 1):
            async with self._at(unit) as tx:
                assert [line.difference for line in await reconcile(tx, date(2025, 2, 1), TODAY)] == [0, 0]

    @staticmethod
    def _number(figures, code: str) -> int:
        cell = figures.get(code)
        return int(cell.value) if cell and cell.value is not None else 0

    def _happened(self, unit: int, kind: str, month: str) -> int:
        moves = [
            move for (place, _person), model in self.models.items() if place == unit for move in model.moves
        ]
        return sum(each == kind and f"{day:%Y-%m}" == month for day, _place, each in moves)

    def teardown(self):
        self.look()


def test_figures_follow_presence_in_any_order(
    database_server: Server, template_database: str, installed_plugins: Sequence[Found], home: Path
) -> None:
    name = f"presence_{new_id().hex}"
    with asyncio.Runner() as runner:
        runner.run(database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"'))
        kept = platform_settings(database_server, name, home)
        opened = open_platform(kept, ("app", "figures", "dispatch"), found=installed_plugins)
        Presence.platform = runner.run(opened.__aenter__())
        Presence.runner, Presence.told = runner, Counter()
        try:
            run_state_machine_as_test(
                Presence,
                settings=settings(
                    max_examples=RUNS,
                    stateful_step_count=STEPS,
                    deadline=None,
                    derandomize=True,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
            with freeze(NOW):
                assert runner.run(rebuild(Presence.platform.database, Presence.platform.catalogue)) == 0
        finally:
            runner.run(opened.__aexit__(None, None, None))
            runner.run(database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)'))
    print("presence:", dict(sorted(Presence.told.items())))  # noqa: T201 -- how much was tried, for the report
    assert Presence.told["runs"] >= RUNS
