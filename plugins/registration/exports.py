"""Files out: the list of people with its search and filters as it is shown, documents masked."""

from __future__ import annotations

from collections.abc import AsyncIterator

from core.sdk import Export, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.values import Column, OutCell
from plugins.registration.forms import CopyQuery, PeopleQuery
from plugins.registration.pages.choices import PRESENCES, SEXES, origin_words
from plugins.registration.pages.copies import copy_of
from plugins.registration.permissions import COPY, EXPORT
from plugins.registration.services.listing import Line, all_lines, asked

__all__ = ["EXPORTS"]

COLUMNS = (
    Column(title=_("Name")),
    Column(title=_("Sex")),
    Column(title=_("Birth year"), kind="number"),
    Column(title=_("Place of origin")),
    Column(title=_("Document")),
    Column(title=_("Firm"), width=22),
    Column(title=_("Presence")),
    Column(title=_("Floating population")),
)


async def rows(ctx: TenantCtx, query: PeopleQuery) -> AsyncIterator[tuple[OutCell, ...]]:
    """Up to 20,000 people."""
    async for line in all_lines(ctx, asked(query)):
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


COPY_COLUMNS = (
    Column(title=_("Part"), width=22),
    Column(title=_("Line"), kind="number"),
    Column(title=_("What")),
    Column(title=_("Value"), width=30),
)


async def copy_rows(ctx: TenantCtx, query: CopyQuery) -> AsyncIterator[tuple[OutCell, ...]]:
    """All that is kept of one person, a line for each fact."""
    copy = await copy_of(ctx, query.person)
    for part in copy.parts:
        for number, row in enumerate(part.rows, start=1):
            for name, value in row.items():
                yield part.title, number, name, value


EXPORTS = (
    Export(
        name="copy",
        title=_("All that is kept of her"),
        permission=COPY,
        columns=COPY_COLUMNS,
        rows=copy_rows,
    ),
    Export(name="people", title=_("People"), permission=EXPORT, columns=COLUMNS, rows=rows, time_limit=40.0),
)
