"""The JSON API: bearer tokens, the same gate, idempotency keys, problem details."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from msgspec import Struct

from core.host.binding import Binding, bind_body, bind_path
from core.host.gate import signed_in
from core.host.serving import NO_WIDGETS, Server
from core.kernel import idempotency
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.web.pages import Route

__all__ = ["Api", "ServedRoute"]


class ServedRoute(Struct, frozen=True, kw_only=True):
    """A route with its owner."""

    route: Route
    binding: Binding
    plugin: str


class Api:
    """Serves routes through the server's gate and contexts."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def answer(self, request: Request[Any, Any, Any], served: ServedRoute) -> Response[Any]:
        """Run one operation; an unsafe one is remembered by its key in the transaction of its effects."""
        server, route = self._server, served.route
        caller = await signed_in(server.database, request, by_token=True)
        admission = await server.gate.member(caller, str(request.path_params["tenant_slug"]))
        permission = server.gate.permission(route.permission)
        await server.allow(admission, permission, served.plugin, is_read=route.method == "GET")
        arguments = bind_path(served.binding, request) | await bind_body(served.binding, request)
        key = _key(request, route)
        digest = await _digest(request, key)
        async with server.tenant_ctx(admission, permission, served.plugin, None, NO_WIDGETS) as ctx:
            before = await idempotency.remember(ctx.transaction, key, digest) if key else None
            if before is not None:
                return _json(before.body, before.status)
            work = route.handler(ctx, **arguments)
            content = msgspec.json.encode(await server.isolated(served.plugin, route.time_limit, work))
            if key:
                await idempotency.keep(ctx.transaction, key, idempotency.Answer(route.status, content))
            return _json(content, route.status)


def _key(request: Request[Any, Any, Any], route: Route) -> str:
    """Empty for a safe operation."""
    if route.method == "GET":
        return ""
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise BadInput(
            _("The request has no Idempotency-Key of 8 to 100 characters."),
            _("Send a new random key with every new act, and the same one when you repeat it."),
        )
    return key


async def _digest(request: Request[Any, Any, Any], key: str) -> bytes:
    return idempotency.request_hash(request.method, request.url.path, await request.body()) if key else b""


def _json(content: bytes, status: int) -> Response[Any]:
    return Response(
        content, status_code=status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
