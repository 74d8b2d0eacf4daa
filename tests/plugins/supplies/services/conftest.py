"""A product with the rules that a test is about."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Product(Struct, frozen=True, kw_only=True):
    sku: str = "COC-LNG21"
    method: str = "COC"
    gate: str = "none"
    cap: int | None = None
    max_per_visit: int | None = None
    max_per_30d: int | None = None
    min_interval_days: int | None = None
    min_age: int | None = None


def product(**rules: Any) -> Any:
    return Product(**rules)
