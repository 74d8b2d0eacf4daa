"""Contexts for the platform's own pages: like a plug-in's, and besides what is installed, and the server.

With `server` a page does what needs a transaction of its own (`neighbours.aside`), such as acts in other places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.host.health import Health
from core.host.registry import Registry
from core.sdk.ctx import TenantCtx, TownCtx

if TYPE_CHECKING:
    from core.host.serving import Server

__all__ = ["PortalCtx", "TownHallCtx"]


class PortalCtx(TenantCtx):
    """A page of the tenant portal; no plug-in is ever given one."""

    def __init__(self, *, registry: Registry, server: Server, **common: Any) -> None:
        super().__init__(**common)
        self.registry = registry
        self.server = server


class TownHallCtx(TownCtx):
    """A page of the town; `health` counts the faults of the plug-ins in this process."""

    def __init__(self, *, registry: Registry, server: Server, health: Health, **common: Any) -> None:
        super().__init__(**common)
        self.registry = registry
        self.server = server
        self.health = health
