"""Finding people: as one types, and those who may be the same person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.identity.roles import Detail
from core.kernel.db import Row, Transaction
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.people import documents, names
from core.people.access import BASIC, VISIBLE, Person, Viewer, shown
from core.people.columns import TAIL, Sealer, is_unique
from core.people.drafts import PersonDraft

__all__ = [
    "BY_NAME",
    "Found",
    "NearMatch",
    "PeopleFilter",
    "PeopleOrder",
    "Place",
    "near_matches",
    "prefix_range",
    "search",
]

PAGE = 50
LONGEST_TEXT = 100


class Place(Struct, frozen=True):
    """Where a page of people ended: the next one begins after it."""

    pinyin: str
    id: UUID
    born: int | None = None
    """The year, of a list that is sorted by it."""


class PeopleOrder(Struct, frozen=True):
    """By the sound of the name, or by the birth year, which every list shows; who has told none comes last."""

    by: Literal["name", "born"] = "name"
    descends: bool = False


class PeopleFilter(Struct, frozen=True, kw_only=True):
    """Narrower than the text: all that are given hold at once."""

    is_present: bool | None = None
    arrived_from: date | None = None
    """A movement into the tenant on this day or later, and up to `arrived_to`."""
    arrived_to: date | None = None
    among: Sequence[UUID] | None = None
    """Only these, for instance the people of one firm."""


class Found(Struct, frozen=True):
    """A page in the order that was asked for; `after` is None when there are no more."""

    people: list[Person]
    after: Place | None


BY_NAME = PeopleOrder()


class NearMatch(Struct, frozen=True, kw_only=True):
    """Somebody who may be the same person. Namesakes are ordinary: a person decides, never a program."""

    person: Person
    has_same_phone: bool
    has_same_birth: bool


_LETTERS = re.compile(r"[^\W\d_]+")
_TAIL = re.compile(r"[0-9A-Z]{3}[0-9A-Z]")
_NUMBER = re.compile(r"\+?[0-9A-Z-]{5,40}")

_PRESENT = """EXISTS (SELECT 1 FROM people.residence r WHERE r.tenant_id = p.tenant_id AND r.person_id = p.id
 AND r.ended_on IS NULL)"""

_ARRIVED = """EXISTS (SELECT 1 FROM people.movement m WHERE m.tenant_id = p.tenant_id AND m.person_id = p.id
 AND m.kind IN ('ARRIVE', 'CHANGE_EMPLOYER_IN') AND m.day BETWEEN {first} AND {last})"""


class _Query:
    """The conditions and their values, numbered as they come."""

    def __init__(self, *values: object) -> None:
        self.values = list(values)
        self.conditions: list[str] = []

    def put(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def any_of(self, conditions: Sequence[str]) -> None:
        self.conditions.append(f"({' OR '.join(conditions)})" if conditions else "false")


async def search(
    tx: Transaction,
    keyring: Keyring,
    text: str,
    viewer: Viewer,
    *,
    where: PeopleFilter | None = None,
    limit: int = PAGE,
    after: Place | None = None,
    order: PeopleOrder = BY_NAME,
) -> Found:
    """People by the beginning of a name, pinyin or initials, by a number or its last four characters.

    One statement whatever the text; an empty one lists everybody. What the viewer does not see she cannot
    search by either.
    """
    sealer = Sealer(keyring, current_tenant())
    query = _Query(sealer.tenant)
    query.conditions += ["p.tenant_id = $1", VISIBLE[viewer.detail]]
    text = text[:LONGEST_TEXT]
    if text.strip():
        query.any_of([*_by_name(query, text), *_by_number(query, sealer, text, viewer.detail)])
    _narrow(query, where or PeopleFilter())
    keys = _keys(order)
    if after is not None:
        place = (
            [after.pinyin, after.id]
            if order.by == "name"
            else [after.born or _unknown(order), after.pinyin, after.id]
        )
        sign = "<" if order.descends else ">"
        values = ", ".join(query.put(value) for value in place)
        query.conditions.append(f"({', '.join(keys)}) {sign} ({values})")
    turned = " DESC" if order.descends else ""
    rows = await tx.fetch(
        f"SELECT {BASIC}, p.pinyin, extract(year FROM p.birth_date)::int AS born FROM people.person p"  # noqa: S608
        f" WHERE {' AND '.join(query.conditions)}"
        f" ORDER BY {', '.join(key + turned for key in keys)} LIMIT {query.put(limit + 1)}",
        *query.values,
    )
    page = [_person(row) for row in rows[:limit]]
    return Found(page, _place(rows[limit - 1]) if len(rows) > limit else None)


def _keys(order: PeopleOrder) -> list[str]:
    """What an index of the table has: the sound and the id; a year that is not known stands at the end."""
    if order.by == "name":
        return ["p.pinyin", "p.id"]
    return [f"coalesce(extract(year FROM p.birth_date)::int, {_unknown(order)})", "p.pinyin", "p.id"]


def _unknown(order: PeopleOrder) -> int:
    return 0 if order.descends else 9999


def _place(row: Row) -> Place:
    return Place(row["pinyin"], row["id"], row["born"])


async def near_matches(
    tx: Transaction, keyring: Keyring, draft: PersonDraft, viewer: Viewer, limit: int = 10
) -> list[NearMatch]:
    """People here with the name (as it sounds) and birth date of the draft, or with its telephone."""
    sealer = Sealer(keyring, current_tenant())
    query = _Query(sealer.tenant)
    query.conditions += ["p.tenant_id = $1", VISIBLE[viewer.detail]]
    # The bare comparison, which an index can answer; coalesced only where it is shown.
    phone = "false"
    if draft.phone and viewer.detail == "full":
        phone = f"p.phone_index = {query.put(sealer.phone_index(draft.phone))}"
    sound = query.put(names.search_keys(names.normal_name(draft.name or draft.alias or "")).pinyin)
    born = query.put(_birth_date(draft))
    birth = f"coalesce(p.birth_date = {born}::date, false)"
    # Where one of the birth dates is unknown the name is all that there is to go by.
    unknown = f"{born}::date IS NULL OR p.birth_date IS NULL"
    query.any_of([phone, f"p.pinyin = {sound} AND ({unknown} OR p.birth_date = {born}::date)"])
    rows = await tx.fetch(
        f"SELECT {BASIC}, coalesce({phone}, false) AS same_phone, {birth} AS same_birth FROM people.person p"  # noqa: S608
        f" WHERE {' AND '.join(query.conditions)} ORDER BY 2, 1 LIMIT {query.put(limit)}",
        *query.values,
    )
    return [
        NearMatch(
            person=_person(row),
            has_same_phone=row["same_phone"],
            has_same_birth=row["same_birth"],
        )
        for row in rows
    ]


def prefix_range(prefix: str) -> tuple[str, str]:
    """The texts that begin with `prefix` (clean, not empty), as the half-open range that an index can use."""
    following = ord(prefix[-1]) + 1
    # The surrogates lie in between and are no characters.
    return prefix, prefix[:-1] + chr(0xE000 if following == 0xD800 else following)


def _person(row: Row) -> Person:
    values = dict(row)
    for beside in ("pinyin", "born", "same_phone", "same_birth"):
        values.pop(beside, None)
    return shown(values, Person)


def _by_name(query: _Query, text: str) -> list[str]:
    name = names.normal_name(text)
    conditions = _prefix(query, name, "name", "alias", "name_former") if name else []
    letters = names.search_keys(text).pinyin if text.isascii() or _is_latin(text) else ""
    if letters:
        conditions += _prefix(query, letters, "pinyin", "initials", "latin")
    return conditions


def _is_latin(text: str) -> bool:
    """Letters with accents, as some type names; Han characters are matched as they are."""
    return all(ord(character) < 0x250 for character in text)


def _prefix(query: _Query, prefix: str, *columns: str) -> list[str]:
    low, high = (query.put(bound) for bound in prefix_range(prefix))
    return [f"p.{column} >= {low} AND p.{column} < {high}" for column in columns]


def _by_number(query: _Query, sealer: Sealer, text: str, detail: Detail) -> list[str]:
    """By sealed numbers; the employer's side searches by names only, and telephones are the station's."""
    number = documents.normal_number(text)
    if detail == "basic":
        return []
    conditions: list[str] = []
    if len(number) == TAIL and _TAIL.fullmatch(number):
        conditions.append(f"p.document_tail_index = {query.put(sealer.document_tail(number))}")
        if detail == "full":
            conditions.append(f"p.phone_tail_index = {query.put(sealer.phone_tail(number))}")
    elif _NUMBER.fullmatch(number):
        conditions.append(f"p.document_index = ANY({query.put(sealer.document_indexes(number))}::bytea[])")
        if detail == "full":
            conditions.append(f"p.phone_index = {query.put(sealer.phone_index(text))}")
    return conditions


def _narrow(query: _Query, where: PeopleFilter) -> None:
    if where.is_present is not None:
        query.conditions.append(_PRESENT if where.is_present else f"NOT {_PRESENT}")
    if where.arrived_from is not None or where.arrived_to is not None:
        first = query.put(where.arrived_from or date.min)
        last = query.put(where.arrived_to or date.max)
        query.conditions.append(_ARRIVED.format(first=first, last=last))
    if where.among is not None:
        query.conditions.append(f"p.id = ANY({query.put(list(where.among))}::uuid[])")


def _birth_date(draft: PersonDraft) -> date | None:
    if draft.birth_date is not None or draft.document is None or not is_unique(draft.document):
        return draft.birth_date
    return documents.birth_date(draft.document.id_type, documents.normal_number(draft.document.number))
