"""The only way to a person: by id, as far as the reader's role goes, and noted where it is sensitive.

Absent, erased, another tenant's and not this role's: the answer is the same NotFound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from core.identity.roles import Detail
from core.kernel import clock
from core.kernel.db import Transaction
from core.kernel.errors import Forbidden, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.people.columns import CONTACT_PLACE, DOCUMENT_PLACE, PHONE_PLACE, Sealer
from core.people.presence import RULES, Presence

__all__ = [
    "Look",
    "Person",
    "PersonFull",
    "PersonIdentity",
    "SealedField",
    "Viewer",
    "access_many",
    "access_person",
    "check_visible",
    "reveal",
    "reveal_many",
    "who_looked",
]

SealedField = Literal["document", "phone", "contact"]


class Viewer(Struct, frozen=True, kw_only=True):
    """As whom people are read, and what for: a code such as `registration.people.view`."""

    detail: Detail
    """The employer's side: own employees, basics; medical and rights staff: who she is; the station: all."""
    purpose: str


class Person(Struct, frozen=True, kw_only=True):
    """What lists and the employer's side see; the document is masked, the birth is a year."""

    id: UUID
    name: str
    sex: str
    birth_year: int | None
    origin: str
    id_type: str | None
    document: str | None
    is_floating: bool
    is_employee: bool
    presence: Presence
    state: str
    version: int


class PersonIdentity(Person, frozen=True, kw_only=True):
    """What telling a person from her namesakes takes."""

    birth_date: date | None


class PersonFull(PersonIdentity, frozen=True, kw_only=True):
    """What the station keeps; sealed fields are masked until they are revealed."""

    legal_name: str | None
    alias: str | None
    name_former: str | None
    name_latin: str | None
    origin_division: str | None
    phone: str | None
    has_contact: bool
    source: str
    registered_on: date
    registered_by: UUID | None


class Look(Struct, frozen=True, kw_only=True):
    """One page that showed something sensitive of a person."""

    at: datetime
    actor: UUID | None
    purpose: str
    fields: tuple[str, ...]


BASIC = """
p.id, coalesce(p.name, p.alias, '') AS name, p.sex, extract(year FROM p.birth_date)::int AS birth_year,
p.origin, p.id_type, p.document_mask AS document, p.is_floating, p.is_employee, p.state, p.version,
(SELECT m.kind FROM people.movement m WHERE m.tenant_id = p.tenant_id AND m.person_id = p.id
 ORDER BY m.day DESC, m.sequence DESC LIMIT 1) AS last_kind
"""

_FULL = """
p.birth_date, p.name AS legal_name, p.alias, p.name_former, p.name_latin, p.origin_division,
p.phone_mask AS phone, p.contact_sealed IS NOT NULL AS has_contact, p.source, p.registered_on, p.registered_by
"""

_COLUMNS: Mapping[Detail, str] = {
    "basic": BASIC,
    "identity": f"{BASIC}, p.birth_date",
    "full": f"{BASIC}, {_FULL}",
}

_KINDS: Mapping[Detail, type[Person]] = {"basic": Person, "identity": PersonIdentity, "full": PersonFull}

VISIBLE: Mapping[Detail, str] = {
    "basic": "p.state = 'active' AND p.is_employee",
    "identity": "p.state = 'active'",
    "full": "p.state IN ('active', 'opted_out')",
}

_ONE: Mapping[Detail, str] = {
    detail: f"SELECT {_COLUMNS[detail]} FROM people.person p"  # noqa: S608 -- the fixed lists above
    f" WHERE p.tenant_id = $1 AND p.id = $2 AND {VISIBLE[detail]}"
    for detail in _COLUMNS
}

_PRESENCE: Mapping[str | None, Presence] = {
    None: "absent",
    **{str(kind): rule.leaves for kind, rule in RULES.items()},
}

_PLACES: Mapping[SealedField, tuple[str, str]] = {
    "document": ("document_sealed", DOCUMENT_PLACE),
    "phone": ("phone_sealed", PHONE_PLACE),
    "contact": ("contact_sealed", CONTACT_PLACE),
}

_LOG = """
INSERT INTO people.access_log (tenant_id, id, person_id, at, actor, purpose, fields)
SELECT $1, u.id, u.person_id, $2, $3, u.purpose, string_to_array(u.fields, ',')
FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[]) AS u (id, person_id, purpose, fields)
"""

_LOOKS = """
SELECT at, actor, purpose, fields FROM people.access_log WHERE tenant_id = $1 AND person_id = $2
ORDER BY at DESC, id DESC LIMIT $3
"""


async def access_person(tx: Transaction, person: UUID, viewer: Viewer) -> Person:
    """As the viewer may see her: a `Person`, `PersonIdentity` or `PersonFull`; else `NotFound`."""
    row = await tx.fetchrow(_ONE[viewer.detail], tx.scope.tenant, person)
    if row is None:
        raise NotFound
    if row.get("birth_date") is not None:
        _note(tx, person, viewer, "birth_date")
    return shown(row, _KINDS[viewer.detail])


async def access_many(tx: Transaction, people: Sequence[UUID], viewer: Viewer) -> list[Person]:
    """Those of `people` whom the viewer may see, in the order of pinyin: for files that leave."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS[viewer.detail]} FROM people.person p"  # noqa: S608 -- the fixed lists above
        f" WHERE p.tenant_id = $1 AND p.id = ANY($2::uuid[]) AND {VISIBLE[viewer.detail]}"
        " ORDER BY p.pinyin, p.id",
        tx.scope.tenant,
        people,
    )
    for row in rows:
        if row.get("birth_date") is not None:
            _note(tx, row["id"], viewer, "birth_date")
    return [shown(row, _KINDS[viewer.detail]) for row in rows]


async def check_visible(tx: Transaction, person: UUID, viewer: Viewer) -> None:
    """Raise `NotFound` where the viewer may not even know that there is such a person."""
    seen = await tx.fetchval(
        f"SELECT 1 FROM people.person p WHERE p.tenant_id = $1 AND p.id = $2 AND {VISIBLE[viewer.detail]}",  # noqa: S608
        tx.scope.tenant,
        person,
    )
    if seen is None:
        raise NotFound


async def reveal(
    tx: Transaction, keyring: Keyring, person: UUID, field: SealedField, viewer: Viewer
) -> str | None:
    """A sealed field in clear, noted in the person's access log; None where she gave none."""
    revealed = await reveal_many(tx, keyring, [person], field, viewer)
    if person not in revealed:
        raise NotFound
    return revealed[person]


async def reveal_many(
    tx: Transaction, keyring: Keyring, people: Sequence[UUID], field: SealedField, viewer: Viewer
) -> dict[UUID, str | None]:
    """The field of those of `people` whom the viewer may see, for a file that leaves; a note for each."""
    if viewer.detail != "full":
        raise Forbidden(_("Your role sees this masked only."))
    column, place = _PLACES[field]
    rows = await tx.fetch(
        f"SELECT p.id, p.{column} AS sealed FROM people.person p"  # noqa: S608 -- a column named above
        f" WHERE p.tenant_id = $1 AND p.id = ANY($2::uuid[]) AND {VISIBLE[viewer.detail]}",
        tx.scope.tenant,
        people,
    )
    sealer = Sealer(keyring, current_tenant())
    for row in rows:
        if row["sealed"] is not None:
            _note(tx, row["id"], viewer, field)
    return {row["id"]: sealer.open(place, row["id"], row["sealed"]) for row in rows}


async def who_looked(tx: Transaction, person: UUID, limit: int = 50) -> list[Look]:
    """Who was shown what of this person and why, newest first; she may see it."""
    rows = await tx.fetch(_LOOKS, tx.scope.tenant, person, limit)
    return [Look(**{**row, "fields": tuple(row["fields"])}) for row in rows]


def shown(row: Mapping[str, Any], kind: type[Person]) -> Person:
    """A row of `BASIC` and more, as the Struct."""
    values = dict(row)
    return kind(presence=_PRESENCE[values.pop("last_kind")], **values)


def _note(tx: Transaction, person: UUID, viewer: Viewer, field: str) -> None:
    tx.defer(_noted, (person, viewer.purpose, field))


async def _noted(tx: Transaction, looks: list[tuple[UUID, str, str]]) -> None:
    """One row for each person and purpose of the transaction, naming all the fields."""
    fields: dict[tuple[UUID, str], list[str]] = {}
    for person, purpose, field in looks:
        fields.setdefault((person, purpose), []).append(field)
    await tx.execute(
        _LOG,
        tx.scope.tenant,
        clock.now(),
        tx.scope.actor,
        [new_id() for _key in fields],
        [person for person, _purpose in fields],
        [purpose for _person, purpose in fields],
        [",".join(dict.fromkeys(names)) for names in fields.values()],
    )
