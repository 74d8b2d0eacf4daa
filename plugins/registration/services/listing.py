"""The list of people: search, filters, and what each line shows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from core.sdk import NotFound, TenantCtx
from core.sdk.people import PeopleFilter, PeopleOrder, Person, PlaceInList
from plugins.registration.services import records

__all__ = [
    "MOST_EXPORTED",
    "Line",
    "Lines",
    "Query",
    "all_lines",
    "asked",
    "basics_of",
    "list_people",
    "mark_of",
    "place_of",
    "sealed",
    "words_in",
]

PAGE = 50
MOST_EXPORTED = 20_000
BY_NAME = PeopleOrder()


class Query(Struct, frozen=True, kw_only=True):
    """What is asked for; everything empty is everybody."""

    text: str = ""
    firm: UUID | None = None
    is_present: bool | None = None
    arrived_this_month: bool = False
    order: PeopleOrder = BY_NAME


class Asked(Protocol):
    """The filters as they stand in an address."""

    @property
    def firm(self) -> UUID | None: ...
    @property
    def present(self) -> str: ...
    @property
    def arrived(self) -> str: ...
    @property
    def sort(self) -> str: ...
    @property
    def words(self) -> str: ...


def asked(ctx: TenantCtx, address: Asked) -> Query:
    """Raises `BadInput` for words that were not sealed here."""
    return Query(
        text=words_in(ctx, address.words),
        firm=address.firm,
        is_present={"yes": True, "no": False}.get(address.present),
        arrived_this_month=address.arrived == "1",
        order=_order(address.sort),
    )


class Line(Struct, frozen=True, kw_only=True):
    """A person and where she works, as far as the reader's role goes."""

    person: Person
    firm: str


class Lines(Struct, frozen=True, kw_only=True):
    """A page of the list; `after` leads to the next one."""

    lines: tuple[Line, ...]
    after: PlaceInList | None


async def list_people(
    ctx: TenantCtx, query: Query, after: PlaceInList | None = None, limit: int = PAGE
) -> Lines:
    """In the order that is asked for; by itself that of pinyin."""
    where = PeopleFilter(
        is_present=query.is_present,
        arrived_from=ctx.today.replace(day=1) if query.arrived_this_month else None,
        arrived_to=ctx.today if query.arrived_this_month else None,
        among=await records.people_of_firm(query.firm) if query.firm else None,
    )
    found = await ctx.people.search(query.text, where=where, limit=limit, after=after, order=query.order)
    kept = await records.records_of([person.id for person in found.people])
    firms = await records.firm_names(ctx)
    lines = tuple(Line(person=person, firm=_firm(kept.get(person.id), firms)) for person in found.people)
    return Lines(lines=lines, after=found.after)


async def basics_of(ctx: TenantCtx, person: UUID) -> Person:
    """As a list shows her, for pages that need no more; nothing sensitive is looked at. Raises `NotFound`."""
    found = await ctx.people.search(where=PeopleFilter(among=[person]), limit=1)
    if not found.people:
        raise NotFound
    return found.people[0]


def sealed(ctx: TenantCtx, words: str) -> str:
    """What was searched for, as an address may hold it."""
    return ctx.cursor("people.words", words) if words else ""


def words_in(ctx: TenantCtx, mark: str) -> str:
    """The opposite; raises `BadInput`."""
    values = ctx.at("people.words", mark)
    return values[0] if values else ""


def mark_of(ctx: TenantCtx, place: PlaceInList | None) -> str | None:
    """Where a page ended, as one word of an address."""
    return ctx.cursor("people", place.pinyin, place.id, place.born or 0) if place else None


def place_of(ctx: TenantCtx, mark: str) -> PlaceInList | None:
    """The opposite; raises `BadInput` for what is no such word."""
    values = ctx.at("people", mark)
    return PlaceInList(values[0], UUID(values[1]), int(values[2]) or None) if values else None


async def all_lines(ctx: TenantCtx, query: Query) -> AsyncIterator[Line]:
    """Every line, page by page, up to 20,000: for a file."""
    after: PlaceInList | None = None
    count = 0
    while count < MOST_EXPORTED:
        page = await list_people(ctx, query, after, limit=1000)
        for line in page.lines:
            yield line
        count += len(page.lines)
        after = page.after
        if after is None:
            return


def _order(word: str) -> PeopleOrder:
    return PeopleOrder("born" if word.endswith("born") else "name", word.startswith("-"))


def _firm(row: Mapping[str, Any] | None, firms: dict[UUID, str]) -> str:
    if row is None:
        return ""
    return firms.get(row["firm_id"], "") or row["firm_name"] or ""
