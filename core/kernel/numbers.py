"""Whole numbers from outside, within what the database holds."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

__all__ = ["Version"]

Version = Annotated[int, Meta(ge=0, le=2_000_000_000)]
"""Of a row or a report: which one stood on the page."""
