"""The proofs of the books, each over all towns and tenants of the deployment: what is wrong, and what holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from msgspec import Struct

from core.app import Platform
from core.commands.pairing import Standing, unlike
from core.figures.loop import settle
from core.figures.periods import months_between
from core.figures.rebuild import check_figures
from core.host.background import tenant_background
from core.host.registry import Registered
from core.kernel import clock
from core.kernel.audit_check import verify_chain
from core.kernel.db import Transaction
from core.kernel.outbox import dead_jobs, keys_waiting, stuck_jobs
from core.kernel.scope import Scope
from core.people.episodes import unsound_people
from core.people.proof import Half as PeopleHalf
from core.people.proof import first_movement, transfer_halves, unpaired, unreadable
from core.people.stock import reconcile
from core.sdk.ctx import TenantCtx
from core.sdk.handover import Half
from core.tenancy.regions import Region, list_regions
from core.tenancy.tenants import Tenant, list_tenants

__all__ = ["PROOFS", "Books", "Chain", "read_books"]

SETTLE_SECONDS = 120
STUCK_SECONDS = 3600
SAMPLE = 100

Outcome = tuple[list[str], str]
Proof = Callable[["Books"], Awaitable[Outcome]]

WRONG_CHAIN = {
    "edited": "line {seq} was changed",
    "missing": "line {seq} is missing",
    "beyond-head": "line {seq} stands beyond the head",
    "head-differs": "the head does not seal line {seq}",
    "head-missing": "the head is missing",
}


class Chain(Struct, frozen=True):
    """Where the acts of one place are noted."""

    id: UUID
    code: str
    scope: Scope


class Books(Struct, frozen=True, kw_only=True):
    """What is to be proven: every region and tenant, closed ones included."""

    platform: Platform
    regions: tuple[Region, ...]
    tenants: tuple[Tenant, ...]

    def chains(self) -> list[Chain]:
        """The audit chains: one of each town and county, one of each tenant."""
        towns = [Chain(each.id, each.code, Scope.town(each.id)) for each in self.regions]
        return towns + [Chain(each.id, each.code, Scope.of_tenant(each.id)) for each in self.tenants]

    def name_of(self, place: UUID) -> str:
        """A code instead of an id, for the lines that people read."""
        codes = {each.id: each.code for each in (*self.regions, *self.tenants)}
        return codes.get(place, str(place))

    @asynccontextmanager
    async def tenant(self, tenant: Tenant, *compartments: str) -> AsyncGenerator[Transaction]:
        async with self.platform.database.transaction(Scope.of_tenant(tenant.id, compartments)) as tx:
            yield tx


async def read_books(platform: Platform) -> Books:
    """The towns and tenants that there are."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        regions = await list_regions(tx)
    tenants: list[Tenant] = []
    for region in regions:
        async with platform.database.transaction(Scope.town(region.id)) as tx:
            tenants += await list_tenants(tx)
    return Books(platform=platform, regions=tuple(regions), tenants=tuple(tenants))


async def audit_chains(books: Books) -> Outcome:
    found: list[str] = []
    chains = books.chains()
    for chain in chains:
        async with books.platform.database.transaction(chain.scope) as tx:
            for fault in await verify_chain(tx):
                told = WRONG_CHAIN[fault.what].format(seq=fault.seq)
                found.append(f"{chain.code}: in the audit chain {told}.")
    return found, f"{len(chains)} audit chains hold."


async def figures(books: Books) -> Outcome:
    """What waits is computed first: a mark is work to be done, not a fault."""
    platform = books.platform
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            await settle(platform.database, platform.catalogue)
    except TimeoutError:
        return [
            f"Figures still wait to be computed after {SETTLE_SECONDS} seconds; start `townbridge worker`."
        ], ""
    wrong = await check_figures(platform.database, platform.catalogue)
    found = [
        f"{books.name_of(each.place)}: {each.indicator} {each.cut or 'total'} of {each.period} is "
        f"{each.stored or 'absent'}, from the source {each.computed or 'absent'};"
        " run `townbridge figures rebuild`."
        for each in wrong
    ]
    return found, "Every figure equals its source, and the towns equal their tenants."


async def stock(books: Books) -> Outcome:
    found: list[str] = []
    months = 0
    for tenant in books.tenants:
        async with books.tenant(tenant, "registry") as tx:
            first = await first_movement(tx)
            for month in months_between(first, clock.today()) if first else ():
                months += 1
                for line in await reconcile(tx, month.first_day, month.last_day):
                    if line.difference:
                        found.append(_gap(tenant, month.name, line.difference))
    return found, f"In {months} months people at the end = at the start + in - out."


def _gap(tenant: Tenant, month: str, difference: int) -> str:
    return f"{tenant.code}: {month} closes with {difference:+d} people against its movements."


async def residence(books: Books) -> Outcome:
    found: list[str] = []
    for tenant in books.tenants:
        async with books.tenant(tenant, "registry") as tx:
            found += [
                f"{tenant.code}: the residence of the person {person} is not what the movements say."
                for person in await unsound_people(tx)
            ]
    return found, "Every residence is what the movements say."


async def transfers(books: Books) -> Outcome:
    """Read twice when something is missing: between two tenants a move may just be under way."""
    lone = unpaired(await _halves(books))
    if lone:
        await asyncio.sleep(3)
        still = {(half.tenant_id, half.transfer_id) for half in unpaired(await _halves(books))}
        lone = [half for half in lone if (half.tenant_id, half.transfer_id) in still]
    found = [
        f"{books.name_of(half.tenant_id)}: {half.kind} of {half.day} has no other half (transfer {half.transfer_id})."
        for half in lone
    ]
    return found, "Every move between two tenants has both halves."


async def _halves(books: Books) -> Sequence[PeopleHalf]:
    halves: list[PeopleHalf] = []
    for tenant in books.tenants:
        async with books.tenant(tenant, "registry") as tx:
            halves += await transfer_halves(tx)
    return halves


async def jobs(books: Books) -> Outcome:
    async with books.platform.database.transaction(Scope.nobody(), login="dispatch") as tx:
        stuck = await stuck_jobs(tx, STUCK_SECONDS)
    found = [
        f"{books.name_of(place)}: the job {job} has waited for more than an hour; start `townbridge worker`."
        for place, job in stuck
    ]
    scopes = [Scope.town(region.id) for region in books.regions]
    scopes += [Scope.of_tenant(tenant.id) for tenant in books.tenants]
    for scope in scopes:
        async with books.platform.database.transaction(scope) as tx:
            for job in await dead_jobs(tx):
                place = books.name_of(scope.tenant) if scope.tenant else ""
                found.append(
                    f"{place}: the job {job.id} ({job.name}) was given up: {job.error}. See `townbridge jobs`."
                )
    return found, "No job is stuck, none was given up."


async def sealed_fields(books: Books) -> Outcome:
    found: list[str] = []
    opened = 0
    for tenant in books.tenants:
        async with books.tenant(tenant, "registry") as tx:
            number, failed = await unreadable(tx, books.platform.keyring, SAMPLE)
        opened += number
        found += [
            f"{tenant.code}: {column} of the person {person} cannot be opened." for person, column in failed
        ]
    return found, f"The sealed fields of {opened} people, taken at random, open."


async def plugin_checks(books: Books) -> Outcome:
    """What the plug-ins themselves check, in every tenant that has them on."""
    found: list[str] = []
    checked = 0
    for entry in books.platform.registry.plugins:
        for tenant in books.tenants if entry.lifecycle and entry.lifecycle.check else ():
            told = await _plugin_check(books, entry, tenant)
            checked += told is not None
            found += [f"{tenant.code}: {entry.name}: {sentence}" for sentence in told or ()]
    return found, f"{checked} checks of service modules found nothing."


async def _plugin_check(books: Books, entry: Registered, tenant: Tenant) -> list[str] | None:
    """None where the plug-in is off."""
    check = entry.lifecycle.check if entry.lifecycle else None
    compartments = {use.compartment for use in entry.tables if use.compartment}
    async with (
        books.tenant(tenant, *compartments) as tx,
        tenant_background(books.platform.server, tx, tenant.id, entry.name) as ctx,
    ):
        return await _checked(books, entry, check, ctx)


async def _checked(
    books: Books, entry: Registered, check: Callable[[TenantCtx], Awaitable[list[str]]] | None, ctx: TenantCtx
) -> list[str] | None:
    if check is None or entry.name not in ctx.enabled:
        return None
    return await books.platform.server.isolated(entry.name, 30.0, check(ctx))


async def plugin_halves(books: Books) -> Outcome:
    """What stands in two tenants, also where the plug-in is off by now."""
    first, pairs = await _unlike_halves(books)
    found = first
    if first:
        # Each tenant is read at a moment of its own: a message may have come between two of them.
        await asyncio.sleep(3)
        again, pairs = await _unlike_halves(books)
        found = [sentence for sentence in again if sentence in first]
    return found, f"{pairs} acts between two tenants say the same in both."


async def _unlike_halves(books: Books) -> tuple[list[str], int]:
    found: list[str] = []
    pairs = 0
    for entry in books.platform.registry.plugins:
        if entry.lifecycle is None or entry.lifecycle.halves is None:
            continue
        standing = [
            half
            for tenant in books.tenants
            for half in await _halves_of_plugin(books, entry, entry.lifecycle.halves, tenant)
        ]
        found += [f"{half.place}: {entry.name}: {sentence}" for half, sentence in unlike(standing)]
        pairs += len({half.told.id for half in standing})
    return found, pairs


async def _halves_of_plugin(
    books: Books, entry: Registered, halves: Callable[[TenantCtx], Awaitable[list[Half]]], tenant: Tenant
) -> list[Standing]:
    compartments = {use.compartment for use in entry.tables if use.compartment}
    async with (
        books.tenant(tenant, *compartments) as tx,
        tenant_background(books.platform.server, tx, tenant.id, entry.name) as ctx,
    ):
        told = await books.platform.server.isolated(entry.name, 30.0, halves(ctx))
        waiting = await keys_waiting(tx, [half.dedupe for half in told])
        return [Standing(tenant.code, half, half.dedupe in waiting) for half in told]


PROOFS: dict[str, Proof] = {
    "audit": audit_chains,
    "figures": figures,
    "stock": stock,
    "residence": residence,
    "transfers": transfers,
    "jobs": jobs,
    "sealed": sealed_fields,
    "plug-ins": plugin_checks,
    "halves": plugin_halves,
}
