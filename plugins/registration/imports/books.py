"""The books of a year: who is present when it begins, and the movements of its file, written per tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from core.sdk import TenantCtx, derived_id
from core.sdk.people import MovementKind, MovementRow
from core.sdk.values import clean
from plugins.registration.imports.movements import KINDS, AcceptedMovement, Key

__all__ = ["MOST_MOVEMENTS", "Half", "Year", "halves", "in_pieces", "write_books"]

MOST_MOVEMENTS = 5000
LONGEST_REFERENCE = 100

Item = TypeVar("Item")
Half = tuple[AcceptedMovement, MovementKind]


class Year(Struct, frozen=True, kw_only=True):
    """The year of a folder in one tenant; `registers` are the tenants whose rosters are kept."""

    number: int
    starts_on: date
    registers: AbstractSet[str]


def in_pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


async def write_books(
    ctx: TenantCtx,
    stock: AbstractSet[UUID],
    listed: Sequence[Half],
    person_of: Callable[[Key], UUID],
    year: Year,
) -> None:
    """One tenant's year in the order in which it happened: a file may tell of days before the opening."""
    early = [half for half in listed if half[0].day < year.starts_on]
    await _write_halves(ctx, early, person_of, year)
    if year.starts_on.year == year.number:
        await _begin(ctx, stock, year)
    await _write_halves(ctx, listed[len(early) :], person_of, year)


async def _begin(ctx: TenantCtx, stock: AbstractSet[UUID], year: Year) -> None:
    """Make presence at the start, before the movements of that day, exactly the initial stock of the year.

    Who was carried over and is no longer listed is closed, who is listed and was not there is opened, who was
    away is back: none of it is an arrival, a departure or a return of the file. Decided from the days before,
    so doing it again changes nothing.
    """
    before = year.starts_on - timedelta(days=1)
    there = await ctx.people.present_on(before)
    carried = there & await ctx.people.present_on(date(year.number, 1, 1) - timedelta(days=1))
    away = await ctx.people.away_on(before)
    turns = [
        *((person, MovementKind.CLOSING) for person in sorted(carried - stock)),
        *((person, MovementKind.OPENING) for person in sorted(stock - there)),
        *((person, MovementKind.RETURN) for person in sorted(stock & away)),
    ]
    rows = [
        MovementRow(person_id=person, kind=kind, day=year.starts_on, ref=f"{kind}-{year.number}-{person}")
        for person, kind in turns
    ]
    for piece in in_pieces(rows, MOST_MOVEMENTS):
        await ctx.people.write_movements(piece)


def halves(accepted: Iterable[AcceptedMovement]) -> Mapping[str, list[Half]]:
    """What each tenant has to write, in order of day and row."""
    by_tenant: dict[str, list[Half]] = defaultdict(list)
    for one in sorted(accepted, key=lambda one: (one.day, one.row)):
        for tenant, kind in zip((one.tenant, one.to_tenant), KINDS[one.type], strict=False):
            by_tenant[tenant].append((one, kind))
    return by_tenant


async def _write_halves(
    ctx: TenantCtx, listed: Sequence[Half], person_of: Callable[[Key], UUID], year: Year
) -> None:
    for piece in in_pieces(listed, MOST_MOVEMENTS):
        await ctx.people.write_movements(
            [_row(ctx, one, kind, person_of(one.key), year) for one, kind in piece]
        )


def _row(ctx: TenantCtx, one: AcceptedMovement, kind: MovementKind, person: UUID, year: Year) -> MovementRow:
    """Both halves of a transfer carry the same derived id; there is one half where the other unit has no register."""
    ref = _reference(ctx, one.ref, year.number)
    is_paired = one.to_tenant in year.registers and one.tenant in year.registers
    transfer = derived_id(ctx.tenant.region_id, f"transfer:{ref}") if is_paired else None
    return MovementRow(
        person_id=person,
        kind=kind,
        day=one.day,
        reason=clean(one.reason)[:200],
        ref=ref,
        transfer_id=transfer,
    )


def _reference(ctx: TenantCtx, ref: str, year: int) -> str:
    """References are unique in a year's folder; another year may count from one again."""
    is_fit = len(ref) <= LONGEST_REFERENCE and ref.isprintable()
    return f"{year}/{ref if is_fit else derived_id(ctx.tenant.region_id, f'reference:{ref}')}"
