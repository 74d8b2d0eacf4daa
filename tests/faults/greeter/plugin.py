"""Greeter: a module of the fault harness alone, whose job has an effect that shows when it is made twice."""

from __future__ import annotations

from core.sdk import Plugin
from core.sdk import gettext_noop as _

__all__ = ["plugin"]

plugin = Plugin(
    name="greeter",
    title=_("Greeter"),
    description=_("Greets everybody who was registered, once."),
    requires_sdk=">=1.0,<2",
    order=95,
)
