"""Contexts for the platform's own pages: like a plug-in's, and besides the list of what is installed."""

from __future__ import annotations

from typing import Any

from core.host.health import Health
from core.host.registry import Registry
from core.sdk.ctx import TenantCtx, TownCtx

__all__ = ["PortalCtx", "TownHallCtx"]


class PortalCtx(TenantCtx):
    """A page of the tenant portal; no plug-in is ever given one."""

    def __init__(self, *, registry: Registry, **common: Any) -> None:
        super().__init__(**common)
        self.registry = registry


class TownHallCtx(TownCtx):
    """A page of the town; `health` counts the faults of the plug-ins in this process."""

    def __init__(self, *, registry: Registry, health: Health, **common: Any) -> None:
        super().__init__(**common)
        self.registry = registry
        self.health = health
