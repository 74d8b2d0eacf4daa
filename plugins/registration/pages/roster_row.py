"""A row of a plan, corrected where it stands: first the cells that something was found of, then all others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import BadInput, Conflict, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from plugins.registration.forms import RowForm
from plugins.registration.imports import columns as col
from plugins.registration.imports import uploads
from plugins.registration.imports.correct import correct_row
from plugins.registration.imports.lines import PlanRow, open_row
from plugins.registration.imports.verdicts import Reason, sentence
from plugins.registration.pages.roster import STEPS, VERDICTS
from plugins.registration.permissions import IMPORT

__all__ = ["PAGES"]

_KEYS = {column: key for key, column in col.KEYS.items()}


async def show_row(ctx: TenantCtx, incoming: UUID, line: UUID) -> Any:
    return await _shown(ctx, incoming, line)


async def save_row(ctx: TenantCtx, incoming: UUID, line: UUID, form: Form[RowForm]) -> Any:
    """What is right now leads back to the plan, what is not stays here with its new reason."""
    problem: BadInput | Conflict | None = None
    if form.is_valid:
        # Fields that were not on the page are not empty: they are as they were.
        told = {column: getattr(form.value, key) for key, column in col.KEYS.items() if key in form.typed}
        try:
            after = await correct_row(ctx, incoming, line, told)
        except (BadInput, Conflict) as error:
            problem = error
        else:
            return _onwards(ctx, incoming, after)
    return await _shown(ctx, incoming, line, form, problem)


def _onwards(ctx: TenantCtx, incoming: UUID, after: PlanRow) -> Any:
    if after.findings:
        return ctx.redirect(ctx.address(f"roster/{incoming}/rows/{after.id}"))
    said = _("Row %(row)s is right now: %(verdict)s.")
    address = ctx.address(f"roster/{incoming}", show="rejected")
    return ctx.redirect(address, said, row=after.row, verdict=ctx.tell(VERDICTS[after.verdict]))


async def _shown(
    ctx: TenantCtx,
    incoming: UUID,
    line: UUID,
    form: Form[RowForm] | None = None,
    problem: BadInput | Conflict | None = None,
) -> Any:
    found = await uploads.find_import(incoming)
    row, cells = await open_row(ctx, incoming, line)
    told = {_KEYS[finding.column]: sentence(finding, ctx.tell) for finding in row.findings}
    lost = {_KEYS[finding.column] for finding in row.findings if finding.reason is Reason.ID_AS_NUMBER}
    # A figure has lost its last digits: typing it again is the point, so it does not stand there already.
    kept = {key: "" if key in lost else cells.get(name, "") for key, name in col.KEYS.items()}
    shown = form or Form[RowForm](kept, None, told if row.verdict == "rejected" else {})
    return ctx.render(
        "registration/roster_row.html",
        problem.status if problem else 400 if form else 200,
        incoming=found,
        row=row,
        steps=[ctx.tell(step) for step in STEPS],
        verdict=VERDICTS[row.verdict],
        at_fault=[(key, name) for key, name in col.KEYS.items() if key in told or key in shown.errors],
        others=[(key, name) for key, name in col.KEYS.items() if key not in told and key not in shown.errors],
        reasons=told,
        stood=[cells.get(col.KEYS[key], "") for key in lost],
        required=col.REQUIRED,
        options={key: _options(name, shown.typed.get(key, "")) for key, name in col.KEYS.items()},
        form=shown,
        problem=problem,
    )


def _options(column: str, typed: str) -> list[tuple[str, str]]:
    """What the template names for the column, and what stands there where it is something else."""
    values = col.VALUES.get(column, ())
    listed = [(value, value) for value in values]
    return listed if not values or typed in values else [(typed, typed or "—"), *listed]


PAGES = (
    Page(path="roster/{incoming}/rows/{line}", handler=show_row, permission=IMPORT),
    Page(path="roster/{incoming}/rows/{line}", handler=save_row, permission=IMPORT, method="POST"),
)
