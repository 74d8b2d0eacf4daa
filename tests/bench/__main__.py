"""`python -m tests.bench [--small] [CODE ...]`: measure, and print one table."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence

import uvloop
from msgspec.structs import replace

from tests.bench import figures, http, jobs, outbox, page, sheets, start, supplies, walls
from tests.bench.goals import Finding, missing, table
from tests.bench.sizes import FULL, SMALL, Sizes
from tests.bench.town import Bench, open_bench

__all__ = ["WORKLOADS", "measured"]

WORKLOADS: dict[str, Callable[[Bench], Awaitable[list[Finding]]]] = {
    "A": http.measure,
    "B": figures.measure,
    "C1": jobs.measure,
    "C3": outbox.measure,
    "D1": page.measure,
    "D2": start.measure,
    "E": sheets.measure,
    "F": walls.measure,
    "G": supplies.measure,
}

FEW = 60
"""People of a tenant where the API is not what is measured."""


async def measured(wanted: Sequence[str], sizes: Sizes) -> list[Finding]:
    """Each workload in a town of its own: none finds what another has left."""
    findings: list[Finding] = []
    for code, measure in WORKLOADS.items():
        if not wanted or any(code.startswith(each) for each in wanted):
            sys.stderr.write(f"{code} ...\n")
            crowd = sizes if code == "A" else replace(sizes, people=min(sizes.people, FEW))
            try:
                async with open_bench(crowd) as bench:
                    findings += await measure(bench)
            except Exception as error:  # the others are worth having
                traceback.print_exc()
                findings.append(missing(code, "the rest of it", "", f"failed: {type(error).__name__}"))
    return findings


def _sizes(is_small: bool) -> Sizes:
    sizes = SMALL if is_small else FULL
    rounds = int(os.environ.get("ROUNDS") or sizes.rounds)
    return replace(
        sizes, rounds=rounds, sheet_rounds=min(rounds, sizes.sheet_rounds), starts=min(rounds, sizes.starts)
    )


async def main(arguments: list[str]) -> None:
    wanted = [each for each in arguments if each != "--small"]
    findings = await measured(wanted, _sizes("--small" in arguments))
    sys.stdout.write(table(findings) + "\n")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1:]))
