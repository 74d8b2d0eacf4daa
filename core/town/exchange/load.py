"""Load an exchange folder: the town and its tenants first, then each plug-in its own files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from core.figures.loop import settle
from core.host.background import tenant_background, town_background
from core.host.offers import offer_plugin, switch_plugin
from core.host.registry import Registered
from core.host.serving import Server
from core.identity.memberships import copy_tenant_names
from core.kernel.changes import changed
from core.kernel.db import Transaction
from core.kernel.scope import Scope
from core.sdk.contributions import Import
from core.sdk.ctx import TenantCtx, TownCtx
from core.sdk.exchange import ExchangeFolder, ExchangeTenant, FileOutcome, KnownPeople, LoadCtx, Note
from core.tenancy.firms import add_firm
from core.tenancy.regions import Region, open_region, region_by_code
from core.tenancy.tenants import Tenant, list_tenants, open_tenant
from core.tenancy.town_settings import TownSettings, keep_town_settings, town_settings
from core.town.exchange.masters import Masters, TenantRow, read_masters
from core.town.exchange.outcomes import keep_outcomes
from core.town.exchange.staff import keep_staff

__all__ = ["LoadReport", "load_folder"]

MASTER_FILES = frozenset({"town.toml", "tenants.csv", "enterprises.csv", "staff.csv"})
ANSWERS = "expected"
DAYS = ("opened_on", "closed_on", "books_from")

Tell = Callable[[str, int, int], None]


class LoadReport(Struct, frozen=True, kw_only=True):
    """What became of a folder; `skipped` are the files that no installed plug-in takes."""

    town: str
    year: int
    outcomes: tuple[FileOutcome, ...]
    skipped: tuple[str, ...]

    @property
    def notes(self) -> list[Note]:
        """Every rejected row and warning, in order of file, sheet and row."""
        found = [note for outcome in self.outcomes for note in outcome.notes]
        return sorted(found, key=lambda note: (note.file, note.sheet, note.row, note.severity, note.reason))

    @property
    def broken(self) -> list[FileOutcome]:
        return [outcome for outcome in self.outcomes if outcome.broken]


async def load_folder(server: Server, path: Path, tell: Tell) -> LoadReport:
    """Load `path` and bring the figures up to date; loading it again changes nothing and reports the same.

    Raises `BadInput` on broken masters.
    """
    masters = read_masters(path)
    known = await _known(server, masters)
    region_id = await _town(server, masters, known)
    tenants = await _tenants(server, region_id, masters, known)
    await keep_staff(server.database, region_id, masters.staff, {t.code: t.id for t in tenants.values()})
    folder = _folder(path, masters, tenants)
    takers = _takers(server, region_id, folder, tell)
    outcomes: list[FileOutcome] = []
    for ctx, taker in takers:
        outcomes += await taker.load(ctx, folder)
    await keep_outcomes(server.database, region_id, masters.town.year, outcomes)
    await settle(server.database, server.catalogue)
    for ctx, taker in takers:
        if taker.finish is not None:
            await taker.finish(ctx, folder)
    return LoadReport(
        town=masters.town.code,
        year=masters.town.year,
        outcomes=tuple(outcomes),
        skipped=tuple(_untaken(path, server.registry.plugins)),
    )


class Known(Struct, frozen=True):
    """The town as earlier folders left it, if there were any."""

    region: Region | None = None
    tenants: Mapping[str, Tenant] = {}

    def went_on(self, year: int) -> bool:
        """A folder of a later year was loaded: an older one changes none of its names and settings."""
        return any(day.year > year for tenant in self.tenants.values() for day in tenant.covered_to)

    def opened_on(self, row: TenantRow, year: int) -> date:
        """What a new year's folder says does not take away the books of the years before."""
        tenant = self.tenants.get(row.code)
        if tenant is None or not any(day.year < year for day in tenant.covered_to):
            return row.opened_on
        return min(row.opened_on, tenant.opened_on)


async def _known(server: Server, masters: Masters) -> Known:
    async with server.database.transaction(Scope.nobody()) as transaction:
        region = await region_by_code(transaction, masters.town.code)
    if region is None:
        return Known()
    async with server.database.transaction(Scope.town(region.id)) as transaction:
        return Known(region, {tenant.code: tenant for tenant in await list_tenants(transaction)})


async def _town(server: Server, masters: Masters, known: Known) -> UUID:
    town = masters.town
    if known.region is not None and known.went_on(town.year):
        async with server.database.transaction(Scope.town(known.region.id)) as transaction:
            days = msgspec.structs.replace(
                await town_settings(transaction),
                holidays=town.calendar.holidays,
                worked_weekend_days=town.calendar.worked_weekend_days,
            )
            await keep_town_settings(transaction, days, town.year)
        return known.region.id
    region = await open_region(
        server.database,
        code=town.code,
        name_zh=town.name_zh,
        name_en=town.name_en,
        level="town",
        time_zone=town.time_zone,
    )
    used = {name for tenant in masters.tenants for name in tenant.plugin_names}
    async with server.database.transaction(Scope.town(region.id)) as transaction:
        await keep_town_settings(transaction, _settings(masters), town.year)
        for entry in server.registry.plugins:
            if entry.name in used:
                await _offered(transaction, region.id, server, entry)
    return region.id


async def _offered(transaction: Transaction, region_id: UUID, server: Server, entry: Registered) -> None:
    taken = await transaction.fetchval(
        "SELECT 1 FROM host.plugin_offer WHERE region_id = $1 AND plugin = $2", region_id, entry.name
    )
    if not taken:
        await offer_plugin(transaction, region_id, server.registry, entry.name, "offered")


def _settings(masters: Masters) -> TownSettings:
    town = masters.town
    return TownSettings(
        synthetic_ids=town.synthetic_ids,
        known_id_prefixes=town.known_id_prefixes,
        due_working_day=town.reporting.due_working_day,
        holidays=town.calendar.holidays,
        worked_weekend_days=town.calendar.worked_weekend_days,
        k_normal=town.disclosure.k_normal,
        k_high=town.disclosure.k_high,
        min_unit_population=town.disclosure.min_unit_population,
        cyp_factor_set=town.supplies.cyp_factor_set,
        favourable_outcomes=town.rights.favourable_outcomes,
    )


async def _tenants(
    server: Server, region_id: UUID, masters: Masters, known: Known
) -> dict[str, ExchangeTenant]:
    tenants: dict[str, ExchangeTenant] = {}
    year = masters.town.year
    for row in sorted(masters.tenants, key=lambda row: row.code):
        later = known.tenants.get(row.code) if known.went_on(year) else None
        said = later or row
        async with server.database.transaction(Scope.town(region_id)) as transaction:
            tenant = await open_tenant(
                transaction,
                code=row.code,
                name_zh=said.name_zh,
                name_en=said.name_en,
                kind=said.kind,
                opened_on=later.opened_on if later else known.opened_on(row, year),
                closed_on=said.closed_on,
                books_from=None if later else row.starts_on(year),
                covered_to=masters.town.covered_to,
            )
        async with server.database.transaction(Scope.of_tenant(tenant.id)) as transaction:
            _mark_days(transaction, known.tenants.get(row.code), tenant)
            if later is None:
                await _furnish(transaction, server, tenant.id, row, masters)
        tenants[row.code] = ExchangeTenant(
            id=tenant.id,
            code=row.code,
            opened_on=row.opened_on,
            starts_on=row.starts_on(year),
            plugins=row.plugin_names,
            firm_names=frozenset(
                name for firm in masters.enterprises if firm.tenant == row.code for name in firm.chinese_names
            ),
        )
    return tenants


def _mark_days(transaction: Transaction, before: Tenant | None, after: Tenant) -> None:
    """Of which months a unit owes a report hangs on its days; what a new unit owes is counted anyway."""
    if before is None:
        return
    pairs = [(getattr(before, name), getattr(after, name)) for name in DAYS]
    moved = [day for pair in pairs if pair[0] != pair[1] for day in pair if day]
    moved += [date(day.year, 1, 1) for day in set(before.covered_to) ^ set(after.covered_to)]
    if moved:
        changed(transaction, "tenancy.tenant", min(moved), onwards=True)


async def _furnish(
    transaction: Transaction, server: Server, tenant_id: UUID, row: TenantRow, masters: Masters
) -> None:
    await copy_tenant_names(transaction)
    for firm in masters.enterprises:
        if firm.tenant == row.code:
            await add_firm(
                transaction,
                name_zh=firm.name_zh,
                uscc=firm.uscc,
                short_zh=firm.short_zh,
                name_en=firm.name_en,
                former_zh=firm.former_zh,
                industry=firm.industry,
                served_from=row.opened_on,
            )
    for entry in server.registry.plugins:
        if entry.name in row.plugin_names:
            async with tenant_background(server, transaction, tenant_id, entry.name) as ctx:
                await switch_plugin(ctx, server.registry, entry.name, is_on=True)


def _folder(path: Path, masters: Masters, tenants: dict[str, ExchangeTenant]) -> ExchangeFolder:
    town = masters.town
    return ExchangeFolder(
        path=path,
        town_code=town.code,
        year=town.year,
        months=town.months,
        covered_to=town.covered_to,
        exported_on=town.exported_on,
        factor_set=town.supplies.cyp_factor_set,
        synthetic_ids=town.synthetic_ids,
        known_id_prefixes=frozenset(town.known_id_prefixes),
        tenants=tenants,
    )


def _takers(
    server: Server, region_id: UUID, folder: ExchangeFolder, tell: Tell
) -> list[tuple[LoadCtx, Import]]:
    """The imports of all plug-ins in their order; what one learns of people the next ones know."""
    known = KnownPeople()
    takers = [
        (_load_ctx(server, region_id, folder, entry, tell, known), taker)
        for entry in server.registry.plugins
        for taker in entry.imports
    ]
    return sorted(takers, key=lambda each: each[1].order)


def _load_ctx(
    server: Server,
    region_id: UUID,
    folder: ExchangeFolder,
    entry: Registered,
    tell: Tell,
    known: KnownPeople,
) -> LoadCtx:
    @asynccontextmanager
    async def tenant(code: str) -> AsyncIterator[TenantCtx]:
        scope = Scope.of_tenant(folder.tenants[code].id, entry.compartments)
        async with (
            server.database.transaction(scope) as transaction,
            tenant_background(server, transaction, folder.tenants[code].id, entry.name) as ctx,
        ):
            yield ctx

    @asynccontextmanager
    async def town() -> AsyncIterator[TownCtx]:
        async with (
            server.database.transaction(Scope.town(region_id)) as transaction,
            town_background(server, transaction, entry.name) as ctx,
        ):
            yield ctx

    return LoadCtx(tenant=tenant, town=town, tell=tell, known=known)


def _untaken(path: Path, plugins: Sequence[Registered]) -> list[str]:
    patterns = [pattern for entry in plugins for taker in entry.imports for pattern in taker.files]
    files = (file.relative_to(path) for file in sorted(path.rglob("*")) if file.is_file())
    names = [str(file) for file in files if file.parts[0] != ANSWERS and str(file) not in MASTER_FILES]
    return [name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)]
