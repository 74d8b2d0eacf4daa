"""Lantern: a service module that only the suite installs, so that no test of the platform rests on a real one."""

from __future__ import annotations

from core.sdk import Plugin
from core.sdk import gettext_noop as _

__all__ = ["plugin"]

plugin = Plugin(
    name="lantern",
    title=_("Lanterns"),
    description=_("Lends lanterns for the way home."),
    requires_sdk=">=1.0,<2",
    order=90,
)
