"""The demonstration town: invented people in an invented place, written as an exchange folder."""

from __future__ import annotations

from core.demo.generator import generate

__all__ = ["generate"]
