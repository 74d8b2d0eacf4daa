"""Everything that is kept of a person in plain words: for a page, a printed sheet, and files (PIPL, 44 and 45)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from core.sdk import TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import PURPOSES
from core.sdk.personal import PersonalCopy, PersonRecord
from core.sdk.tenancy import staff_names
from core.sdk.values import documents
from plugins.registration.services.codes import REASONS, title_of
from plugins.registration.services.history import Entry, history_of
from plugins.registration.services.moving import KIND_TITLES
from plugins.registration.services.words import SEXES, origin_words

__all__ = ["FIELDS", "CopyOfAll", "Part", "copy_of"]

FIELDS = {
    "document": _("document number"),
    "phone": _("telephone number"),
    "contact": _("other contact"),
    "birth_date": _("birth date"),
}

Rows = list[dict[str, str]]


class Part(Struct, frozen=True, kw_only=True):
    """One kind of data; each row maps words to words, both in the reader's language."""

    title: str
    rows: Rows

    @property
    def columns(self) -> list[str]:
        """Of all rows together: one may tell what another does not."""
        return list(dict.fromkeys(name for row in self.rows for name in row))


class CopyOfAll(Struct, frozen=True, kw_only=True):
    """`ask` are the titles of the staff who keep other kinds of data, of her or not."""

    name: str
    parts: list[Part]
    ask: list[str]


async def copy_of(ctx: TenantCtx, person: UUID) -> CopyOfAll:
    """Noted in her access log and in the audit. Raises `NotFound`."""
    copy = await ctx.personal.copy(person)
    staff = await staff_names(ctx.transaction)
    own = [
        Part(title=ctx.tell(_("Who she is")), rows=[_identity(ctx, copy)]),
        Part(title=ctx.tell(_("Consents")), rows=_consents(ctx, copy.record)),
        Part(title=ctx.tell(_("Movements")), rows=_movements(ctx, copy.record)),
        Part(title=ctx.tell(_("Residence episodes")), rows=_episodes(ctx, copy.record)),
        Part(title=ctx.tell(_("Corrections")), rows=_corrections(ctx, await history_of(ctx, person))),
    ]
    if copy.record.merged:
        title = ctx.tell(_("Other records of hers that were put together with this one"))
        own.insert(1, Part(title=title, rows=_merged(ctx, copy.record)))
    modules = [Part(title=section.title, rows=section.rows) for section in copy.sections]
    looks = Part(title=ctx.tell(_("Who looked")), rows=_looks(ctx, copy.record, staff))
    return CopyOfAll(name=copy.record.person.name, parts=[*own, *modules, looks], ask=copy.ask)


def _identity(ctx: TenantCtx, copy: PersonalCopy) -> dict[str, str]:
    person = copy.record.person
    kind = documents.DOCUMENT_TYPES.get(person.id_type or "")
    yes, no = ctx.tell(_("yes")), ctx.tell(_("no"))
    told: dict[str, str | None] = {
        _("Name"): person.legal_name,
        _("Alias"): person.alias,
        _("Former name"): person.name_former,
        _("Name in Latin letters"): person.name_latin,
        _("Sex"): ctx.tell(SEXES[person.sex]),
        _("Birth date"): person.birth_date.isoformat() if person.birth_date else None,
        _("Document"): (kind.zh if ctx.language == "zh" else kind.en) if kind else None,
        _("Document number"): copy.record.document,
        _("Telephone"): copy.record.phone,
        _("Another way to reach her"): copy.record.contact,
        _("Place of origin"): origin_words(ctx, person.origin),
        _("Division of household registration"): person.origin_division,
        _("Floating population"): yes if person.is_floating else no,
        _("Works for a firm of the unit"): yes if person.is_employee else no,
        _("Registered on"): person.registered_on.isoformat(),
    }
    return {ctx.tell(name): value for name, value in told.items() if value}


def _merged(ctx: TenantCtx, record: PersonRecord) -> Rows:
    """Kept so that it can be undone; their movements are set aside."""
    return [
        {
            ctx.tell(_("Name")): each.name,
            ctx.tell(_("Birth date")): each.birth_date.isoformat() if each.birth_date else "",
            ctx.tell(_("Document number")): each.document or "",
            ctx.tell(_("Telephone")): each.phone or "",
            ctx.tell(_("Another way to reach her")): each.contact or "",
            ctx.tell(_("Movements")): " · ".join(
                f"{move.day.isoformat()} {ctx.tell(KIND_TITLES[move.kind])}" for move in each.movements
            ),
        }
        for each in record.merged
    ]


def _consents(ctx: TenantCtx, record: PersonRecord) -> Rows:
    return [
        {
            ctx.tell(_("Purpose")): ctx.tell(PURPOSES[given.purpose].title),
            ctx.tell(_("Given on")): _time(ctx, given.given_at),
            ctx.tell(_("Withdrawn on")): _time(ctx, given.withdrawn_at) if given.withdrawn_at else "",
        }
        for given in record.consents
    ]


def _movements(ctx: TenantCtx, record: PersonRecord) -> Rows:
    return [
        {
            ctx.tell(_("Day")): move.day.isoformat(),
            ctx.tell(_("What happened")): ctx.tell(KIND_TITLES[move.kind]),
            ctx.tell(_("Reason")): ctx.tell(title_of(REASONS, move.reason)),
        }
        for move in record.movements
    ]


def _corrections(ctx: TenantCtx, history: list[Entry]) -> Rows:
    cancelled = ctx.tell(_("cancelled"))
    return [
        {
            ctx.tell(_("When")): f"{entry.at:%Y-%m-%d %H:%M}",
            ctx.tell(_("What was corrected")): entry.subject,
            ctx.tell(_("Before")): str(entry.old or entry.day or ""),
            ctx.tell(_("After")): cancelled if entry.what == "cancelled" else str(entry.new or ""),
            ctx.tell(_("Why")): entry.why,
        }
        for entry in history
    ]


def _episodes(ctx: TenantCtx, record: PersonRecord) -> Rows:
    present = ctx.tell(_("present"))
    return [
        {
            ctx.tell(_("First day")): episode.started_on.isoformat(),
            ctx.tell(_("First day without her")): episode.ended_on.isoformat()
            if episode.ended_on
            else present,
        }
        for episode in record.episodes
    ]


def _looks(ctx: TenantCtx, record: PersonRecord, staff: dict[UUID, str]) -> Rows:
    nobody = ctx.tell(_("the platform itself, or somebody who has left"))
    return [
        {
            ctx.tell(_("When")): _time(ctx, look.at),
            ctx.tell(_("Who")): staff.get(look.actor, nobody) if look.actor else nobody,
            ctx.tell(_("What was seen")): " · ".join(
                ctx.tell(FIELDS.get(name, name)) for name in look.fields
            ),
        }
        for look in record.looks
    ]


def _time(ctx: TenantCtx, moment: datetime) -> str:
    """In the town's time."""
    return f"{moment.astimezone(ZoneInfo(ctx.tenant.time_zone)):%Y-%m-%d %H:%M}"
