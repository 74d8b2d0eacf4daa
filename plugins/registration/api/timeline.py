"""A person's line of time, of all service modules that the caller may read."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from core.sdk import Route, TenantCtx
from plugins.registration.permissions import READ
from plugins.registration.services.listing import basics_of

__all__ = ["ROUTES"]


class MomentTold(Struct, frozen=True, kw_only=True):
    """`service` is the title of the module that tells it; `compartments` what kind of data it is."""

    day: date
    title: str
    note: str
    service: str
    address: str
    compartments: list[str]


class Timeline(Struct, frozen=True, kw_only=True):
    """Newest first."""

    moments: list[MomentTold]


async def read_timeline(ctx: TenantCtx, person: UUID) -> Timeline:
    await basics_of(ctx, person)
    return Timeline(
        moments=[
            MomentTold(
                day=entry.moment.day,
                title=ctx.tell(entry.moment.title) % dict(entry.moment.params),
                note=entry.moment.note,
                service=ctx.tell(entry.service) if entry.service else "",
                address=entry.moment.address,
                compartments=sorted(entry.compartments),
            )
            for year in ctx.timeline
            for entry in year.entries
        ]
    )


ROUTES = (
    Route(
        path="people/{person}/timeline",
        handler=read_timeline,
        permission=READ,
        slots=("PERSON_TIMELINE",),
        summary="Read a person's line of time",
    ),
)
