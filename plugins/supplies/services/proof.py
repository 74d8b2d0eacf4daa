"""The proof of a unit's stock: what lies there is what the entries add up to, and no balance was ever below 0."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from piccolo.query.functions.aggregate import Sum

from core.sdk import TenantCtx
from plugins.supplies.services.books import last_book
from plugins.supplies.tables import Entry, Stock

__all__ = ["faults_of_stock"]

Goods = tuple[str, str, str]


async def faults_of_stock(ctx: TenantCtx) -> list[str]:
    """A sentence for each lot that is not in order, for `townbridge verify`."""
    changes = await _changes()
    book = await last_book(ctx)
    current = {
        goods: sum(days.values()) for (of, goods), days in changes.items() if book and of == book.starts_on
    }
    stock = {
        (row["point"], row["sku"], row["lot"]): row["balance"]
        for row in await Stock.select(Stock.point, Stock.sku, Stock.lot, Stock.balance)
    }
    found = [
        f"{_told(goods)} lie {stock.get(goods, 0)}, and the entries add up to {current.get(goods, 0)}."
        for goods in sorted(stock.keys() | current.keys())
        if stock.get(goods, 0) != current.get(goods, 0)
    ]
    return found + [
        f"{_told(goods)} there were {balance} on {day}."
        for (_of, goods), days in sorted(changes.items())
        for day, balance in _below_zero(days)
    ]


def _told(goods: Goods) -> str:
    point, sku, lot = goods
    return f"At {point} of {sku}, lot {lot},"


def _below_zero(days: dict[date, int]) -> Iterator[tuple[date, int]]:
    balance = 0
    for day in sorted(days):
        balance += days[day]
        if balance < 0:
            yield day, balance


async def _changes() -> dict[tuple[date, Goods], dict[date, int]]:
    """By book and goods: what each day changed."""
    rows: list[dict[str, Any]] = await Entry.select(
        Entry.book, Entry.point, Entry.sku, Entry.lot, Entry.day, Sum(Entry.change, alias="change")
    ).group_by(Entry.book, Entry.point, Entry.sku, Entry.lot, Entry.day)
    found: dict[tuple[date, Goods], dict[date, int]] = defaultdict(dict)
    for row in rows:
        found[row["book"], (row["point"], row["sku"], row["lot"])][row["day"]] = row["change"]
    return found
