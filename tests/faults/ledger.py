"""The ledger: what was commanded, what was acknowledged, and what nobody knows."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

__all__ = ["CANARY", "Command", "Ledger"]

CANARY = "金丝雀"
"""Every name in the ledger begins so; where it turns up outside the database, somebody was given away."""

_serial = itertools.count(1)


class Command(Struct, frozen=True, kw_only=True):
    """Register somebody with a name of her own and no number: only the key keeps a repetition from doubling her."""

    key: str
    name: str

    @property
    def body(self) -> bytes:
        told = {"name": self.name, "village": "桥头社区", "contact": "村口小店", "is_acknowledged": True}
        return msgspec.json.encode(told)


class Ledger:
    """Of each command: acknowledged with the person's id, or sent and never answered."""

    def __init__(self) -> None:
        self.acknowledged: dict[Command, UUID] = {}
        self.unanswered: set[Command] = set()

    def command(self) -> Command:
        return Command(key=str(uuid4()), name=f"{CANARY}{next(_serial):06}")

    def acknowledge(self, command: Command, person: UUID) -> None:
        self.unanswered.discard(command)
        self.acknowledged[command] = person

    def leave(self, command: Command) -> None:
        """It was sent, and the answer was an error or none."""
        self.unanswered.add(command)

    def lost(self, kept: Mapping[str, int]) -> list[str]:
        """Acknowledged, and not in the books; `kept` counts the people of each name."""
        return [command.name for command in self.acknowledged if not kept.get(command.name)]

    def double(self, kept: Mapping[str, int]) -> list[str]:
        """More than once in the books, or never commanded at all."""
        commanded = {command.name for command in (*self.acknowledged, *self.unanswered)}
        return [name for name, count in kept.items() if count > 1 or name not in commanded]
