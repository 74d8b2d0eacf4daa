"""Presence: what each kind of movement needs and leaves, and whether a person's movements fit together."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from core.kernel.errors import Conflict
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "ENTERING",
    "LEAVING",
    "RULES",
    "IllegalMovement",
    "MovementKind",
    "Presence",
    "Rule",
    "after",
    "is_legal",
    "refuse",
]

Presence = Literal["absent", "present", "away"]


class MovementKind(StrEnum):
    """What can happen to presence; a transfer is two halves, one in each tenant, on the same day."""

    OPENING = "OPENING"
    """The initial stock: present since before the books begin, and not an arrival."""
    ARRIVE = "ARRIVE"
    CHANGE_EMPLOYER_IN = "CHANGE_EMPLOYER_IN"
    TEMP_LEAVE = "TEMP_LEAVE"
    RETURN = "RETURN"
    MOVE_WITHIN_TOWN = "MOVE_WITHIN_TOWN"
    """Another address, firm or workshop in the same tenant."""
    DEPART = "DEPART"
    CHANGE_EMPLOYER_OUT = "CHANGE_EMPLOYER_OUT"
    OPT_OUT = "OPT_OUT"
    CLOSING = "CLOSING"
    """Not carried on into the roster of a new year, and not a departure."""
    DECEASED = "DECEASED"
    CANCEL_DUPLICATE = "CANCEL_DUPLICATE"


class Rule(Struct, frozen=True):
    """The states in which a movement may happen, the state after it, and why it may not happen elsewhere."""

    needs: frozenset[Presence]
    leaves: Presence
    refusal: str


_ABSENT: frozenset[Presence] = frozenset({"absent"})
_HERE: frozenset[Presence] = frozenset({"present", "away"})

_ENTERS = Rule(_ABSENT, "present", _("She is registered as present on this day already."))
_EXITS = Rule(_HERE, "absent", _("She is not registered as present on this day."))

RULES: dict[MovementKind, Rule] = {
    MovementKind.OPENING: _ENTERS,
    MovementKind.ARRIVE: _ENTERS,
    MovementKind.CHANGE_EMPLOYER_IN: _ENTERS,
    MovementKind.TEMP_LEAVE: Rule(
        frozenset({"present"}),
        "away",
        _("Only a person who is present, and not away, can go away for a time."),
    ),
    MovementKind.RETURN: Rule(
        frozenset({"away"}), "present", _("Only a person who is away for a time can return.")
    ),
    MovementKind.MOVE_WITHIN_TOWN: Rule(_HERE, "present", _EXITS.refusal),
    MovementKind.DEPART: _EXITS,
    MovementKind.CHANGE_EMPLOYER_OUT: _EXITS,
    MovementKind.OPT_OUT: _EXITS,
    MovementKind.CLOSING: _EXITS,
    MovementKind.DECEASED: _EXITS,
    MovementKind.CANCEL_DUPLICATE: _EXITS,
}

ENTERING = frozenset(kind for kind, rule in RULES.items() if rule is _ENTERS)
LEAVING = frozenset(kind for kind, rule in RULES.items() if rule is _EXITS)


class IllegalMovement(Conflict):
    """The movement does not fit what is recorded before or after it."""

    code = "illegal-movement"
    default_todo = _("Look at her movements, then correct the kind or the day.")


def after(kinds: Iterable[MovementKind]) -> Presence:
    """The presence after the movements, which must be legal in this order."""
    state: Presence = "absent"
    for kind in kinds:
        state = RULES[kind].leaves
    return state


def is_legal(kinds: Iterable[MovementKind]) -> bool:
    return refuse(kinds) is None


def refuse(kinds: Iterable[MovementKind]) -> IllegalMovement | None:
    """Why the movements cannot stand in this order; None when they can."""
    state: Presence = "absent"
    for kind in kinds:
        rule = RULES[kind]
        if state not in rule.needs:
            return IllegalMovement(rule.refusal)
        state = rule.leaves
    return None
