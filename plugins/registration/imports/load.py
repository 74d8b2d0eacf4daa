"""`townbridge load`: the verdicts of the whole folder first, then each tenant's people and movements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from core.sdk import ExchangeFolder, ExchangeTenant, FileOutcome, LoadCtx, TownbridgeError
from core.sdk import gettext_noop as _
from plugins.registration.imports.books import Half, begin_year, halves, in_pieces, write_halves
from plugins.registration.imports.entries import MOST_ENTRIES, write_entries
from plugins.registration.imports.folder import MOVEMENTS, JudgedRoster, judge_movements, judge_roster
from plugins.registration.imports.movements import Key

__all__ = ["load_people"]

PLUGIN = "registration"


async def load_people(ctx: LoadCtx, folder: ExchangeFolder) -> list[FileOutcome]:
    """Rosters and movements of a year. Loading them again writes nothing and tells the same."""
    rosters = await _judged(ctx, folder)

    def registered_on(tenant: str, key: Key) -> date | None:
        entry = rosters[tenant].entries.get(key)
        return entry.registered_on if entry else None

    accepted, told = judge_movements(folder, registered_on)
    outcomes = [outcome for roster in rosters.values() for outcome in roster.outcomes]
    served = [tenant for tenant in folder.tenants.values() if PLUGIN in tenant.plugins]
    listed = halves(accepted)
    for done, tenant in enumerate(served, start=1):
        roster = rosters[tenant.code]
        if roster.is_whole:
            people = await _write_people(ctx, folder, tenant, roster)
            fault = await _write_books(ctx, folder, tenant, roster, people, listed.get(tenant.code, []))
            if fault and told is not None and not told.broken:
                told = FileOutcome(file=MOVEMENTS, broken=fault)
        ctx.tell(_("people and movements"), done, len(served))
    return outcomes if told is None else [*outcomes, told]


async def _judged(ctx: LoadCtx, folder: ExchangeFolder) -> dict[str, JudgedRoster]:
    rosters: dict[str, JudgedRoster] = {}
    for done, (code, tenant) in enumerate(folder.tenants.items(), start=1):
        rosters[code] = await judge_roster(folder, tenant)
        ctx.tell(_("rosters"), done, len(folder.tenants))
    return rosters


async def _write_people(
    ctx: LoadCtx, folder: ExchangeFolder, tenant: ExchangeTenant, roster: JudgedRoster
) -> dict[Key, UUID]:
    """Each piece in a transaction of its own: what a crash leaves is completed by loading again."""
    people: dict[Key, UUID] = {}
    for piece in in_pieces(list(roster.entries.items()), MOST_ENTRIES):
        async with ctx.tenant(tenant.code) as desk:
            written = await write_entries(desk, [entry for _key, entry in piece], folder.year)
        people |= {key: person for (key, _entry), person in zip(piece, written, strict=True)}
    return people


async def _write_books(
    ctx: LoadCtx,
    folder: ExchangeFolder,
    tenant: ExchangeTenant,
    roster: JudgedRoster,
    people: Mapping[Key, UUID],
    listed: list[Half],
) -> str:
    """What does not fit the movements that are there already, in one sentence; empty when all is written."""
    stock = {people[key] for key, entry in roster.entries.items() if entry.registered_on <= tenant.starts_on}
    try:
        async with ctx.tenant(tenant.code) as desk:
            await begin_year(desk, stock, tenant.starts_on, folder.year)
            await write_halves(desk, listed, people.__getitem__, folder.year)
    except TownbridgeError as error:
        return f"{tenant.code}: {error.sentence(_)}"
    return ""
