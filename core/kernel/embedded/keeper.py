"""The watchdog of one process: once a second it looks whether the servers live, and brings them back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.kernel.errors import TownbridgeError
from core.kernel.log import get_logger

__all__ = ["Keeper"]

PERIOD = 1.0
LONGEST = 30.0
"""Seconds between looks: normally, and at most when bringing back fails again and again."""

log = get_logger(__name__)


class Keeper:
    """Calls `look` until it is stopped; a failing look is reported and tried again, ever more slowly."""

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="townbridge-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def is_ending(self) -> bool:
        return self._end.is_set()

    def stop(self) -> None:
        """Ask it to end, and wait unless it is deep in a restart: `look` has to mind `is_ending` then."""
        self._end.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def _watch(self) -> None:
        pause = PERIOD
        while not self._end.wait(pause):
            try:
                self._look()
                pause = PERIOD
            except (TownbridgeError, OSError) as error:
                pause = min(pause * 2, LONGEST)
                log.warning("embedded.not_back", error=str(error), again_in=pause)
