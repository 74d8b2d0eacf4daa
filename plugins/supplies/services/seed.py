"""The catalogue that the product comes with, until a town publishes its own."""

from __future__ import annotations

from plugins.supplies.services.catalogue import Product

__all__ = ["FACTOR_SET", "PRODUCTS"]

FACTOR_SET = "USAID/FHI360 2022"

PRODUCTS = (
    Product(
        sku="CON-M",
        name_zh="男用避孕套",
        name_en="Male condom",
        method="MALE_CONDOM",
        unit_zh="只",
        unit_en="piece",
        pack=10,
        cyp="1/120",
        figure="SUP-01",
        is_anonymous_allowed=True,
        is_tracer=True,
        max_per_year=120,
        shelf_life_months=60,
    ),
)
