"""Files out: the list of people with its search and filters as it is shown, documents masked."""

from __future__ import annotations

from collections.abc import AsyncIterator

from core.sdk import Export, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.values import Column, OutCell
from plugins.registration.forms import PeopleQuery
from plugins.registration.permissions import EXPORT
from plugins.registration.services.listing import Line, all_lines, asked
from plugins.registration.services.words import PRESENCES, SEXES, origin_words

__all__ = ["EXPORTS"]

COLUMNS = (
    Column(title=_("Name"), name="name"),
    Column(title=_("Sex"), name="sex"),
    Column(title=_("Birth year"), kind="number", name="born"),
    Column(title=_("Place of origin"), name="origin"),
    Column(title=_("Document"), name="document"),
    Column(title=_("Firm"), width=22, name="firm"),
    Column(title=_("Presence"), name="presence"),
    Column(title=_("Floating population"), name="floating"),
)


async def rows(ctx: TenantCtx, query: PeopleQuery) -> AsyncIterator[tuple[OutCell, ...]]:
    """Up to 20,000 people."""
    async for line in all_lines(ctx, asked(ctx, query)):
        yield cells(ctx, line)


def cells(ctx: TenantCtx, line: Line) -> tuple[OutCell, ...]:
    """The same as a line of the list shows, and what a table of people needs beside it."""
    person = line.person
    return (
        person.name,
        ctx.tell(SEXES[person.sex]),
        person.birth_year,
        origin_words(ctx, person.origin),
        person.document,
        line.firm,
        ctx.tell(PRESENCES[person.presence]),
        ctx.tell(_("yes")) if person.is_floating else ctx.tell(_("no")),
    )


EXPORTS = (
    Export(name="people", title=_("People"), permission=EXPORT, columns=COLUMNS, rows=rows, time_limit=40.0),
)
