"""The same cells with Django: `tenant N` one aggregate a tenant and table, `cell N` one query for each cell.

Says how many seconds the first N tenants took.
"""
# isort: skip_file
# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from time import perf_counter
from typing import Any
from uuid import UUID

from tests.bench.peers import project  # noqa: F401 -- before all else: it configures Django
from tests.bench.peers import models as m

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

TABLES = [m.event_table(number) for number in range(4)]
METRICS = [(table, kind) for table in range(4) for kind in range(4)][:15]
AGGREGATES = {
    **{f"k{kind}": Count("id", filter=Q(kind=kind)) for kind in range(3)},
    "k3": Sum("quantity"),
}


def periods(day: date) -> tuple[str, str, str]:
    return f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}", f"{day.year}"


def a_tenant_at_a_time(tenants: list[UUID]) -> None:
    for tenant in tenants:
        cells: Counter[tuple[str, int]] = Counter()
        for number, table in enumerate(TABLES):
            rows = (
                table.objects.filter(tenant_id=tenant)
                .annotate(month=TruncMonth("day"))
                .values("month")
                .annotate(**AGGREGATES)
            )
            for row in rows:
                for place, (of, kind) in enumerate(METRICS):
                    if of == number:
                        for period in periods(row["month"]):
                            cells[period, place] += row[f"k{kind}"]
        m.Cell.objects.bulk_create(
            (_cell(tenant, period, place, num) for (period, place), num in cells.items()),
            update_conflicts=True,
            update_fields=["num"],
            unique_fields=["key"],
        )


def cell_by_cell(tenants: list[UUID]) -> None:
    for tenant in tenants:
        months = {
            day.replace(day=1) for day in TABLES[0].objects.filter(tenant_id=tenant).dates("day", "month")
        }
        for period in sorted({period for month in months for period in periods(month)}):
            days = {"day__gte": _days(period)[0], "day__lt": _days(period)[1]}
            for place, (number, kind) in enumerate(METRICS):
                events = TABLES[number].objects.filter(tenant_id=tenant, **days)
                num = (
                    events.aggregate(n=Sum("quantity"))["n"]
                    if kind == 3
                    else events.filter(kind=kind).count()
                )
                cell = _cell(tenant, period, place, num or 0)
                told = {name: getattr(cell, name) for name in ("tenant_id", "period", "indicator", "num")}
                m.Cell.objects.update_or_create(key=cell.key, defaults=told)


def _days(period: str) -> tuple[date, date]:
    year, _hyphen, rest = period.partition("-")
    first = int(rest[1:]) * 3 - 2 if rest.startswith("Q") else int(rest or 1)
    months = 3 if rest.startswith("Q") else 1 if rest else 12
    last = int(year) * 12 + first - 1 + months
    return date(int(year), first, 1), date(last // 12, last % 12 + 1, 1)


def _cell(tenant: UUID, period: str, place: int, num: Any) -> m.Cell:
    code = f"EVT-{place + 1:02}"
    return m.Cell(tenant_id=tenant, period=period, indicator=code, num=num, key=f"{tenant}{period}{code}")


if __name__ == "__main__":
    wanted = list(
        TABLES[0]
        .objects.order_by("tenant_id")
        .values_list("tenant_id", flat=True)
        .distinct()[: int(sys.argv[2])]
    )
    started = perf_counter()
    {"tenant": a_tenant_at_a_time, "cell": cell_by_cell}[sys.argv[1]](wanted)
    sys.stdout.write(f"{perf_counter() - started}\n")
    sys.stdout.flush()
