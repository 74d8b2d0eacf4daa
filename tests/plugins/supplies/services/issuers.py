"""A process of clerks who all work on the same few lots at once; it prints how their acts ended and what they moved.

`python -m tests.plugins.supplies.services.issuers TENANT CLERKS ACTS SEED`, with the settings in the environment.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from random import Random
from uuid import UUID

from msgspec import Struct, json

from core.app import Platform, open_platform
from core.host.background import tenant_background
from core.kernel.errors import TownbridgeError, Unavailable
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.kernel.settings import load_settings
from core.sdk.ctx import TenantCtx
from plugins.supplies.services.ledger import post, post_pair, reverse
from plugins.supplies.services.vouchers import Act, Kind, Line, Posted
from tests.plugins.supplies.conftest import LATER

__all__ = ["LOTS", "POINTS", "Found"]

POINTS = ("B1", "S1")
LOTS = ("A", "B", "C")
PATIENCE = 10
"""How often she tries."""
KINDS: tuple[Kind, ...] = ("ISSUE", "ISSUE", "ISSUE", "RETURN", "RECEIPT", "LOSS")

Moved = tuple[Counter[str], Sequence[Posted]]
Do = Callable[[TenantCtx], Awaitable[Moved]]


class Found(Struct, frozen=True):
    """`outcomes` by act and how it ended, `waits` by why it had to be tried again; `moved`: by lot what was added."""

    outcomes: dict[str, int]
    waits: dict[str, int]
    moved: dict[str, int]
    vouchers: int


class Clerks:
    def __init__(self, platform: Platform, tenant: UUID, seed: int) -> None:
        self.platform = platform
        self.tenant = tenant
        self.random = Random(seed)
        self.outcomes: Counter[str] = Counter()
        self.waits: Counter[str] = Counter()
        self.moved: Counter[str] = Counter()
        self.vouchers = 0
        self.given: list[tuple[UUID, Counter[str]]] = []
        """Acts that may be taken back, with what they moved."""

    async def work(self, clerks: int, acts: int) -> Found:
        turns = iter(range(acts))

        async def clerk() -> None:
            for _turn in turns:
                await self._once()

        async with asyncio.TaskGroup() as desk:
            for _clerk in range(clerks):
                desk.create_task(clerk())
        return Found(dict(self.outcomes), dict(self.waits), dict(self.moved), self.vouchers)

    async def _once(self) -> None:
        chance = self.random.random()
        if chance < 0.15:
            name, act = "transfer", self._transfer()
        elif chance < 0.3 and self.given:
            name, act = "take back", self._take_back()
        else:
            name, act = "post", self._post()
        self.outcomes[f"{name}: {await self._tried(act)}"] += 1

    async def _tried(self, act: Do) -> str:
        """Who is told that it is busy tries the same again, as she is told."""
        for _time in range(PATIENCE):
            try:
                moved, posted = await self._done(act)
            except Unavailable as error:
                self.waits[type(error.__cause__).__name__] += 1
                continue
            except TownbridgeError as error:
                return type(error).__name__
            self.moved.update(moved)
            self.vouchers += len(posted)
            if len(posted) == 1:
                self.given.append((posted[0].voucher, moved))
            return "done"
        return "given up"

    async def _done(self, act: Do) -> Moved:
        scope = Scope.of_tenant(self.tenant, ("supplies",))
        async with (
            self.platform.database.transaction(scope) as tx,
            tenant_background(self.platform.server, tx, self.tenant, "supplies") as ctx,
        ):
            return await act(ctx)

    def _lines(self) -> list[Line]:
        lots = self.random.sample(LOTS, self.random.randint(1, len(LOTS)))
        return [Line(sku="CON-M", lot=lot, quantity=self.random.randint(1, 4), expiry=LATER) for lot in lots]

    def _post(self) -> Do:
        kind, point, lines = self.random.choice(KINDS), self.random.choice(POINTS), self._lines()
        days, key = timedelta(days=self.random.choice((0, 0, 0, 1, 3))), new_id().hex
        sign = 1 if kind in ("RETURN", "RECEIPT") else -1
        moved = Counter({line.lot: sign * line.quantity for line in lines})

        async def do(ctx: TenantCtx) -> Moved:
            return moved, [await post(ctx, Act(kind=kind, day=ctx.today - days, point=point, key=key), lines)]

        return do

    def _transfer(self) -> Do:
        (out, into), lines = self.random.sample(POINTS, 2), self._lines()

        async def do(ctx: TenantCtx) -> Moved:
            halves = (
                Act(kind="TRANSFER_OUT", day=ctx.today, point=out),
                Act(kind="TRANSFER_IN", day=ctx.today, point=into),
            )
            return Counter(), await post_pair(ctx, *halves, lines)

        return do

    def _take_back(self) -> Do:
        voucher, moved = self.random.choice(self.given[-50:])

        async def do(ctx: TenantCtx) -> Moved:
            back = await reverse(ctx, voucher, "MISTAKE")
            return Counter({lot: -count for lot, count in moved.items()}), [back]

        return do


async def main(tenant: str, clerks: str, acts: str, seed: str) -> Found:
    async with open_platform(load_settings()) as platform:
        return await Clerks(platform, UUID(tenant), int(seed)).work(int(clerks), int(acts))


if __name__ == "__main__":
    sys.stdout.write(json.encode(asyncio.run(main(*sys.argv[1:]))).decode())
