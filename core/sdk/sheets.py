"""Spreadsheets in and out: read in a throw-away child process, written without formulas."""

from __future__ import annotations

from core.kernel.sheets import *  # noqa: F403
from core.kernel.sheets import __all__ as __all__
