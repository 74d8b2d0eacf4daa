"""How much of everything: the full size, and one that only shows that all workloads run."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["FULL", "SMALL", "Sizes"]


class Sizes(Struct, frozen=True, kw_only=True):
    """What `make bench` measures with; performance.md says where a size of it differs from the definition."""

    rounds: int = 5
    seconds: float = 1.5
    """Of one pour of requests."""
    tenants: int = 20
    people: int = 1000
    connections: tuple[int, ...] = (16, 64)

    jobs: int = 60
    noops: int = 2000
    plain_jobs: int = 15
    """arq asks every half second, so each of its jobs takes long, and few show it."""
    plain_noops: int = 300
    celery_noops: int = 1000
    emitted: int = 1000
    starts: int = 3

    places: int = 500
    """Tenants with events to roll up, and a tenth of it for the growth."""
    events: int = 5_000_000
    written_seconds: float = 8.0
    writes: int = 400
    """A second."""

    sheet_rows: int = 100_000
    sheet_rounds: int = 3
    walled_rows: tuple[int, ...] = (200_000, 2_000_000)
    walled_seconds: float = 0.5
    ledger: int = 20_000
    """Lines of a unit's ledger of supplies, and ten times as many."""


FULL = Sizes()

SMALL = Sizes(
    rounds=2, seconds=1.0, tenants=3, people=60, connections=(4,), jobs=8, noops=60, plain_jobs=3,
    plain_noops=20, celery_noops=40, emitted=30, starts=1, places=20, events=20_000, written_seconds=1.5,
    writes=60, sheet_rows=400, sheet_rounds=1, walled_rows=(4_000,), walled_seconds=0.1, ledger=500,
)  # fmt: skip
