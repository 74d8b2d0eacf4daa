"""The shared noun for plug-ins: what a person, her movements and consents are called and told."""

from __future__ import annotations

from core.people.access import Look, Person, PersonFull, PersonIdentity
from core.people.bulk import Upserted
from core.people.consent import PURPOSES, ConsentState
from core.people.drafts import AlreadyKnown, Document, PersonDraft, PersonEdit, PersonRow
from core.people.episodes import Episode
from core.people.find import Found, NearMatch, PeopleFilter
from core.people.find import Place as PlaceInList
from core.people.movements import Movement, MovementRow
from core.people.presence import IllegalMovement, MovementKind
from core.people.records import EditConflict

__all__ = [
    "PURPOSES",
    "AlreadyKnown",
    "ConsentState",
    "Document",
    "EditConflict",
    "Episode",
    "Found",
    "IllegalMovement",
    "Look",
    "Movement",
    "MovementKind",
    "MovementRow",
    "NearMatch",
    "PeopleFilter",
    "Person",
    "PersonDraft",
    "PersonEdit",
    "PersonFull",
    "PersonIdentity",
    "PersonRow",
    "PlaceInList",
    "Upserted",
]
