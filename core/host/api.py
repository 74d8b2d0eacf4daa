"""The JSON API: bearer tokens, the same gate, idempotency keys, problem details, a limit of requests."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Request, Response
from msgspec import Struct

from core.host.binding import Binding, bind_body, bind_path, word_of
from core.host.exporting import ServedExport, serve_export
from core.host.gate import Caller, bearer, signed_in
from core.host.searching import words_of
from core.host.serving import NO_WIDGETS, Server
from core.host.shortcut import Entry, Shortcut
from core.host.widgets import Filled, OpenCtx, fill_slots
from core.kernel import idempotency
from core.kernel.errors import BadInput, TownbridgeError
from core.kernel.i18n import gettext_noop as _
from core.kernel.rate import Rate
from core.sdk.ctx import Ctx
from core.web.language import speak
from core.web.pages import Route

__all__ = ["LONGEST_KEY", "SHORTEST_KEY", "Api", "ServedRoute"]

SHORTEST_KEY, LONGEST_KEY = 8, 100

Sent = tuple[dict[str, Any], str, bytes]
"""The arguments, the key of the act (empty for a safe one), and what makes two acts the same."""


class ServedRoute(Struct, frozen=True, kw_only=True):
    """A route with its owner; `plugin` is None for the platform's own."""

    route: Route
    binding: Binding
    plugin: str | None


class Api:
    """Serves routes through the server's gate and contexts."""

    def __init__(self, server: Server, rate: Rate) -> None:
        self._server = server
        self._rate = rate
        self._shortcut = Shortcut(server.gate)

    async def caller(self, request: Request[Any, Any, Any]) -> Caller:
        """Whose token it is; the request is counted first."""
        await self._count(request)
        return await signed_in(self._server.database, request, by_token=True)

    async def answer(self, request: Request[Any, Any, Any], served: ServedRoute) -> Response[Any]:
        """Run one operation; an unsafe one is remembered by its key in the transaction of its effects."""
        await self._count(request)
        known = await self._known(request, served)
        if known is not None:
            entry, sent = known
            permission = self._server.gate.permission(served.route.permission)
            async with self._server.database.transaction(entry.scope(permission)) as transaction:
                proven = await self._shortcut.proven(transaction, entry, permission, served.plugin)
                if proven is not None:
                    speak(request, proven[0].caller.actor.language)
                    ctx = self._server.ctx_of(transaction, *proven, served.plugin, NO_WIDGETS, {})
                    return await self._run(served, ctx, sent)
        async with self._entered(request, served) as (ctx, sent):
            return await self._run(served, ctx, sent)

    async def _count(self, request: Request[Any, Any, Any]) -> None:
        """By the token or, without one, by the address."""
        given = request.headers.get("Authorization", "") or (request.client.host if request.client else "")
        await self._rate.count(hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()[:32])

    async def _known(self, request: Request[Any, Any, Any], served: ServedRoute) -> tuple[Entry, Sent] | None:
        """Whom the short way may let in, with what she sent; what is wrong with that is said on the long way."""
        token = bearer(request)
        if served.route.place != "tenant" or served.route.slots or not token:
            return None
        try:
            entry = self._shortcut.recall(token, word_of(request, "tenant_slug"))
            return (entry, await self._sent(request, served)) if entry is not None else None
        except TownbridgeError:
            return None

    async def _run(self, served: ServedRoute, ctx: Ctx, sent: Sent) -> Response[Any]:
        route, owner = served.route, served.plugin or "core"
        arguments, key, digest = sent
        before = await idempotency.remember(ctx.transaction, key, digest) if key else None
        if before is not None and not route.is_repeatable:
            return _json(before.body, before.status)
        work = route.handler(ctx, **arguments)
        content = msgspec.json.encode(await self._server.isolated(owner, route.time_limit, work))
        if key:
            kept = b"" if route.is_repeatable else content
            await idempotency.keep(ctx.transaction, key, idempotency.Answer(route.status, kept))
        return _json(content, route.status)

    async def export(self, request: Request[Any, Any, Any], served: ServedExport) -> Response[Any]:
        """The same file that the portal gives."""
        caller = await self.caller(request)
        return await serve_export(
            self._server, request, served, caller, await bind_body(served.binding, request)
        )

    @asynccontextmanager
    async def _entered(
        self, request: Request[Any, Any, Any], served: ServedRoute
    ) -> AsyncIterator[tuple[Ctx, Sent]]:
        """Through the gate; the body is read once it is open, and the transaction begins when all is read."""
        server, route = self._server, served.route
        caller = await signed_in(server.database, request, by_token=True)
        permission = server.gate.permission(route.permission)
        if route.place == "town":
            town = await server.gate.town_member(caller, word_of(request, "town_code"))
            await server.allow_in_town(town, permission, served.plugin, is_read=False)
            sent = await self._sent(request, served)
            filled = await self._filled(
                request,
                served,
                town.permissions,
                lambda owner, _needed: server.town_ctx(town, owner, None, NO_WIDGETS),
                words_of(sent[0]),
            )
            async with server.town_ctx(town, served.plugin, None, filled) as ctx:
                yield ctx, sent
            return
        tenant = await server.gate.member(caller, word_of(request, "tenant_slug"))
        await server.allow(tenant, permission, served.plugin, is_read=False)
        self._shortcut.note(bearer(request), tenant)
        sent = await self._sent(request, served)
        filled = await self._filled(
            request,
            served,
            tenant.permissions,
            lambda owner, needed: server.tenant_ctx(tenant, needed, owner, None, NO_WIDGETS),
            words_of(sent[0]),
        )
        async with server.tenant_ctx(tenant, permission, served.plugin, None, filled) as ctx:
            yield ctx, sent

    async def _filled(
        self,
        request: Request[Any, Any, Any],
        served: ServedRoute,
        permissions: frozenset[str],
        open_ctx: OpenCtx,
        words: str,
    ) -> Filled:
        path = bind_path(served.binding, request)
        return await fill_slots(self._server, served.route.slots, permissions, path, open_ctx, words)

    async def _sent(self, request: Request[Any, Any, Any], served: ServedRoute) -> Sent:
        arguments = bind_path(served.binding, request) | await bind_body(served.binding, request)
        key = _key(request, served.route)
        if not key:
            return arguments, "", b""
        address = f"{request.url.path}?{request.url.query}"
        return arguments, key, idempotency.request_hash(request.method, address, await request.body())


def _key(request: Request[Any, Any, Any], route: Route) -> str:
    if route.method == "GET":
        return ""
    key = request.headers.get("Idempotency-Key", "")
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise BadInput(
            _("The request has no Idempotency-Key of 8 to 100 characters."),
            _("Send a new random key with every new act, and the same one when you repeat it."),
        )
    return key


def _json(content: bytes, status: int) -> Response[Any]:
    return Response(
        content, status_code=status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
