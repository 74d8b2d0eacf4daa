"""How each table answers a person who asks what is kept of her, or that it be deleted.

Confirmations and help with permits hold a day and a kind, nothing that tells who she was: once the platform has
taken her record away they stay as dates without a name, so that earlier figures remain what they were.
"""

from __future__ import annotations

from uuid import UUID

from core.sdk import PersonalData, TenantCtx
from core.sdk import gettext_noop as _
from plugins.registration.imports.forgetting import forget_in_rosters, lines_in_rosters
from plugins.registration.imports.traces import forget_person_in_traces, rosters_of
from plugins.registration.imports.uploads import STATE_TITLES as IMPORT_TITLES
from plugins.registration.services.codes import DWELLINGS, PERMIT_KINDS, PURPOSES, RELATIONS, title_of
from plugins.registration.services.confirming import helps_of, seen_of
from plugins.registration.services.households import forget_member, home_of
from plugins.registration.services.offers import STATE_TITLES, forget_offers, offers_of
from plugins.registration.services.records import firm_names, record_of
from plugins.registration.tables import (
    Confirmation,
    HouseholdMember,
    PermitHelp,
    Record,
    RosterRow,
    RosterTrace,
    Transfer,
)

__all__ = ["PERSONAL_DATA"]

Rows = list[dict[str, str]]


async def export_record(ctx: TenantCtx, person: UUID) -> Rows:
    kept = await record_of(person)
    if kept.version == 0:
        return []
    firms = await firm_names(ctx)
    told = {
        _("Village or community"): kept.village,
        _("Address"): kept.address_detail,
        _("Dwelling"): ctx.tell(title_of(DWELLINGS, kept.dwelling)),
        _("Purpose of the stay"): ctx.tell(title_of(PURPOSES, kept.purpose)),
        _("Firm"): firms.get(kept.firm_id, "") if kept.firm_id else kept.firm_name,
        _("Workshop"): kept.workshop,
        _("Job"): kept.job_title,
        _("Hired on"): kept.hired_on.isoformat() if kept.hired_on else None,
        _("Expects to leave on"): kept.expected_departure.isoformat() if kept.expected_departure else None,
    }
    return [{ctx.tell(name): value for name, value in told.items() if value}]


async def erase_record(ctx: TenantCtx, person: UUID) -> int:
    gone = await Record.delete().where(Record.person_id == person).returning(Record.id)
    return len(gone)


async def export_confirmations(ctx: TenantCtx, person: UUID) -> Rows:
    verified, seen = ctx.tell(_("contact verified")), ctx.tell(_("still here"))
    return [
        {
            ctx.tell(_("Day")): one.day.isoformat(),
            ctx.tell(_("What happened")): verified if one.contact_verified else seen,
        }
        for one in await seen_of(person)
    ]


async def export_helps(ctx: TenantCtx, person: UUID) -> Rows:
    return [
        {
            ctx.tell(_("Day")): one.day.isoformat(),
            ctx.tell(_("What happened")): ctx.tell(title_of(PERMIT_KINDS, one.kind)),
        }
        for one in await helps_of(person)
    ]


async def keep_days(ctx: TenantCtx, person: UUID) -> int:
    """Nothing to take away: see the head of this file."""
    return 0


async def export_household(ctx: TenantCtx, person: UUID) -> Rows:
    """What she is to the head, and how many they are; who the others are is theirs to ask."""
    home = await home_of(ctx, person)
    if home is None:
        return []
    relation = next(member.relation for member in home.members if member.person.id == person)
    return [
        {
            ctx.tell(_("To the head")): ctx.tell(title_of(RELATIONS, relation) or _("relation not told")),
            ctx.tell(_("Members of the household")): str(len(home.members)),
        }
    ]


async def erase_household(ctx: TenantCtx, person: UUID) -> int:
    return await forget_member(person)


async def export_offers(ctx: TenantCtx, person: UUID) -> Rows:
    return [
        {
            ctx.tell(_("Day")): one.moves_on.isoformat(),
            ctx.tell(_("Association unit")): one.other(ctx.language),
            ctx.tell(_("State")): ctx.tell(STATE_TITLES[one.state]),
        }
        for one in await offers_of(person)
    ]


async def erase_offers(ctx: TenantCtx, person: UUID) -> int:
    """The offers stay as halves of their transfers, without the link to her and without what was handed on."""
    return await forget_offers(ctx, person)


async def export_rosters(ctx: TenantCtx, person: UUID) -> Rows:
    return [
        {
            ctx.tell(_("Roster")): line.file_name,
            ctx.tell(_("Row")): str(line.row),
            ctx.tell(_("State")): ctx.tell(IMPORT_TITLES[line.state]),
        }
        for line in await lines_in_rosters(ctx, person)
    ]


async def erase_rosters(ctx: TenantCtx, person: UUID) -> int:
    """Rosters on their way in: her rows go, and every file that is still being read, since she may be in it."""
    return await forget_in_rosters(ctx, person)


async def export_traces(ctx: TenantCtx, person: UUID) -> Rows:
    """What stood in her record before is as good as what stands there now, but for a day only."""
    return [
        {
            ctx.tell(_("Roster")): name,
            ctx.tell(_("What happened")): ctx.tell(_("new") if is_new else _("corrected")),
        }
        for name, is_new in await rosters_of(person)
    ]


async def erase_traces(ctx: TenantCtx, person: UUID) -> int:
    return await forget_person_in_traces(person)


PERSONAL_DATA = (
    PersonalData(table=Record, title=_("Residence and work"), export=export_record, erase=erase_record),
    PersonalData(table=Confirmation, title=_("Confirmations"), export=export_confirmations, erase=keep_days),
    PersonalData(
        table=PermitHelp, title=_("Help with residence permits"), export=export_helps, erase=keep_days
    ),
    PersonalData(table=HouseholdMember, title=_("Household"), export=export_household, erase=erase_household),
    PersonalData(table=Transfer, title=_("Offers to move"), export=export_offers, erase=erase_offers),
    PersonalData(
        table=RosterRow, title=_("Rosters on their way in"), export=export_rosters, erase=erase_rosters
    ),
    PersonalData(
        table=RosterTrace, title=_("Rosters that can be undone"), export=export_traces, erase=erase_traces
    ),
)
