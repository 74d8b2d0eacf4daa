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
    """One tenant's year in the order in which it happened: a file may tell of days before the opening.

    Who was carried over and is not in the initial stock is closed on 1 January: neither a departure nor forgotten.
    """
    carried = await ctx.people.present_on(date(year.number, 1, 1) - timedelta(days=1))
    stays = stock if year.starts_on == date(year.number, 1, 1) else frozenset[UUID]()
    await _turn(ctx, MovementKind.CLOSING, carried - stays, date(year.number, 1, 1))
    early = [half for half in listed if half[0].day < year.starts_on]
    await _write_halves(ctx, early, person_of, year)
    if year.starts_on.year == year.number:
        await _begin(ctx, stock, year.starts_on)
    await _write_halves(ctx, listed[len(early) :], person_of, year)


async def _begin(ctx: TenantCtx, stock: AbstractSet[UUID], starts_on: date) -> None:
    """Make presence at the start, before the movements of that day, the initial stock, with nobody of it away.

    None of it is an arrival or a return of the file. Decided from the days before, so doing it again changes
    nothing.
    """
    before = starts_on - timedelta(days=1)
    there, away = await ctx.people.present_on(before), await ctx.people.away_on(before)
    await _turn(ctx, MovementKind.OPENING, stock - there, starts_on)
    await _turn(ctx, MovementKind.RETURN, stock & away, starts_on)


async def _turn(ctx: TenantCtx, kind: MovementKind, people: AbstractSet[UUID], day: date) -> None:
    rows = [
        MovementRow(person_id=person, kind=kind, day=day, ref=f"{kind}-{day.year}-{person}")
        for person in sorted(people)
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
