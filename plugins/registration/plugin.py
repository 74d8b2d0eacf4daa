"""Registration: who is here, since when, and how she is reached."""

from __future__ import annotations

from core.sdk import Plugin
from core.sdk import gettext_noop as _

__all__ = ["plugin"]

plugin = Plugin(
    name="registration",
    title=_("Registration"),
    description=_("Registers people who ask for it, keeps who is here, helps with residence permits."),
    requires_sdk=">=1.0,<2",
    order=10,
)
