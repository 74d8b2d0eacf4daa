"""`townbridge load`: the verdicts of the whole folder first, then each tenant's people and movements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.sdk import Conflict, ExchangeFolder, ExchangeTenant, FileOutcome, LoadCtx, TownbridgeError
from core.sdk import gettext_noop as _
from plugins.registration.imports.books import Half, Year, halves, in_pieces, write_books
from plugins.registration.imports.entries import MOST_ENTRIES, person_row, write_entries
from plugins.registration.imports.folder import MOVEMENTS, JudgedRoster, judge_movements, judge_roster
from plugins.registration.imports.movements import Key
from plugins.registration.imports.roster import RosterEntry

__all__ = ["load_people"]

PLUGIN = "registration"


async def load_people(ctx: LoadCtx, folder: ExchangeFolder) -> list[FileOutcome]:
    """Rosters and movements of a year. Loading them again writes nothing and tells the same."""
    rosters = await _judged(ctx, folder)
    for code, roster in rosters.items():
        ctx.known.tell(code, [person_row(entry) for entry in roster.entries.values()])

    def registered_on(tenant: str, key: Key) -> date | None:
        entry = rosters[tenant].entries.get(key)
        return entry.registered_on if entry else None

    accepted, told = judge_movements(folder, registered_on)
    outcomes = [outcome for roster in rosters.values() for outcome in roster.outcomes]
    registers = [
        code for code in rosters if rosters[code].is_whole and PLUGIN in folder.tenants[code].plugins
    ]
    listed = halves(accepted)
    for done, code in enumerate(registers, start=1):
        tenant = folder.tenants[code]
        year = Year(number=folder.year, starts_on=tenant.starts_on, registers=frozenset(registers))
        fault = await _write(ctx, tenant, rosters[code], listed.get(code, []), year)
        if fault and not (told and told.broken):
            told = FileOutcome(file=MOVEMENTS, broken=fault)
        ctx.tell(_("people and movements"), done, len(registers))
    return outcomes if told is None else [*outcomes, told]


async def _write(
    ctx: LoadCtx, tenant: ExchangeTenant, roster: JudgedRoster, listed: Sequence[Half], year: Year
) -> str:
    """What does not fit the books that are there already, in a sentence or two; empty when all is written."""
    try:
        if listed or any(_is_stock(entry, tenant) for entry in roster.entries.values()):
            await _check_order(ctx, tenant, year)
        people = await _write_people(ctx, tenant, roster, year)
        stock = {
            people[key] for key, entry in roster.entries.items() if key in people and _is_stock(entry, tenant)
        }
        told = [half for half in listed if half[0].key in people]
        async with ctx.tenant(tenant.code) as desk:
            await write_books(desk, stock, told, people.__getitem__, year)
    except TownbridgeError as error:
        return f"{tenant.code}: {error.sentence(_)}"
    return ""


def _is_stock(entry: RosterEntry, tenant: ExchangeTenant) -> bool:
    return entry.registered_on <= tenant.starts_on


async def _check_order(ctx: LoadCtx, tenant: ExchangeTenant, year: Year) -> None:
    async with ctx.tenant(tenant.code) as desk:
        first = await desk.people.first_day()
    if first and first.year > year.number:
        raise Conflict(
            _("Its books begin in %(first)s, and a year before cannot be put before them."),
            _("Load the years in their order, the oldest first, into a new home."),
            first=first.year,
        )


async def _judged(ctx: LoadCtx, folder: ExchangeFolder) -> dict[str, JudgedRoster]:
    rosters: dict[str, JudgedRoster] = {}
    for done, (code, tenant) in enumerate(folder.tenants.items(), start=1):
        rosters[code] = await judge_roster(folder, tenant)
        ctx.tell(_("rosters"), done, len(folder.tenants))
    return rosters


async def _write_people(
    ctx: LoadCtx, tenant: ExchangeTenant, roster: JudgedRoster, year: Year
) -> dict[Key, UUID]:
    """Each piece in a transaction of its own: what a crash leaves is completed by loading again.

    Who was erased, or whose record was merged, is not among them, and nothing is written of her.
    """
    people: dict[Key, UUID] = {}
    for piece in in_pieces(list(roster.entries.items()), MOST_ENTRIES):
        async with ctx.tenant(tenant.code) as desk:
            written = await write_entries(desk, [entry for _key, entry in piece], year.number)
        people |= {key: one.person_id for (key, _entry), one in zip(piece, written, strict=True) if one}
    return people
