"""How many requests a caller of the API may send: counted together by all web processes, in Redis.

A general limit keeps one program from crowding out the others; it is no lock. Without Redis each process counts for
itself, and while Redis is away nobody is refused. The tries at passwords are counted elsewhere, in the database.
"""

from __future__ import annotations

import asyncio

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter

from core.kernel import clock
from core.kernel.errors import TooManyTries
from core.kernel.i18n import gettext_noop as _
from core.kernel.log import get_logger

__all__ = ["Rate"]

WINDOW = 60
SILENCE = 5.0  # seconds for which a failed Redis is left alone
SECONDS = 0.5

log = get_logger(__name__)


class Rate:
    """`per_minute` requests for each name; the window is a minute of the clock."""

    def __init__(self, per_minute: int, redis_url: str | None) -> None:
        self._item: RateLimitItem = RateLimitItemPerMinute(per_minute, namespace="townbridge-api")
        self._limiter = FixedWindowRateLimiter(_storage(redis_url))
        self._silent_until = 0.0

    async def count(self, name: str) -> None:
        """Count a request of `name`; raises `TooManyTries` with the seconds to wait."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._silent_until:
            return
        try:
            if await self._limiter.hit(self._item, name):
                return
            reset, _remaining = await self._limiter.get_window_stats(self._item, name)
        except Exception as error:  # whatever Redis does: a limit that cannot count lets everybody in
            self._silent_until = loop.time() + SILENCE
            log.warning("rate_uncounted", error=type(error).__name__)
            return
        raise TooManyTries(
            min(max(1, round(reset - clock.now().timestamp())), WINDOW),
            _("Too many requests in this minute."),
            _("Wait as long as Retry-After says, then go on."),
        )


def _storage(redis_url: str | None) -> MemoryStorage | RedisStorage:
    if redis_url is None:
        return MemoryStorage()
    url = redis_url.replace("unix://", "redis+unix://", 1)
    return RedisStorage(
        f"async+{url}",
        implementation="redispy",
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
    )
