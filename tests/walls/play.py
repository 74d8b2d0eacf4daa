"""One performance: the running application, and everything that can be asked of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from uuid import UUID

from litestar import Litestar
from msgspec import Struct, structs

from core.app import Platform
from core.host.jobs import job_handlers
from core.kernel.runner import Runner
from core.testing import TOWN
from tests.walls.arranging import Sent
from tests.walls.asking import Answer, Asker, Request, ask
from tests.walls.cases import Case, Verdicts, cases_of, request_to
from tests.walls.digest import accounts, untouched
from tests.walls.doors import Door
from tests.walls.stage import FAR_TOWN, Place

__all__ = ["IS_FULL", "Play", "Script"]

IS_FULL = os.environ.get("TOWNBRIDGE_TEST_WALLS") == "full"
"""Everybody at every address in every way, instead of a choice."""


class Script(Struct, kw_only=True):
    """What was prepared; `asked` and `acts` are by address."""

    database: str
    places: dict[str, Place]
    askers: list[Asker]
    asked: Mapping[str, Sent]
    acts: Mapping[str, Sent]


class Play(Struct, kw_only=True):
    script: Script
    platform: Platform
    app: Litestar
    doors: Sequence[Door]
    superuser: str

    def asker(self, role: str, place: str) -> Asker:
        return next(each for each in self.script.askers if (each.role, each.place) == (role, place))

    async def ask(self, asker: Asker, request: Request) -> Answer:
        return await ask(self.app, asker, request)

    def cases(self, *, is_full: bool) -> list[Case]:
        return [
            case
            for door in self.doors
            for case in cases_of(
                door,
                self.script.askers,
                self.script.asked[str(door)],
                self.script.places["t02" if door.is_of_tenant else FAR_TOWN].things,
                is_full=is_full,
            )
        ]

    async def can(self, door: Door, role: str) -> Answer:
        """What ought to succeed: reading what is there, or an act on something that nobody has touched.

        The first role that may do it does it; the others are let in with an empty form.
        """
        home, script = "t01" if door.is_of_tenant else TOWN, self.script
        sent = script.asked[str(door)]
        if door.method != "GET":
            empty = structs.replace(
                sent, form=None if door.is_api else {}, body=sent.body and b"{}", upload=None
            )
            sent = script.acts[str(door)] if role == door.may[0] else empty
        way = "token" if door.is_api else "session"
        return await self.ask(self.asker(role, home), request_to(door, home, sent, way))

    async def judged(self, cases: Sequence[Case], verdicts: Verdicts) -> None:
        for case in cases:
            verdicts.judge(case, await self.ask(case.asker, case.request))

    async def work(self) -> None:
        """Everything that waits in the background."""
        await Runner(self.platform.database, job_handlers(self.platform.server)).drain()

    async def rows_of(self, *addresses: str) -> dict[str, str]:
        """Of these units and towns."""
        places = [self.script.places[address] for address in addresses]
        ids: list[UUID] = [place.tenant.id if place.tenant else place.region.id for place in places]
        return await untouched(self.superuser, self.platform, ids)

    async def accounts(self) -> str:
        """Everybody's, with her roles in a town and her links."""
        return await accounts(self.superuser)
