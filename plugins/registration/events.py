"""What registration tells the other plug-ins."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.sdk import Code, Event

__all__ = ["EVENTS", "MOVED", "REGISTERED", "PersonMoved", "PersonRegistered"]

REGISTERED = "registration.person_registered"
MOVED = "registration.person_moved"


class PersonRegistered(Struct, frozen=True, kw_only=True):
    """Somebody was registered at the counter, or came by a transfer."""

    person: UUID


class PersonMoved(Struct, frozen=True, kw_only=True):
    """A movement was recorded at the counter; `kind` is a `MovementKind`."""

    person: UUID
    movement: UUID
    kind: Code


EVENTS = (
    Event(name=REGISTERED, kind=PersonRegistered),
    Event(name=MOVED, kind=PersonMoved),
)
