"""What a plug-in says about itself."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["SDK_VERSION", "Plugin"]

SDK_VERSION = "1.1"


class Plugin(Struct, frozen=True, kw_only=True):
    """The object `plugin` of a plug-in's `plugin.py`.

    `name` is also its folder, its PostgreSQL schema, the prefix of its permissions, jobs and events, and its
    part of every address. `requires_sdk` is a version range such as `>=1.0,<2`: within a major version the
    SDK only grows.
    """

    name: str
    title: str
    description: str
    requires_sdk: str
    version: str = "1.0"
    order: int = 100
