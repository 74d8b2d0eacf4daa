"""What a plug-in says about itself."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

__all__ = ["SDK_VERSION", "Plugin"]

SDK_VERSION = "1.5"


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
    acts: Mapping[str, str] = {}
    """The words of the records: for every action that the plug-in notes a sentence, `name.thing.verb` -> message
    id, such as `_("lent a lantern for %(days)s days")`; it is filled in with the act's `detail`."""
    things: Mapping[str, str] = {}
    """The words for the kinds of things that its acts are about: `kind` -> message id."""
