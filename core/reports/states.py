"""The life of a report: its states, the acts between them, and which of them are legal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from core.kernel.errors import Conflict
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "ACTS",
    "ACT_TITLES",
    "CLOSED_STATES",
    "OPEN_STATES",
    "STATE_TITLES",
    "WITH_TOWN",
    "Act",
    "IllegalAct",
    "Rule",
    "State",
    "is_repeated",
]


class State(StrEnum):
    """Where a report stands."""

    DRAFT = "draft"
    PREPARED = "prepared"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    LOCKED = "locked"
    REOPENED = "reopened"


class Act(StrEnum):
    """What somebody does with a report."""

    PREPARE = "prepare"
    TAKE_BACK = "take_back"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    LOCK = "lock"
    REOPEN = "reopen"


class Rule(Struct, frozen=True, kw_only=True):
    """Who may do it, in which states, and the state after it; some acts need a reason."""

    place: Literal["tenant", "town"]
    before: frozenset[State]
    after: State
    needs_reason: bool = False


OPEN_STATES = frozenset({State.DRAFT, State.RETURNED, State.REOPENED})
"""The unit can change its cells."""

CLOSED_STATES = frozenset({State.APPROVED, State.LOCKED})
"""It counts in the approved totals of the town."""

WITH_TOWN = CLOSED_STATES | {State.SUBMITTED}
"""The unit has sent it and can only look at it."""

ACTS: Mapping[Act, Rule] = {
    Act.PREPARE: Rule(place="tenant", before=OPEN_STATES, after=State.PREPARED),
    Act.TAKE_BACK: Rule(place="tenant", before=frozenset({State.PREPARED}), after=State.DRAFT),
    Act.SUBMIT: Rule(place="tenant", before=OPEN_STATES | {State.PREPARED}, after=State.SUBMITTED),
    Act.RETURN: Rule(
        place="town", before=frozenset({State.SUBMITTED}), after=State.RETURNED, needs_reason=True
    ),
    Act.APPROVE: Rule(place="town", before=frozenset({State.SUBMITTED}), after=State.APPROVED),
    Act.LOCK: Rule(place="town", before=frozenset({State.APPROVED}), after=State.LOCKED),
    Act.REOPEN: Rule(place="town", before=CLOSED_STATES, after=State.REOPENED, needs_reason=True),
}

STATE_TITLES: Mapping[State, str] = {
    State.DRAFT: _("draft"),
    State.PREPARED: _("prepared"),
    State.SUBMITTED: _("submitted"),
    State.RETURNED: _("returned"),
    State.APPROVED: _("approved"),
    State.LOCKED: _("locked"),
    State.REOPENED: _("reopened"),
}

ACT_TITLES: Mapping[Act, str] = {
    Act.PREPARE: _("prepared it"),
    Act.TAKE_BACK: _("took it back to go on with it"),
    Act.SUBMIT: _("submitted it"),
    Act.RETURN: _("returned it"),
    Act.APPROVE: _("approved it"),
    Act.LOCK: _("locked it"),
    Act.REOPEN: _("reopened it"),
}


class IllegalAct(Conflict):
    """The report is in a state in which this cannot be done."""

    code = "illegal-act"
    default_what = _("This cannot be done with the report as it stands now.")
    default_todo = _("Reload the page: it shows what the report waits for.")


def is_repeated(act: Act, state: State) -> bool:
    """Whether it was done already, so that doing it again changes nothing; raises `IllegalAct` where it may not be."""
    rule = ACTS[act]
    if state is rule.after:
        return True
    if state not in rule.before:
        raise IllegalAct
    return False
