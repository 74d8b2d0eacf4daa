"""The load: keep-alive connections that send the next request when the answer to the last one is there.

Run as a process of its own, `python -m tests.bench.load FILE`, with an `Order` in the file; it prints a `Tally`.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

__all__ = ["Order", "Tally", "pour", "request"]

SERIAL = "#SERIAL###"
"""Ten characters that become a new number in every request."""

PATIENCE = 30.0
"""Seconds in which there has to be an answer, however busy the machine is."""

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Order(Struct, frozen=True, kw_only=True):
    """What to send where; `first` is where the serial numbers begin."""

    port: int
    requests: list[str]
    seconds: float
    connections: int = 16
    first: int = 0


class Tally(Struct, frozen=True, kw_only=True):
    """How it went; times in milliseconds."""

    rate: float
    failed: int
    p50: float
    p99: float
    last: int
    status: str = ""
    """Of the first request that failed."""


def request(method: str, path: str, token: str = "", body: str = "", **headers: str) -> str:
    """A request as text; `SERIAL` may stand anywhere in it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"] if body else []
    return "\r\n".join([*lines, "", body])


async def pour(order: Order) -> Tally:
    """Have a child process do it."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(msgspec.json.encode(order))
        file.flush()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.load", file.name, stdout=asyncio.subprocess.PIPE
        )
        said, _nothing = await process.communicate()
    return msgspec.json.decode(said, type=Tally)


class Visitor(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Sequence[bytes], place: int, serial: itertools.count[int]) -> None:
        self.requests = itertools.cycle([*requests[place:], *requests[:place]])
        self.serial = serial
        self.times: list[float] = []
        self.failed = 0
        self.status = ""
        self.is_over = False
        self._expected = 0
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._expected:
            head = self._got.find(b"\r\n\r\n")
            if head < 0:
                return
            length = _LENGTH.search(self._got, 0, head)
            self._expected = head + 4 + (int(length[1]) if length else 0)
        if len(self._got) >= self._expected:
            self._answered()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_over:
            self.failed += 1

    def _answered(self) -> None:
        self.times.append(perf_counter() - self._sent)
        if self._got[9:10] != b"2":
            self.failed += 1
            self.status = self.status or self._got[:600].decode(errors="replace")
        self._got = b""
        self._expected = 0
        if not self.is_over:
            self._send()

    def _send(self) -> None:
        asked = next(self.requests)
        if b"#SERIAL###" in asked:
            asked = asked.replace(SERIAL.encode(), b"%010d" % next(self.serial))
        self._sent = perf_counter()
        self.transport.write(asked)


async def _send_all(order: Order) -> Tally:
    loop = asyncio.get_running_loop()
    requests = [text.encode() for text in order.requests]
    serial = itertools.count(order.first)
    visitors = [
        Visitor(requests, place * len(requests) // order.connections, serial)
        for place in range(order.connections)
    ]
    for visitor in visitors:
        await loop.create_connection(lambda it=visitor: it, "127.0.0.1", order.port)
    started = perf_counter()
    for _wait in range(1 + int(PATIENCE / order.seconds)):
        await asyncio.sleep(order.seconds)
        if any(visitor.times for visitor in visitors):
            break
    times = sorted(itertools.chain.from_iterable(visitor.times for visitor in visitors))
    took = perf_counter() - started
    for visitor in visitors:
        visitor.is_over = True
    await asyncio.sleep(0.2)
    return Tally(
        rate=len(times) / took,
        failed=sum(visitor.failed for visitor in visitors),
        p50=1000 * times[len(times) // 2],
        p99=1000 * times[len(times) * 99 // 100],
        last=next(serial),
        status=next((visitor.status for visitor in visitors if visitor.status), ""),
    )


def main() -> None:
    order = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Order)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.write(msgspec.json.encode(runner.run(_send_all(order))).decode())


if __name__ == "__main__":
    main()
