"""Consent, purpose by purpose: what is asked, what was given, and its withdrawal.

Saying no to an optional purpose never keeps anybody from a service; only a necessary one must be given before
a record of a person is kept, and its withdrawal is the movement OPT_OUT.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.kernel import clock
from core.kernel.audit import record
from core.kernel.db import Row, Transaction
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id

__all__ = [
    "PURPOSES",
    "ConsentState",
    "Purpose",
    "Way",
    "consents_of",
    "give_consent",
    "has_consent",
    "withdraw_all",
    "withdraw_consent",
]

Way = Literal["COUNTER", "PAPER", "SELF"]


class Purpose(Struct, frozen=True, kw_only=True):
    """What people are asked for; a new `wording` asks those again who agreed to an older one."""

    code: str
    wording: int
    is_necessary: bool
    title: str
    text: str


_KNOWN = (
    Purpose(
        code="RECORD",
        wording=1,
        is_necessary=True,
        title=_("Keeping a record of me"),
        text=_(
            "The station keeps my name or alias, my contact and what I choose to tell, so that it can serve "
            "me. Only numbers without names leave the association unit; another unit that has my document number "
            "already can learn that I am registered, never where. "
            "I can see, correct and withdraw all of it at any time."
        ),
    ),
    Purpose(
        code="CONTACT",
        wording=1,
        is_necessary=False,
        title=_("Reminders and news"),
        text=_("The station may call me or write to me about appointments, results and services."),
    ),
    Purpose(
        code="TRANSFER",
        wording=1,
        is_necessary=False,
        title=_("Taking my record along when I move"),
        text=_(
            "When I move to another association unit of the town, my basic record may be handed on to it."
        ),
    ),
)

PURPOSES: Mapping[str, Purpose] = {purpose.code: purpose for purpose in _KNOWN}


class ConsentState(Struct, frozen=True, kw_only=True):
    """Where a person stands on one purpose; `is_outdated`: she agreed to an older wording."""

    purpose: Purpose
    is_given: bool
    is_outdated: bool = False
    given_at: datetime | None = None
    """Of the latest giving, withdrawn or not; None where she was never asked or never agreed."""
    withdrawn_at: datetime | None = None


_OF_PERSON = """
SELECT DISTINCT ON (purpose) purpose, wording, given_at, withdrawn_at FROM people.consent
WHERE tenant_id = $1 AND person_id = $2 ORDER BY purpose, given_at DESC, id DESC
"""

_GIVE = """
INSERT INTO people.consent (tenant_id, id, person_id, purpose, wording, given_at, given_by, way)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

_WITHDRAW = """
UPDATE people.consent SET withdrawn_at = $4, withdrawn_by = $5
WHERE tenant_id = $1 AND person_id = ANY($2::uuid[]) AND purpose = ANY($3::text[]) AND withdrawn_at IS NULL
RETURNING person_id, purpose
"""

_IS_PRESENT = """
SELECT EXISTS (SELECT 1 FROM people.residence WHERE tenant_id = $1 AND person_id = $2 AND ended_on IS NULL)
"""


async def consents_of(tx: Transaction, person: UUID) -> list[ConsentState]:
    """Every purpose and where she stands on it; never asked and withdrawn are both "not given"."""
    rows = {row["purpose"]: row for row in await tx.fetch(_OF_PERSON, tx.scope.tenant, person)}
    states: list[ConsentState] = []
    for code, purpose in PURPOSES.items():
        row = rows.get(code)
        if row is None:
            states.append(ConsentState(purpose=purpose, is_given=False))
            continue
        is_given = row["withdrawn_at"] is None
        states.append(
            ConsentState(
                purpose=purpose,
                is_given=is_given,
                is_outdated=is_given and row["wording"] < purpose.wording,
                given_at=row["given_at"],
                withdrawn_at=row["withdrawn_at"],
            )
        )
    return states


async def has_consent(tx: Transaction, person: UUID, purpose: str) -> bool:
    """Whether she agrees, in any wording; for acts that need an optional consent."""
    return any(state.is_given for state in await consents_of(tx, person) if state.purpose.code == purpose)


async def give_consent(tx: Transaction, person: UUID, purpose: str, way: Way = "COUNTER") -> None:
    """Note that she agrees to the present wording; agreeing twice is once."""
    asked = _known(purpose)
    await _lock(tx, person)
    state = next(state for state in await consents_of(tx, person) if state.purpose is asked)
    if state.is_given and not state.is_outdated:
        return
    if state.is_given:
        await _end(tx, [person], [purpose])
    await tx.execute(
        _GIVE, tx.scope.tenant, new_id(), person, purpose, asked.wording, clock.now(), tx.scope.actor, way
    )
    record(
        tx,
        "people.consent.give",
        "person",
        person,
        detail={"purpose": purpose, "wording": asked.wording, "way": way},
    )


async def withdraw_consent(tx: Transaction, person: UUID, purpose: str) -> None:
    """As easy as giving; what was done before stays lawful.

    Withdrawing a necessary one withdraws all; while she is counted as present it is the movement OPT_OUT.
    """
    is_necessary = _known(purpose).is_necessary
    await _lock(tx, person)
    if is_necessary and await tx.fetchval(_IS_PRESENT, tx.scope.tenant, person):
        raise Conflict(
            _("Without this consent no record can be kept."),
            _("Record that she leaves the registration; that withdraws all consents."),
        )
    await _withdraw(tx, [person], PURPOSES if is_necessary else [purpose])


async def withdraw_all(tx: Transaction, people: Iterable[UUID]) -> None:
    """What the movement OPT_OUT does to every consent of those who opt out."""
    await _withdraw(tx, people, PURPOSES)


async def _withdraw(tx: Transaction, people: Iterable[UUID], purposes: Iterable[str]) -> None:
    for row in await _end(tx, people, purposes):
        record(tx, "people.consent.withdraw", "person", row["person_id"], detail={"purpose": row["purpose"]})


async def _end(tx: Transaction, people: Iterable[UUID], purposes: Iterable[str]) -> list[Row]:
    return await tx.fetch(
        _WITHDRAW, tx.scope.tenant, list(people), list(purposes), clock.now(), tx.scope.actor
    )


async def _lock(tx: Transaction, person: UUID) -> None:
    known = await tx.fetchval(
        "SELECT id FROM people.person WHERE tenant_id = $1 AND id = $2 AND state IN ('active', 'opted_out') FOR UPDATE",
        tx.scope.tenant,
        person,
    )
    if known is None:
        raise NotFound


def _known(purpose: str) -> Purpose:
    if purpose not in PURPOSES:
        raise BadInput(fields={"purpose": _("This purpose is not known.")})
    return PURPOSES[purpose]
