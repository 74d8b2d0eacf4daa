"""The commands of `townbridge`, a module for each noun."""

from __future__ import annotations

__all__: list[str] = []
