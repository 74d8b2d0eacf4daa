"""One person as an operation tells her; what only the station sees stands apart."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct, convert

from core.sdk import TenantCtx
from core.sdk.people import MovementCorrection, MovementFacts, MovementKind, PersonFull
from core.sdk.tenancy import staff_names
from plugins.registration.api.household import HouseholdTold, told_of
from plugins.registration.api.offers import OfferTold
from plugins.registration.services.profile import profile_of
from plugins.registration.services.records import Stored

__all__ = ["PermitTold", "PersonDetail", "at_station"]


class ResidenceTold(Struct, frozen=True, kw_only=True):
    """Where she lives; `version` is the one to edit residence and work with."""

    version: int
    village: str | None
    address_detail: str | None
    dwelling: str | None
    purpose: str | None
    expected_departure: date | None


class ConsentTold(Struct, frozen=True, kw_only=True):
    """`is_outdated`: she agreed to an older wording, so she is to be asked again."""

    purpose: str
    is_necessary: bool
    is_given: bool
    is_outdated: bool
    given_at: datetime | None
    withdrawn_at: datetime | None


class MovementTold(Struct, frozen=True, kw_only=True):
    """What it says now is what a correction of it has to have seen."""

    id: UUID
    kind: MovementKind
    day: date
    reason: str


class EpisodeTold(Struct, frozen=True, kw_only=True):
    """`ended_on` is the first day without her."""

    started_on: date
    ended_on: date | None


class FactsTold(Struct, frozen=True, kw_only=True):
    kind: MovementKind
    day: date
    reason: str


class CorrectionTold(Struct, frozen=True, kw_only=True):
    """Of a movement (`became` is null where it never happened) or of the `field` of her record."""

    at: datetime
    by: str
    why: str
    movement: UUID | None = None
    was: FactsTold | None = None
    became: FactsTold | None = None
    field: str | None = None
    old: str | None = None
    new: str | None = None


class ConfirmationTold(Struct, frozen=True, kw_only=True):
    """A day on which she was seen to be here."""

    day: date
    contact_verified: bool


class PermitHelpTold(Struct, frozen=True, kw_only=True):
    day: date
    kind: str


class PermitStateTold(Struct, frozen=True, kw_only=True):
    """For information: the office that issues the permit decides."""

    eligible_on: date | None
    endorse_from: date | None
    endorse_by: date | None


class PermitTold(Struct, frozen=True, kw_only=True):
    """`months` of residence are needed before a permit is applied for; she is here `since` that day."""

    since: date | None
    months: int
    state: PermitStateTold
    helps: list[PermitHelpTold]


class LookTold(Struct, frozen=True, kw_only=True):
    """Somebody was shown something sensitive of her; `by` is empty for the platform and who has left."""

    at: datetime
    by: str
    purpose: str
    fields: list[str]


class ErasureTold(Struct, frozen=True, kw_only=True):
    """It was asked for, and is not done yet."""

    reason: str
    asked_at: datetime


class MergeTold(Struct, frozen=True, kw_only=True):
    """Another record that was put together with this one, or is on its way."""

    id: UUID
    kept_id: UUID
    gone_id: UUID
    reason: str
    state: str
    asked_at: datetime


class PersonAtStation(Struct, frozen=True, kw_only=True):
    """Movements, episodes and merges oldest first, all others newest first.

    `is_stale`: nobody has confirmed for 180 days that she is still here.
    """

    legal_name: str | None
    alias: str | None
    name_former: str | None
    name_latin: str | None
    origin_division: str | None
    has_contact: bool
    source: str
    registered_on: date
    residence: ResidenceTold
    consents: list[ConsentTold]
    movements: list[MovementTold]
    episodes: list[EpisodeTold]
    corrections: list[CorrectionTold]
    confirmations: list[ConfirmationTold]
    is_stale: bool
    permit: PermitTold
    offers: list[OfferTold]
    looks: list[LookTold]
    household: HouseholdTold | None
    lacks_guardian: bool
    erasure: ErasureTold | None
    merges: list[MergeTold]


class PersonDetail(Struct, frozen=True, kw_only=True):
    """What the caller's role sees; None where it does not, or where nothing is known."""

    id: UUID
    version: int
    state: str
    name: str
    sex: str
    birth_year: int | None
    birth_date: date | None
    origin: str
    id_type: str | None
    document: str | None
    phone: str | None
    presence: str
    is_floating: bool
    is_employee: bool
    firm_id: UUID | None
    firm: str
    workshop: str | None
    job_title: str | None
    hired_on: date | None
    station: PersonAtStation | None


async def at_station(ctx: TenantCtx, shown: PersonFull, record: Stored) -> PersonAtStation:
    profile = await profile_of(ctx, shown)
    staff = await staff_names(ctx.transaction)
    return PersonAtStation(
        legal_name=shown.legal_name,
        alias=shown.alias,
        name_former=shown.name_former,
        name_latin=shown.name_latin,
        origin_division=shown.origin_division,
        has_contact=shown.has_contact,
        source=shown.source,
        registered_on=shown.registered_on,
        residence=convert(record, ResidenceTold, from_attributes=True),
        consents=[
            ConsentTold(
                purpose=state.purpose.code,
                is_necessary=state.purpose.is_necessary,
                is_given=state.is_given,
                is_outdated=state.is_outdated,
                given_at=state.given_at,
                withdrawn_at=state.withdrawn_at,
            )
            for state in profile.consents
        ],
        movements=convert(profile.movements, list[MovementTold], from_attributes=True),
        episodes=convert(profile.episodes, list[EpisodeTold], from_attributes=True),
        corrections=await _corrections(ctx, shown.id, staff),
        confirmations=convert(profile.seen, list[ConfirmationTold], from_attributes=True),
        is_stale=profile.is_stale,
        permit=convert(profile.permit, PermitTold, from_attributes=True),
        offers=convert(profile.offers, list[OfferTold], from_attributes=True),
        looks=[
            LookTold(at=look.at, by=_name(staff, look.actor), purpose=look.purpose, fields=list(look.fields))
            for look in profile.looks
        ],
        household=told_of(profile.home) if profile.home else None,
        lacks_guardian=profile.lacks_guardian,
        erasure=convert(profile.erasure, ErasureTold | None, from_attributes=True),
        merges=convert(profile.merges, list[MergeTold], from_attributes=True),
    )


async def _corrections(ctx: TenantCtx, person: UUID, staff: dict[UUID, str]) -> list[CorrectionTold]:
    found: list[CorrectionTold] = []
    for one in await ctx.people.corrections(person):
        by = _name(staff, one.by)
        if isinstance(one, MovementCorrection):
            told = CorrectionTold(
                at=one.at,
                by=by,
                why=one.why,
                movement=one.movement,
                was=_facts(one.old),
                became=_facts(one.new) if one.new else None,
            )
        else:
            told = CorrectionTold(at=one.at, by=by, why=one.why, field=one.field, old=one.old, new=one.new)
        found.append(told)
    return found


def _facts(facts: MovementFacts) -> FactsTold:
    return FactsTold(kind=facts.kind, day=facts.day, reason=facts.reason)


def _name(staff: dict[UUID, str], account: UUID | None) -> str:
    return staff.get(account, "") if account else ""
