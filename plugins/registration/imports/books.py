"""The books of a year: who is present when it begins, and the movements of its file, written per tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from core.sdk import TenantCtx, derived_id
from core.sdk.people import MovementKind, MovementRow
from plugins.registration.imports.movements import KINDS, AcceptedMovement, Key

__all__ = ["MOST_MOVEMENTS", "begin_year", "halves", "in_pieces", "write_halves"]

MOST_MOVEMENTS = 5000

Item = TypeVar("Item")
Half = tuple[AcceptedMovement, MovementKind]


def in_pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


async def begin_year(ctx: TenantCtx, stock: AbstractSet[UUID], starts_on: date, year: int) -> int:
    """Make presence at the end of `starts_on`, before its movements, exactly the initial stock of the year.

    Who was present the day before and is no longer listed is closed, who is listed and was not is opened; both
    are neither arrivals nor departures. Decided from the day before, so doing it again changes nothing.
    """
    before = await ctx.people.present_on(starts_on - timedelta(days=1))
    turns = [
        *((person, MovementKind.CLOSING) for person in sorted(before - stock)),
        *((person, MovementKind.OPENING) for person in sorted(stock - before)),
    ]
    rows = [
        MovementRow(person_id=person, kind=kind, day=starts_on, ref=f"{kind}-{year}-{person}")
        for person, kind in turns
    ]
    return sum([await ctx.people.write_movements(piece) for piece in in_pieces(rows, MOST_MOVEMENTS)])


def halves(accepted: Iterable[AcceptedMovement]) -> Mapping[str, list[Half]]:
    """What each tenant has to write, in order of day and row."""
    by_tenant: dict[str, list[Half]] = defaultdict(list)
    for one in sorted(accepted, key=lambda one: (one.day, one.row)):
        for tenant, kind in zip((one.tenant, one.to_tenant), KINDS[one.type], strict=False):
            by_tenant[tenant].append((one, kind))
    return by_tenant


async def write_halves(
    ctx: TenantCtx, listed: Sequence[Half], person_of: Callable[[Key], UUID], year: int
) -> int:
    """One tenant's movements of the file; both halves of a transfer carry the same derived id."""
    rows = [_row(ctx, one, kind, person_of(one.key), year) for one, kind in listed]
    return sum([await ctx.people.write_movements(piece) for piece in in_pieces(rows, MOST_MOVEMENTS)])


def _row(ctx: TenantCtx, one: AcceptedMovement, kind: MovementKind, person: UUID, year: int) -> MovementRow:
    # References are unique in a year's folder; another year may count from one again.
    ref = one.ref if str(year) in one.ref else f"{year}/{one.ref}"
    transfer = derived_id(ctx.tenant.region_id, f"transfer:{ref}") if one.to_tenant else None
    return MovementRow(
        person_id=person, kind=kind, day=one.day, reason=one.reason[:200], ref=ref, transfer_id=transfer
    )
