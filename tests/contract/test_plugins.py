"""Every plug-in that the suite installs is held to the contract by the line that an author writes."""

from __future__ import annotations

from core.contract import *  # noqa: F403
