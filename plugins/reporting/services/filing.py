"""Filling in, preparing and submitting: who may, in which order, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from core.sdk import Conflict, NotFound, TenantCtx, month_of
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, parse_period
from core.sdk.reports import Act, HandCell, Report, State, Submission
from core.sdk.tenancy import staff_with
from plugins.reporting.permissions import REPORTERS
from plugins.reporting.services.entries import Filled, entries_of, is_filled, write_entries
from plugins.reporting.services.form import FORM, FormVersion, form_of
from plugins.reporting.services.sheet import Sheet, read_sheet
from plugins.reporting.settings import Settings

__all__ = [
    "SecondPerson",
    "fill",
    "month_at",
    "months_of",
    "needs_second_person",
    "prepare",
    "submit",
    "take_back",
]


class SecondPerson(Conflict):
    """One prepares, another one submits."""

    code = "second-person"
    default_what = _("In this unit one person prepares the report and another one submits it.")
    default_todo = _("Mark it as prepared; a colleague who can report then checks and submits it.")


def month_at(ctx: TenantCtx, name: str) -> Period:
    """The month of that name, if the unit owes a report of it; raises `NotFound`."""
    found = [month for month in months_of(ctx) if month.name == name]
    if not found:
        raise NotFound
    return found[0]


def months_of(ctx: TenantCtx) -> list[Period]:
    """From the first month of the unit's books to this one, the newest first."""
    first = max(ctx.tenant.opened_on, ctx.tenant.books_from)
    month = parse_period(month_of(ctx.today))
    found: list[Period] = []
    while month.last_day >= first:
        found.append(month)
        month = parse_period(month_of(month.first_day - timedelta(days=1)))
    return found


async def fill(
    ctx: TenantCtx, period: Period, version: int, filled: Mapping[tuple[str, str], Filled]
) -> Report:
    """Keep the cells of the draft; `version` 0: nobody had begun it. Raises `OutOfDate`, `Conflict`.

    What was sent with the same cells before, as by a second click, is there already and changes nothing.
    """
    report = await ctx.reports.open(FORM, form_of(period).version, period)
    if not report.is_open and version != report.version and await is_filled(period.name, filled):
        return report
    held = await ctx.reports.touch(report, version or 1)
    await write_entries(ctx, period.name, filled)
    return held


async def prepare(ctx: TenantCtx, sheet: Sheet, version: int) -> Report:
    """Checked and ready for the second person; raises `Conflict` where something is still to be settled."""
    return await ctx.reports.turn(_whole(sheet), Act.PREPARE, version)


async def take_back(ctx: TenantCtx, period: Period, version: int) -> Report:
    """Go on with it; raises `NotFound` before it was begun."""
    report = await ctx.reports.find(FORM, period.name)
    if report is None:
        raise NotFound
    return await ctx.reports.turn(report, Act.TAKE_BACK, version)


async def submit(ctx: TenantCtx, period: Period, version: int) -> Report:
    """Send it to the town, every cell as it stands. Raises `SecondPerson`, `Conflict`, `IllegalAct`, `OutOfDate`."""
    sheet = await read_sheet(ctx, period)
    report = _whole(sheet)
    is_checked = report.state is State.PREPARED and report.prepared_by != ctx.actor.id
    if not (report.is_with_town or is_checked) and await needs_second_person(ctx):
        raise SecondPerson
    return await ctx.reports.submit(report, version, await _sent(sheet.form, period))


async def needs_second_person(ctx: TenantCtx) -> bool:
    """Where the unit has two who can report, and has not decided otherwise."""
    settings = await ctx.settings(Settings)
    return settings.second_person and len(await staff_with(ctx.transaction, REPORTERS)) > 1


def _whole(sheet: Sheet) -> Report:
    if sheet.report is None or (sheet.report.is_open and sheet.errors):
        raise Conflict(
            _("Something of the report is still to be filled in or explained."),
            _("Settle the marked cells; what you typed is kept."),
        )
    return sheet.report


async def _sent(form: FormVersion, period: Period) -> Submission:
    entries = await entries_of(period.name)
    hand = [
        HandCell(
            indicator=cell.indicator,
            cut=cell.cut,
            value=_number(form, entries, cell.indicator, cell.cut),
            remark=entries.get((cell.indicator, cell.cut), Filled()).remark,
        )
        for cell in form.cells
        if cell.source != "computed"
    ]
    remarks = [
        HandCell(indicator=indicator, cut=cut, value=None, remark=entry.remark)
        for (indicator, cut), entry in entries.items()
        if entry.remark and indicator in form.computed
    ]
    return Submission(hand=hand, computed=form.computed, remarks=remarks)


def _number(
    form: FormVersion, entries: Mapping[tuple[str, str], Filled], indicator: str, cut: str
) -> int | None:
    cell = next(each for each in form.cells if (each.indicator, each.cut) == (indicator, cut))
    numbers = [entries.get((indicator, part), Filled()).number for part in cell.adds or (cut,)]
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
