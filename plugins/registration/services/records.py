"""Where a person lives and works: read, write, correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from core.sdk import BadInput, Prepared, TenantCtx, among
from core.sdk import gettext_noop as _
from core.sdk.people import EditConflict
from core.sdk.tenancy import list_firms
from plugins.registration.tables import Record

__all__ = [
    "Residence",
    "Stored",
    "add_record",
    "check",
    "edit_record",
    "firm_names",
    "people_of_firm",
    "record_of",
    "records_of",
    "residence_of",
]

FIELDS = (
    "village",
    "address_detail",
    "dwelling",
    "purpose",
    "firm_id",
    "workshop",
    "job_title",
    "hired_on",
    "expected_departure",
)


class Residence(Struct, frozen=True, kw_only=True):
    """What is kept of where she lives and works; None is unknown."""

    village: str | None = None
    address_detail: str | None = None
    dwelling: str | None = None
    purpose: str | None = None
    firm_id: UUID | None = None
    workshop: str | None = None
    job_title: str | None = None
    hired_on: date | None = None
    expected_departure: date | None = None


class Stored(Residence, frozen=True, kw_only=True):
    """The same as it stands; version 0 means that nothing was written yet."""

    firm_name: str | None = None
    version: int = 0

    @property
    def told(self) -> Residence:
        return Residence(**{name: getattr(self, name) for name in FIELDS})


def residence_of(told: Any) -> Residence:
    """The fields of a form or a body that say where she lives and works."""
    return Residence(**{name: getattr(told, name) for name in FIELDS})


async def record_of(person: UUID) -> Stored:
    """Ask for the person first: `ctx.people.get` decides who may see her."""
    row = await _row(person)
    if row is None:
        return Stored()
    return Stored(**{name: row[name] for name in (*FIELDS, "firm_name", "version")})


async def add_record(ctx: TenantCtx, person: UUID, residence: Residence, version: int = 1) -> None:
    """The first record of a new person; one that she has already is completed, as `version`."""
    await check(ctx, residence)
    told = {name: value for name, value in structs.asdict(residence).items() if value is not None}
    names, values = ("person_id", "version", *told), (person, version, *told.values())
    await Record.insert_many(names, [values], key=("person_id",))


async def edit_record(ctx: TenantCtx, person: UUID, version: int, residence: Residence) -> int:
    """Correct what was read as `version`; the version after it. Raises `EditConflict`, `BadInput`."""
    await ctx.people.presence(person)  # NotFound for whom the reader does not see
    await check(ctx, residence)
    before = await record_of(person)
    if before.version != version:
        raise EditConflict
    if before.told == residence:
        return version
    after = structs.asdict(residence)
    if before.version == 0:
        await Record.insert(Record(person_id=person, **after))
    else:
        if residence.firm_id != before.firm_id:
            after["firm_name"] = None
        await _update(person, version, after)
    changed = [name for name in FIELDS if getattr(before, name) != after[name]]
    ctx.audit(
        "registration.record.edit", "person", person,
        before=structs.asdict(before.told), after=structs.asdict(residence),
        detail={"fields": ",".join(changed), "version": version + 1},
    )  # fmt: skip
    return version + 1


async def check(ctx: TenantCtx, residence: Residence) -> None:
    """Raise `BadInput` with every field that cannot be used."""
    errors: dict[str, str] = {}
    if residence.hired_on is not None and residence.hired_on > ctx.today:
        errors["hired_on"] = _("A day that has not come yet cannot be recorded.")
    if residence.firm_id is not None and residence.firm_id not in await firm_names(ctx):
        errors["firm_id"] = _("Choose one of the list.")
    if errors:
        raise BadInput(fields=errors)


async def firm_names(ctx: TenantCtx) -> dict[UUID, str]:
    """The names of all firms that the tenant serves or served, in the reader's language."""
    return {firm.id: firm.name(ctx.language) for firm in await list_firms(ctx.transaction)}


_OF_PERSON = Prepared(lambda person: Record.select().where(Record.person_id == person))

_IN_LISTS = Prepared(
    lambda people: Record.select(
        Record.person_id,
        Record.firm_id,
        Record.firm_name,
        Record.village,
        Record.workshop,
        Record.job_title,
    ).where(among(Record.person_id, people))
)


async def people_of_firm(firm: UUID) -> list[UUID]:
    rows = await Record.select(Record.person_id).where(Record.firm_id == firm)
    return [row["person_id"] for row in rows]


async def records_of(people: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Firm and village of several people at once."""
    if not people:
        return {}
    return {row["person_id"]: row for row in await _IN_LISTS(people)}


async def _row(person: UUID) -> Mapping[str, Any] | None:
    return await _OF_PERSON.first(person)


async def _update(person: UUID, version: int, values: dict[str, Any]) -> None:
    done = (
        await Record.update({**values, "version": version + 1})
        .where((Record.person_id == person) & (Record.version == version))
        .returning(Record.id)
    )
    if not done:
        raise EditConflict
