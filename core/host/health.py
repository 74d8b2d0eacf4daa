"""How the plug-ins are doing in this process: faults and time-outs, for the town's page and for metrics."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from core.kernel import clock
from core.kernel.log import get_logger

__all__ = ["Health"]

log = get_logger(__name__)


class Health:
    """Counts since the start of the process; names and kinds of faults, never their data."""

    def __init__(self) -> None:
        self.faults: Counter[tuple[str, str]] = Counter()
        self.last: dict[str, datetime] = {}

    def failed(self, owner: str, fault: str) -> None:
        self.faults[owner, fault] += 1
        self.last[owner] = clock.now()
        log.error("plugin_failed", plugin=owner, fault=fault)

    def count(self, owner: str) -> int:
        return sum(number for (name, _), number in self.faults.items() if name == owner)
