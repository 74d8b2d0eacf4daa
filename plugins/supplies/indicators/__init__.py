"""SUP-01 to SUP-11: what was handed out and to how many, where it was missing, what was lost, what lies there."""

from __future__ import annotations

from plugins.supplies.indicators.flows import FLOWS
from plugins.supplies.indicators.served import SERVED
from plugins.supplies.indicators.standing import STANDING

__all__ = ["INDICATORS"]

INDICATORS = (*FLOWS, *SERVED, *STANDING)
