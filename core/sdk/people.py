"""The shared noun for plug-ins: what a person, her movements and consents are called and told."""

from __future__ import annotations

from core.people.access import Look, Person, PersonFull, PersonIdentity
from core.people.bulk import Upserted
from core.people.consent import PURPOSES, ConsentState
from core.people.correcting import CORRECTABLE_TO, MovementChanged, uncorrectable
from core.people.corrections import Correction, FieldCorrection, MovementCorrection, MovementFacts
from core.people.drafts import AlreadyKnown, Document, PersonDraft, PersonEdit, PersonRow
from core.people.episodes import Episode
from core.people.find import Found, NearMatch, PeopleFilter, PeopleOrder
from core.people.find import Place as PlaceInList
from core.people.movements import Movement, MovementRow
from core.people.presence import IllegalMovement, MovementKind
from core.people.records import EditConflict
from core.people.taking_back import Standing, Written

__all__ = [
    "CORRECTABLE_TO",
    "PURPOSES",
    "AlreadyKnown",
    "ConsentState",
    "Correction",
    "Document",
    "EditConflict",
    "Episode",
    "FieldCorrection",
    "Found",
    "IllegalMovement",
    "Look",
    "Movement",
    "MovementChanged",
    "MovementCorrection",
    "MovementFacts",
    "MovementKind",
    "MovementRow",
    "NearMatch",
    "PeopleFilter",
    "PeopleOrder",
    "Person",
    "PersonDraft",
    "PersonEdit",
    "PersonFull",
    "PersonIdentity",
    "PersonRow",
    "PlaceInList",
    "Standing",
    "Upserted",
    "Written",
    "uncorrectable",
]
