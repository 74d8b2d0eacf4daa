"""The embedded PostgreSQL and Redis: real servers in the home folder, shared by all processes."""

from __future__ import annotations

from core.kernel.embedded.status import ServerStatus, Status
from core.kernel.embedded.supervisor import Services

__all__ = ["ServerStatus", "Services", "Status"]
