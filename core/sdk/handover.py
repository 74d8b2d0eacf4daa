"""Acts that touch two tenants: what one hands to another, as two linked halves.

The sender's half asks with `ctx.hand_over`; a worker then runs the handover in the sender's tenant, which
gives a parcel, and has it taken in the receiver's, each in a transaction of its own. The parcel is never
stored: the receiver seals at once what is personal. A handover is delivered at least once, so taking the same
parcel again must change nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from msgspec import Struct

from core.sdk.contributions import Job

__all__ = ["FindNeighbour", "Half", "Handover", "Neighbour"]


class Neighbour(Struct, frozen=True, kw_only=True):
    """Another association unit of the town, as much as everybody may know of it."""

    code: str
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


FindNeighbour = Callable[[str, str], Awaitable[Neighbour | None]]
"""By its code or full name, or, where the second word is given, by its kind."""


class Handover(Job, frozen=True, kw_only=True):
    """Declared among the jobs. `run(ctx, payload)` gives the parcel, a Struct, or None when there is none.

    `take(ctx, parcel, sender)` keeps it in the other tenant, with the same compartments open. While the
    plug-in is off there, or the unit is closed, the handover waits.
    """

    take: Callable[..., Awaitable[None]]


class Half(Struct, frozen=True, kw_only=True):
    """One tenant's half of an act that touches two, as `Lifecycle.halves` gives it for `townbridge verify`.

    Both halves have the same `id`, each names the `other` unit by its code, and their `numbers` are equal once no
    message is on its way. Numbers of things, never of or about people: they are compared outside of both tenants.
    """

    id: UUID
    name: str
    """What people call it, such as `Shipment 4F2A`."""
    other: str
    numbers: Mapping[str, int]
    dedupe: str
    """Under which this half is handed over (see `ctx.hand_over`): while that waits, the other half may be behind."""
