"""Files out: a plug-in's export as .xlsx or .csv, written inside its transaction, sent after the commit."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from typing import IO, Any

from litestar import Request, Response
from msgspec import Struct, structs

from core.host.binding import Binding, bind_path, word_of
from core.host.gate import Caller
from core.host.serving import NO_WIDGETS, Server
from core.kernel import clock
from core.kernel.errors import NotFound
from core.kernel.i18n import translator
from core.kernel.sheets.writing import CsvWriter, XlsxWriter
from core.sdk.contributions import Export
from core.sdk.ctx import TenantCtx
from core.web.answers import download
from core.web.listings import ListQuery

__all__ = ["KINDS", "ServedExport", "serve_export"]

KINDS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
IN_MEMORY = 2_000_000
PIECE = 65_536


class ServedExport(Struct, frozen=True, kw_only=True):
    """An export with its owner."""

    export: Export
    binding: Binding
    plugin: str


async def serve_export(
    server: Server,
    request: Request[Any, Any, Any],
    served: ServedExport,
    caller: Caller,
    query: Mapping[str, Any],
) -> Response[Any]:
    """Answer with the whole file: what the caller may see, no row more, formulas neutralised."""
    kind = word_of(request, "kind")
    if kind not in KINDS:
        raise NotFound
    admission = await server.gate.member(caller, word_of(request, "tenant_slug"))
    permission = server.gate.permission(served.export.permission)
    await server.allow(admission, permission, served.plugin)
    arguments = {**bind_path(served.binding, request), **query}
    async with server.tenant_ctx(admission, permission, served.plugin, request, NO_WIDGETS) as ctx:
        work = _written(ctx, served.export, kind, arguments)
        file, count = await server.isolated(served.plugin, served.export.time_limit, work)
        detail = {"export": served.export.name, "rows": count, "kind": kind}
        ctx.audit(f"{served.plugin}.export.write", "export", None, detail=detail)
        tell = translator(ctx.language)
    name = f"{tell(served.export.title)}-{clock.today().isoformat()}.{kind}"
    return download(name, KINDS[kind], _pieces(file))


async def _written(
    ctx: TenantCtx, export: Export, kind: str, arguments: Mapping[str, Any]
) -> tuple[IO[bytes], int]:
    """The file, which the answer reads and closes, and its rows; none is left where that fails."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
        count = await _write(ctx, export, kind, arguments, file)
        file.seek(0)
        stack.pop_all()
        return file, count


async def _write(
    ctx: TenantCtx, export: Export, kind: str, arguments: Mapping[str, Any], file: IO[bytes]
) -> int:
    tell = translator(ctx.language)
    places = _chosen(export, arguments.get("query"))
    columns = [structs.replace(c, title=tell(c.title)) for c in (export.columns[at] for at in places)]
    count = 0
    if kind == "csv":
        writer = CsvWriter(columns)
        file.write(writer.head())
        async for row in export.rows(ctx, **arguments):
            file.write(writer.lines([[row[at] for at in places]]))
            count += 1
    else:
        with XlsxWriter(file) as book:
            sheet = book.sheet(tell(export.title), columns)
            async for row in export.rows(ctx, **arguments):
                sheet.write([row[at] for at in places])
                count += 1
    return count


def _chosen(export: Export, query: object) -> list[int]:
    """The columns of the file: where the reader chose some of the list on the page, those of that name alone."""
    every = list(range(len(export.columns)))
    if not isinstance(query, ListQuery) or not query.columns:
        return every
    return [at for at in every if at == 0 or export.columns[at].name in query.columns]


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
