"""`python -m tests.bench [CODE ...]`: measure, and print one table."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

import uvloop

from tests.bench import http, jobs, page, start
from tests.bench.goals import Finding, table
from tests.bench.town import Bench, open_bench

__all__ = ["main"]

WORKLOADS: dict[str, Callable[[Bench], Awaitable[list[Finding]]]] = {
    "A": http.measure,
    "C": jobs.measure,
    "D1": page.measure,
    "D2": start.measure,
}


async def main(wanted: list[str]) -> None:
    findings: list[Finding] = []
    async with open_bench() as bench:
        for code, measure in WORKLOADS.items():
            if not wanted or any(code.startswith(each) for each in wanted):
                sys.stderr.write(f"{code} ...\n")
                findings += await measure(bench)
    sys.stdout.write(table(findings) + "\n")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1:]))
