"""Cabinet: one drawer for each compartment, so that the walls inside a unit are tried before all modules exist."""

from __future__ import annotations

from core.sdk import Plugin
from core.sdk import gettext_noop as _

__all__ = ["plugin"]

plugin = Plugin(
    name="cabinet",
    title=_("Cabinet"),
    description=_("A drawer for each compartment."),
    requires_sdk=">=1.0,<2",
    order=95,
)
