"""How often each thing is broken: a little in `make test`, in full in `make faults`."""

from __future__ import annotations

import os

from msgspec import Struct

__all__ = ["SIZES"]


class Sizes(Struct, frozen=True, kw_only=True):
    """Counts of one run. A round is a time under load that ends with the oracle."""

    is_full: bool
    workers: int
    worker_rounds: int
    worker_kills: int
    """In each round."""
    web_rounds: int
    web_kills: int
    """In each round."""
    postgres_kills: int
    redis_kills: int
    flushes: int
    sleeps: int
    """Times that a worker sleeps past its leases."""
    crash_points: int
    """Every how many of the points of a job's life is tried."""
    cuts: int
    """Times that the line to the database is cut during COMMIT, on either side of the server."""
    commits: int
    """COMMITs that fail, and as many that are cancelled."""
    interleaved: int
    migration_turns: int
    """Databases on which fifteen migrations are killed."""
    migrator_races: int
    delivered: int
    """Jobs that five runners see at once."""
    poisoned_among: int
    noise: int
    slots: int
    """Moments at which five schedulers ask for what is due."""
    full_disks: int
    seconds: float
    """For which the database is slow, or out of reach."""
    clerks: int
    """Who register people at once while things break."""


SMALL = Sizes(
    is_full=False,
    workers=2,
    worker_rounds=1,
    worker_kills=2,
    web_rounds=1,
    web_kills=1,
    postgres_kills=1,
    redis_kills=1,
    flushes=3,
    sleeps=2,
    crash_points=13,
    cuts=6,
    commits=20,
    interleaved=2000,
    migration_turns=1,
    migrator_races=1,
    delivered=40,
    poisoned_among=30,
    noise=10_000,
    slots=1,
    full_disks=0,
    seconds=1.5,
    clerks=3,
)
FULL = Sizes(
    is_full=True,
    workers=4,
    worker_rounds=200,
    worker_kills=1,
    web_rounds=10,
    web_kills=5,
    postgres_kills=20,
    redis_kills=20,
    flushes=50,
    sleeps=100,
    crash_points=1,
    cuts=200,
    commits=200,
    interleaved=10_000,
    migration_turns=3,
    migrator_races=20,
    delivered=1000,
    poisoned_among=1000,
    noise=50_000,
    slots=333,
    full_disks=5,
    seconds=10,
    clerks=4,
)
SIZES = FULL if os.environ.get("TOWNBRIDGE_TEST_FAULTS") == "full" else SMALL
