"""What the product makes of a folder, in the words of the oracle."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from uuid import UUID

from core.app import Platform
from core.figures.export import exported
from core.figures.periods import parse_period
from core.figures.protection import Protection
from core.figures.published import published_table
from core.host.background import tenant_background
from core.kernel.scope import Scope
from core.sdk.exchange import Covered
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import Tenant, list_tenants
from core.tenancy.town_settings import town_settings
from core.town.exchange import LoadReport, load_folder
from core.town.exchange.outcomes import outcomes_of
from plugins.supplies.imports.balances import balances_of
from tests.oracle.oracle import Cell, Line, Note, Oracle

__all__ = ["COUNTED", "JUDGED", "books_of", "differences", "load", "tenants_of", "unlike"]

JUDGED = ("rosters/", "movements.csv", "reports/", "supplies/")
"""The files that the oracle judges as well."""

COUNTED = (
    "POP-01", "POP-02", "POP-03", "POP-04", "POP-05", "EMP-01", "COM-02", "QUA-01",
    "SUP-01", "SUP-02", "SUP-03", "SUP-04", "SUP-05", "SUP-06", "SUP-08",
)  # fmt: skip
"""The indicators that the oracle counts as well."""

KEPT = (
    "people.person", "people.movement", "people.residence", "people.pseudonym", "registration.record",
    "tenancy.firm", "tenancy.activation", "identity.membership",
    "reports.report", "reports.step", "reports.cell", "reporting.entry",
    "supplies.point", "supplies.book", "supplies.voucher", "supplies.entry", "supplies.stock", "supplies.recipient",
    "supplies.catalogue", "supplies.recall",
)  # fmt: skip


async def load(platform: Platform, folder: Path) -> LoadReport:
    """Load a folder; its figures are up to date then."""
    return await load_folder(platform.server, folder, lambda _what, _done, _total: None)


async def differences(platform: Platform, oracle: Oracle, report: LoadReport | None = None) -> list[str]:
    """Whatever the product says otherwise than the oracle, a line each; without a report of the figures alone."""
    found = unlike("figure", set(oracle.figures.items()), set((await _figures(platform, oracle)).items()))
    told = oracle.published
    if _counts_unregistered(oracle):
        # How many people are present where none are registered the product cannot know: it shows nothing of them.
        told = {row for row in told if not row[1].startswith("SUP")}
    found += unlike("published", told, await _published(platform, oracle, told))
    if oracle.supplies.rows is not None:
        found += unlike("balance", oracle.supplies.balances, await _balances(platform, oracle))
    if report is None:
        return found
    notes: set[Note] = {(n.file, n.sheet, n.row, n.severity, n.reason, n.column) for n in report.notes}
    found += unlike("note", oracle.notes, {note for note in notes if note[0].startswith(JUDGED)})
    found += unlike("import", oracle.lines, await _lines(platform, oracle))
    return found + [f"broken: {outcome.file}: {outcome.broken}" for outcome in report.broken]


async def books_of(platform: Platform, code: str) -> list[object]:
    """How many rows there are of everything in a town, how often they were changed, and the audit lines."""
    async with platform.database.transaction(Scope.town(await _region(platform, code))) as tx:
        told: list[object] = [await tx.fetchval("SELECT max(seq) FROM kernel.audit")]
    for tenant in await tenants_of(platform, code):
        told.append(tenant)
        async with platform.database.transaction(
            Scope.of_tenant(tenant.id, ["registry", "reports", "supplies"])
        ) as tx:
            told += [await tx.fetchval(f"SELECT count(*) FROM {name}") for name in KEPT]
            told.append(await tx.fetchval("SELECT sum(version) FROM people.person"))
            told.append(await tx.fetchval("SELECT sum(version) FROM reports.report"))
            told.append(await tx.fetchval("SELECT max(seq) FROM kernel.audit"))
    return told


async def tenants_of(platform: Platform, code: str) -> Sequence[Tenant]:
    """In order of code."""
    async with platform.database.transaction(Scope.town(await _region(platform, code))) as tx:
        return await list_tenants(tx)


def unlike(what: str, right: AbstractSet[object], told: AbstractSet[object]) -> list[str]:
    """What is missing, and what is too much."""
    missing = [f"{what} missing: {each}" for each in sorted(right - told, key=str)]
    return missing + [f"{what} too much: {each}" for each in sorted(told - right, key=str)]


async def _figures(platform: Platform, oracle: Oracle) -> dict[Cell, tuple[str, str]]:
    """The exported figures of the town and year of the oracle's folder, as far as it counts them."""
    region = await _region(platform, oracle.code)
    async with platform.database.transaction(Scope.nobody(), login="figures") as tx:
        rows = [row async for row in exported(tx, platform.catalogue, region=region, year=oracle.year)]
    return {
        (row.level, row.unit, row.period, row.indicator, row.cut): (row.num, row.den)
        for row in rows
        if row.indicator in COUNTED
    }


def _counts_unregistered(oracle: Oracle) -> bool:
    return any(
        "registration" not in tenant.plugins and oracle.people[code]
        for code, tenant in oracle.tenants.items()
    )


async def _published(
    platform: Platform, oracle: Oracle, told: AbstractSet[tuple[str, str, str, str]]
) -> set[tuple[str, str, str, str]]:
    region = await _region(platform, oracle.code)
    async with platform.database.transaction(Scope.town(region)) as tx:
        protection = Protection.of(await town_settings(tx))
        rows = [
            row
            async for row in published_table(
                tx, platform.catalogue, region, oracle.code, parse_period(str(oracle.year)), protection
            )
        ]
    wanted = {row[1] for row in told}
    return {(row.unit, row.indicator, row.cut, row.shown) for row in rows if row.indicator in wanted}


async def _balances(platform: Platform, oracle: Oracle) -> set[tuple[str, ...]]:
    """`export stock`."""
    covered = Covered(
        oracle.year, date(oracle.year, oracle.months, monthrange(oracle.year, oracle.months)[1])
    )
    found: set[tuple[str, ...]] = set()
    for tenant in await tenants_of(platform, oracle.code):
        async with (
            platform.database.transaction(Scope.of_tenant(tenant.id, ["supplies"])) as tx,
            tenant_background(platform.server, tx, tenant.id, "supplies") as ctx,
        ):
            found |= {tuple(map(str, row)) async for row in balances_of(ctx, covered)}
    return found


async def _lines(platform: Platform, oracle: Oracle) -> set[Line]:
    region = await _region(platform, oracle.code)
    async with platform.database.transaction(Scope.town(region)):
        rows = await outcomes_of(region, oracle.year)
    names = ("file", "sheet", "rows", "accepted", "rejected", "warnings")
    lines: set[Line] = {tuple(row[name] for name in names) for row in rows}  # type: ignore[misc]
    return {line for line in lines if line[0].startswith(JUDGED)}


async def _region(platform: Platform, code: str) -> UUID:
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, code)
    assert region is not None
    return region.id
