"""The embedded PostgreSQL and Redis: real servers in the home folder, shared by all processes."""

from __future__ import annotations

from core.kernel.embedded.checks import LIST, check_copy
from core.kernel.embedded.programs import find_programs, postgres_version
from core.kernel.embedded.status import ServerStatus, Status
from core.kernel.embedded.supervisor import Services

__all__ = [
    "LIST",
    "ServerStatus",
    "Services",
    "Status",
    "check_copy",
    "find_programs",
    "postgres_version",
]
