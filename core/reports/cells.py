"""The cells of a submission: taken once, never changed, compared with each other and with the figures of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from core.figures.read import Figure, Figures, cell_of
from core.kernel.db import Row, Transaction

__all__ = [
    "CellSource",
    "Changed",
    "HandCell",
    "Submitted",
    "add_computed",
    "add_hand",
    "changed_between",
    "changed_since",
    "figures_in",
    "figures_of_submissions",
    "submitted_cells",
]

CellSource = Literal["computed", "hand"]


class HandCell(Struct, frozen=True, kw_only=True):
    """A cell as the unit fills it in; `remark` explains it, also for a computed cell (then without a value)."""

    indicator: str
    cut: str
    value: int | None
    remark: str = ""


class Submitted(Struct, frozen=True, kw_only=True):
    """A cell of a submission."""

    figure: Figure
    source: CellSource
    remark: str


class Changed(Struct, frozen=True, kw_only=True):
    """A cell that is not what it was; None where there is no such cell."""

    indicator: str
    cut: str
    before: Figure | None
    after: Figure | None


_COMPUTED = """
INSERT INTO reports.cell
    (tenant_id, region_id, report_id, submission, indicator, cut, num, divisor, den, source, remark)
SELECT $1, $2, $3, $4, f.indicator, f.cut, f.num, f.divisor, f.den, 'computed', coalesce(r.remark, '')
FROM figures.figure f
LEFT JOIN unnest($7::text[], $8::text[], $9::text[]) AS r(indicator, cut, remark)
    ON r.indicator = f.indicator AND r.cut = f.cut
WHERE f.tenant_id = $1 AND f.period = $5 AND f.indicator = ANY($6::text[])
    AND NOT EXISTS (SELECT FROM reports.cell c WHERE c.tenant_id = $1 AND c.report_id = $3
        AND c.submission = $4 AND c.source = 'computed')
ON CONFLICT DO NOTHING
"""

_HAND = """
INSERT INTO reports.cell (tenant_id, region_id, report_id, submission, indicator, cut, num, source, remark)
SELECT $1, $2, $3, $4, u.indicator, u.cut, u.num, 'hand', u.remark
FROM unnest($5::text[], $6::text[], $7::numeric[], $8::text[]) AS u(indicator, cut, num, remark)
"""

_OF_SUBMISSION = """
SELECT indicator, cut, num, divisor, den, source, remark FROM reports.cell
WHERE tenant_id = $1 AND report_id = $2 AND submission = $3
"""

_OF_SEVERAL = """
SELECT c.report_id, c.indicator, c.cut, c.num, c.divisor, c.den
FROM reports.cell c JOIN unnest($1::uuid[], $2::uuid[], $3::int[]) AS w(tenant_id, report_id, submission)
    ON c.tenant_id = w.tenant_id AND c.report_id = w.report_id AND c.submission = w.submission
WHERE c.tenant_id = ANY($1::uuid[])
"""

_BETWEEN = """
SELECT coalesce(a.indicator, b.indicator) AS indicator, coalesce(a.cut, b.cut) AS cut,
    b.num AS before_num, b.divisor AS before_divisor, b.den AS before_den,
    a.num AS after_num, a.divisor AS after_divisor, a.den AS after_den
FROM (SELECT * FROM reports.cell WHERE tenant_id = $1 AND report_id = $2 AND submission = $3) b
FULL JOIN (SELECT * FROM reports.cell WHERE tenant_id = $1 AND report_id = $2 AND submission = $4) a
    ON a.indicator = b.indicator AND a.cut = b.cut
WHERE (a.num, a.divisor, a.den) IS DISTINCT FROM (b.num, b.divisor, b.den)
ORDER BY 1, 2
"""

# Of what was computed then; what was filled in by hand changes by a submission alone.
_SINCE = """
SELECT coalesce(a.indicator, b.indicator) AS indicator, coalesce(a.cut, b.cut) AS cut,
    b.num AS before_num, b.divisor AS before_divisor, b.den AS before_den,
    a.num AS after_num, a.divisor AS after_divisor, a.den AS after_den
FROM (
    SELECT * FROM reports.cell
    WHERE tenant_id = $1 AND report_id = $2 AND submission = $3 AND source = 'computed'
) b
FULL JOIN (
    SELECT * FROM figures.figure WHERE tenant_id = $1 AND period = $4 AND indicator IN (
        SELECT c.indicator FROM reports.cell c
        WHERE c.tenant_id = $1 AND c.report_id = $2 AND c.submission = $3 AND c.source = 'computed')
) a ON a.indicator = b.indicator AND a.cut = b.cut
WHERE (a.num, a.divisor, a.den) IS DISTINCT FROM (b.num, b.divisor, b.den)
ORDER BY 1, 2
"""


async def add_hand(
    tx: Transaction, region: UUID, report: UUID, submission: int, cells: Sequence[HandCell]
) -> None:
    """The cells that the unit filled in; in the tenant's scope."""
    await tx.execute(
        _HAND,
        tx.scope.tenant,
        region,
        report,
        submission,
        [cell.indicator for cell in cells],
        [cell.cut for cell in cells],
        [cell.value for cell in cells],
        [cell.remark for cell in cells],
    )


async def add_computed(
    tx: Transaction,
    region: UUID,
    report: UUID,
    submission: int,
    period: str,
    indicators: Sequence[str],
    remarks: Sequence[HandCell] = (),
) -> int:
    """The figures of these indicators as they stand, with every breakdown; how many.

    Once for a submission: again it adds nothing, whatever cells the figures have by then.
    """
    return await tx.execute(
        _COMPUTED,
        tx.scope.tenant,
        region,
        report,
        submission,
        period,
        list(indicators),
        [cell.indicator for cell in remarks],
        [cell.cut for cell in remarks],
        [cell.remark for cell in remarks],
    )


async def submitted_cells(tx: Transaction, tenant: UUID, report: UUID, submission: int) -> list[Submitted]:
    """Every cell of a submission, exactly; in the tenant's scope or its town's."""
    rows = await tx.fetch(_OF_SUBMISSION, tenant, report, submission)
    return [
        Submitted(
            figure=_figure(row, row["indicator"], row["cut"]), source=row["source"], remark=row["remark"]
        )
        for row in rows
    ]


async def figures_of_submissions(
    tx: Transaction, submissions: Sequence[tuple[UUID, UUID, int]]
) -> dict[UUID, Figures]:
    """By report: the cells of several submissions (tenant, report, number), in one question."""
    tenants, reports, numbers = zip(*submissions, strict=True) if submissions else ((), (), ())
    cells: dict[UUID, list[Figure]] = {report: [] for report in reports}
    for row in await tx.fetch(_OF_SEVERAL, list(tenants), list(reports), list(numbers)):
        cells[row["report_id"]].append(_figure(row, row["indicator"], row["cut"]))
    return {report: Figures(found) for report, found in cells.items()}


def figures_in(cells: Sequence[Submitted]) -> Figures:
    """The cells as the figures that pages know."""
    return Figures(cell.figure for cell in cells)


async def changed_between(
    tx: Transaction, tenant: UUID, report: UUID, before: int, after: int
) -> list[Changed]:
    """What a submission changed against an earlier one."""
    return [_changed(row) for row in await tx.fetch(_BETWEEN, tenant, report, before, after)]


async def changed_since(
    tx: Transaction, tenant: UUID, report: UUID, submission: int, period: str
) -> list[Changed]:
    """What the figures of today say otherwise than the submission: somebody corrected the books meanwhile."""
    return [_changed(row) for row in await tx.fetch(_SINCE, tenant, report, submission, period)]


def _changed(row: Row) -> Changed:
    return Changed(
        indicator=row["indicator"],
        cut=row["cut"],
        before=_half(row, "before"),
        after=_half(row, "after"),
    )


def _half(row: Row, name: str) -> Figure | None:
    if row[f"{name}_divisor"] is None:
        return None
    parts = {part: row[f"{name}_{part}"] for part in ("num", "divisor", "den")}
    return _figure(parts, row["indicator"], row["cut"])


def _figure(row: Mapping[str, Any], indicator: str, cut: str) -> Figure:
    return cell_of({**row, "indicator": indicator, "cut": cut, "period": ""})
