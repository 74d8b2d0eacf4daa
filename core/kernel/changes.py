"""Which figures a transaction made stale: collected while it runs, handed over once before it commits.

The kernel knows no figures; the composition root names the sink that writes the marks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from msgspec import Struct

from core.kernel.db import Transaction

__all__ = ["Change", "changed", "set_sink"]


class Change(Struct, frozen=True):
    """Rows of `source` (`schema.table`) dated `day` changed; `is_onwards`: so did every later day's state."""

    source: str
    day: date
    is_onwards: bool = False


Sink = Callable[[Transaction, Sequence[Change]], Awaitable[None]]

_sink: Sink | None = None


def set_sink(sink: Sink | None) -> None:
    """Name who is told, in the transaction, before it commits; without a sink (a bare kernel) nobody is."""
    global _sink
    _sink = sink


def changed(tx: Transaction, source: str, day: date, onwards: bool = False) -> None:
    """Say that rows of `source` dated `day` changed; `onwards`: they are a state that holds from then on."""
    tx.defer(_handed_over, Change(source, day, onwards))


async def _handed_over(tx: Transaction, changes: list[Change]) -> None:
    if _sink is not None:
        await _sink(tx, list(dict.fromkeys(changes)))
