"""Files out: the list of people as it is shown, documents masked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from tempfile import TemporaryFile
from typing import Literal

from core.sdk import Export, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.values import Column, CsvWriter, OutCell, XlsxWriter
from plugins.registration.permissions import EXPORT
from plugins.registration.services.listing import Line, Query, all_lines

__all__ = ["COLUMNS", "EXPORTS", "FileKind", "write_list"]

FileKind = Literal["xlsx", "csv"]

COLUMNS = (
    _("Name"),
    _("Sex"),
    _("Birth year"),
    _("Origin"),
    _("Document"),
    _("Firm"),
    _("Presence"),
    _("Floating population"),
)

SEXES = {"0": _("unknown"), "1": _("male"), "2": _("female"), "9": _("not stated")}
PRESENCES = {"present": _("present"), "away": _("away for a time"), "absent": _("not here")}


async def rows(ctx: TenantCtx) -> AsyncIterator[tuple[OutCell, ...]]:
    """Everybody whom the reader may see."""
    async for line in all_lines(ctx, Query()):
        yield cells(ctx, line)


def cells(ctx: TenantCtx, line: Line) -> tuple[OutCell, ...]:
    """The same as a line of the list shows."""
    person = line.person
    return (
        person.name,
        ctx.tell(SEXES[person.sex]),
        person.birth_year,
        person.origin,
        person.document,
        line.firm,
        ctx.tell(PRESENCES[person.presence]),
        ctx.tell(_("yes")) if person.is_floating else ctx.tell(_("no")),
    )


async def write_list(ctx: TenantCtx, query: Query, kind: FileKind) -> tuple[bytes, int]:
    """The file, and how many people are in it."""
    columns = [Column(title=ctx.tell(title), kind=_kind(title)) for title in COLUMNS]
    count = 0
    with TemporaryFile() as file:
        if kind == "csv":
            writer = CsvWriter(columns)
            file.write(writer.head())
            async for line in all_lines(ctx, query):
                file.write(writer.lines([cells(ctx, line)]))
                count += 1
        else:
            with XlsxWriter(file) as book:
                sheet = book.sheet(ctx.tell(_("People")), columns)
                async for line in all_lines(ctx, query):
                    sheet.write(cells(ctx, line))
                    count += 1
        file.seek(0)
        return file.read(), count


def _kind(title: str) -> Literal["text", "number"]:
    return "number" if title == "Birth year" else "text"


EXPORTS = (
    Export(name="registration.people", title=_("People"), permission=EXPORT, columns=COLUMNS, rows=rows),
)
