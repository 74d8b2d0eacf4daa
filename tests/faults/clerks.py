"""Clerks, who register people over the API as fast as they may, whatever happens to the server."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Self
from uuid import UUID

import httpx

from tests.faults.ledger import Command, Ledger

__all__ = ["Clerks", "Desk"]

PAUSE, LONGER_PAUSE = 0.1, 0.5
"""Seconds between two commands: as a rule, and after one that was refused."""
PATIENCE = 60.0
"""Seconds: nobody waits longer for an answer, and no command is repeated for longer."""
REPEATING = 4


class Desk:
    """Where commands are given: an address, and a token of somebody who may."""

    def __init__(self, port: int, slug: str, token: str, ledger: Ledger) -> None:
        self.port = port
        self.ledger = ledger
        self._path = f"http://127.0.0.1:{port}/api/v1/t/{slug}/registration/people"
        self._who = {"Authorization": f"Bearer {token}"}
        self.told: Counter[str] = Counter()
        """How often each answer was given: a status, or that there was none."""
        self.said = ""
        """The last answer."""

    async def give(self, client: httpx.AsyncClient, command: Command) -> str:
        """Send it once; what was answered."""
        self.ledger.leave(command)
        headers = {"Idempotency-Key": command.key, "Content-Type": "application/json"}
        try:
            answer = await client.post(self._path, content=command.body, headers=self._who | headers)
        except httpx.TransportError:
            told = "none"
        else:
            told, self.said = str(answer.status_code), answer.text
            if answer.status_code == 201:
                self.ledger.acknowledge(command, UUID(answer.json()["id"]))
            elif answer.status_code == 503 and "Retry-After" not in answer.headers:
                told = "503 without Retry-After"
        self.told[told] += 1
        return told

    async def read(self) -> int:
        """Ask for the first people of the register; the status."""
        async with new_client() as client:
            return (await client.get(self._path, headers=self._who)).status_code

    @property
    def refused(self) -> int:
        """How often a clerk was not told that it is done."""
        return self.told.total() - self.told["201"]

    async def repeat(self) -> None:
        """Give every command that was not answered once more, with its key, until it is."""
        left = iter(list(self.ledger.unanswered))

        async def insist() -> None:
            async with new_client() as client:
                for command in left:
                    async with asyncio.timeout(PATIENCE):
                        while await self.give(client, command) != "201":  # noqa: ASYNC110 -- another process is waited for
                            await asyncio.sleep(LONGER_PAUSE)

        await asyncio.gather(*(insist() for _clerk in range(REPEATING)))


class Clerks:
    """So many at one desk, for as long as the block."""

    def __init__(self, desk: Desk, count: int) -> None:
        self._desk = desk
        self._count = count
        self._are_leaving = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self._count)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._are_leaving.set()
        await asyncio.gather(*self._tasks)

    async def _work(self) -> None:
        async with new_client() as client:
            while not self._are_leaving.is_set():
                told = await self._desk.give(client, self._desk.ledger.command())
                await asyncio.sleep(PAUSE if told == "201" else LONGER_PAUSE)


def new_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=PATIENCE)
