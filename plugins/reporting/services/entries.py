"""What is filled in by hand, as it stands in the draft."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from core.sdk import TenantCtx, now
from plugins.reporting.tables import Entry

__all__ = ["Filled", "entries_of", "is_filled", "write_entries"]


class Filled(Struct, frozen=True, kw_only=True):
    """A cell of the draft; None is not filled in yet."""

    number: int | None = None
    remark: str = ""


async def entries_of(period: str) -> dict[tuple[str, str], Filled]:
    """By indicator and cut."""
    rows = await Entry.select().where(Entry.period == period)
    return {
        (row["indicator"], row["cut"]): Filled(number=row["number"], remark=row["remark"]) for row in rows
    }


async def is_filled(period: str, filled: Mapping[tuple[str, str], Filled]) -> bool:
    """Whether the draft says just this."""
    known = await entries_of(period)
    return all(known.get(key, Filled()) == value for key, value in filled.items())


async def write_entries(ctx: TenantCtx, period: str, filled: Mapping[tuple[str, str], Filled]) -> int:
    """Keep the cells; how many of them changed."""
    known = await entries_of(period)
    changed = {key: value for key, value in filled.items() if known.get(key, Filled()) != value}
    moment = now()
    await Entry.insert_many(
        ("period", "indicator", "cut", "number", "remark", "changed_at", "changed_by"),
        [
            (period, indicator, cut, value.number, value.remark, moment, ctx.actor.id)
            for (indicator, cut), value in changed.items()
        ],
        key=("period", "indicator", "cut"),
    )
    if changed:
        ctx.audit("reporting.cell.fill", "report", None, detail={"period": period, "cells": len(changed)})
    return len(changed)
