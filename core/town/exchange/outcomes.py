"""What became of the files of a year, kept for the town and for `export imports`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.kernel import audit, clock
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.sdk.exchange import FileOutcome
from core.town.tables import ExchangeFile

__all__ = ["COLUMNS", "keep_outcomes", "last_year", "outcomes_of"]

COLUMNS = ("file", "sheet", "rows", "accepted", "rejected", "warnings")

_KEEP = """
INSERT INTO town.exchange_file
    (id, region_id, year, file, sheet, rows, accepted, rejected, warnings, loaded_at)
SELECT u.id, $1, $2, u.file, u.sheet, u.rows, u.accepted, u.rejected, u.warnings, $3
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::int[], $8::int[], $9::int[], $10::int[])
     AS u (id, file, sheet, rows, accepted, rejected, warnings)
ON CONFLICT (region_id, year, file, sheet) DO UPDATE SET
    rows = excluded.rows, accepted = excluded.accepted, rejected = excluded.rejected,
    warnings = excluded.warnings, loaded_at = excluded.loaded_at
WHERE (exchange_file.rows, exchange_file.accepted, exchange_file.rejected, exchange_file.warnings)
      IS DISTINCT FROM (excluded.rows, excluded.accepted, excluded.rejected, excluded.warnings)
"""


async def keep_outcomes(
    database: Database, region_id: UUID, year: int, outcomes: Sequence[FileOutcome]
) -> None:
    """Remember each file's numbers; the same numbers again change nothing."""
    whole = [outcome for outcome in outcomes if not outcome.broken]
    if not whole:
        return
    async with database.transaction(Scope.town(region_id)) as transaction:
        changed = await transaction.execute(
            _KEEP,
            region_id,
            year,
            clock.now(),
            [new_id() for _ in whole],
            [outcome.file for outcome in whole],
            [outcome.sheet for outcome in whole],
            [outcome.rows for outcome in whole],
            [outcome.accepted for outcome in whole],
            [outcome.rejected for outcome in whole],
            [outcome.warnings for outcome in whole],
        )
        if changed:
            audit.record(
                transaction,
                "town.exchange.load",
                "region",
                region_id,
                detail={"year": year, "files": changed},
            )


async def outcomes_of(region_id: UUID, year: int) -> list[dict[str, object]]:
    """The numbers of a year's files in order, for the scope of their town."""
    table = ExchangeFile
    columns = [getattr(table, name) for name in COLUMNS]
    return (
        await table.select(*columns)
        .where((table.region_id == region_id) & (table.year == year))
        .order_by(table.file)
        .order_by(table.sheet)
    )


async def last_year(region_id: UUID) -> int | None:
    """The latest year of which the town was given files, for the scope of the town; None before the first."""
    table = ExchangeFile
    newest = (
        table.select(table.year).where(table.region_id == region_id).order_by(table.year, ascending=False)
    )
    row = await newest.first()
    return row["year"] if row else None
