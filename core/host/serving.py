"""Serve a declared page: gate, binding, transaction, time limit, isolation. One path for every page there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from litestar import Request, Response
from msgspec import Struct

from core.figures.indicators import Catalogue
from core.host.binding import Binding, bind_form, bind_path, bind_query, path_of, word_of
from core.host.frame import Entry, frame, navigation
from core.host.gate import (
    Admission,
    Caller,
    Gate,
    TownAdmission,
    offered_plugins,
    require,
    signed_in,
    tenant_at,
)
from core.host.health import Health
from core.host.neighbours import finder
from core.host.personal import PersonalDoor
from core.host.portal import PortalCtx, TownHallCtx
from core.host.profiles import Profile
from core.host.registry import Registry
from core.host.searching import words_of
from core.host.widgets import Filled, fill_slots
from core.kernel.db import Database, Transaction
from core.kernel.errors import NotFound, TownbridgeError, Unavailable
from core.kernel.i18n import gettext_noop as _
from core.kernel.log import get_logger
from core.kernel.scope import Scope
from core.kernel.seal import Keyring
from core.people.desk import PeopleDesk
from core.sdk.contributions import Permission
from core.sdk.ctx import Ctx, TenantCtx, TenantPlace, TownCtx
from core.web.answers import SAID_COOKIE
from core.web.csrf import FIELD, HEADER, check_origin, check_token
from core.web.pages import Page, Route, Widget
from core.web.templates import Templates

__all__ = ["CorePages", "Served", "Server"]


class CorePages(Struct, frozen=True, kw_only=True):
    """The pages of the platform itself; served like a plug-in's, but they cannot be switched off."""

    name: str
    pages: tuple[Page, ...]
    permissions: tuple[Permission, ...]
    widgets: tuple[Widget, ...] = ()
    routes: tuple[Route, ...] = ()


class Served(Struct, frozen=True, kw_only=True):
    """A page with its owner; `plugin` is None for the platform's own."""

    page: Page
    binding: Binding
    plugin: str | None


Result = TypeVar("Result")
log = get_logger(__name__)

NO_WIDGETS = Filled()


class Server:
    """Everything that serving a page needs; one for the process.

    `origin` is the public address, or empty on loopback; `site` begins every link that is handed over;
    `profiles` are what a town opens a unit with.
    """

    def __init__(
        self,
        *,
        database: Database,
        keyring: Keyring,
        registry: Registry,
        core_pages: Sequence[CorePages],
        templates: Templates,
        health: Health,
        origin: str,
        site: str,
        profiles: Sequence[Profile] = (),
    ) -> None:
        self.database = database
        self.keyring = keyring
        self.registry = registry
        self.catalogue = Catalogue.of(registry.indicators())
        self.templates = templates
        self.health = health
        self.origin = origin
        self.site = site
        self.profiles = profiles
        core = {permission.code: permission for part in core_pages for permission in part.permissions}
        self.gate = Gate(database, core | registry.permissions())
        self._core_pages = [page for part in core_pages for page in part.pages]
        self.widgets = (
            *((None, widget) for part in core_pages for widget in part.widgets),
            *((entry.name, widget) for entry in registry.plugins for widget in entry.widgets),
        )
        """Each with its plug-in; None for the platform's own."""

    async def page(self, request: Request[Any, Any, Any], served: Served) -> Response[Any]:
        """Answer one request for a page of a tenant or a town."""
        caller = await signed_in(self.database, request)
        arguments = bind_path(served.binding, request) | bind_query(served.binding, request)
        serve = self._town_page if served.page.place == "town" else self._tenant_page
        answer = await serve(request, served, caller, arguments)
        if SAID_COOKIE in request.cookies and answer.status_code != 303:
            answer.delete_cookie(SAID_COOKIE, path="/")  # it was said
        return answer

    async def _tenant_page(
        self, request: Request[Any, Any, Any], served: Served, caller: Caller, arguments: dict[str, Any]
    ) -> Response[Any]:
        admission = await self.gate.member(caller, word_of(request, "tenant_slug"))
        permission = self.gate.permission(served.page.permission)
        await self.allow(admission, permission, served.plugin, is_read=served.page.method == "GET")
        arguments |= await self._sent(request, served, caller)
        filled = await fill_slots(
            self,
            served.page.slots,
            admission.permissions,
            path_of(served.binding, arguments),
            lambda owner, needed: self.tenant_ctx(admission, needed, owner, request, NO_WIDGETS),
            words_of(arguments),
        )
        async with self.tenant_ctx(admission, permission, served.plugin, request, filled) as ctx:
            return await self._run(served, ctx, arguments)

    async def allow(
        self, admission: Admission, permission: Permission, plugin: str | None, *, is_read: bool = True
    ) -> None:
        """Refuse before the body is read. What is switched off is not there, so it comes before the permission.

        Somebody who may, and sends nothing (`is_read`), is asked again for the switch alone, by her context.
        """
        if is_read and permission.code in admission.permissions:
            return
        scope = Scope.of_tenant(admission.tenant_id)
        async with self.database.transaction(scope, is_read_only=True) as transaction:
            _, enabled = await tenant_at(transaction, admission.tenant_id)
        if plugin is not None and plugin not in enabled:
            raise NotFound
        require(admission.permissions, permission)

    async def _town_page(
        self, request: Request[Any, Any, Any], served: Served, caller: Caller, arguments: dict[str, Any]
    ) -> Response[Any]:
        admission = await self.gate.town_member(caller, word_of(request, "town_code"))
        permission = self.gate.permission(served.page.permission)
        await self.allow_in_town(admission, permission, served.plugin, is_read=served.page.method == "GET")
        arguments |= await self._sent(request, served, caller)
        filled = await fill_slots(
            self,
            served.page.slots,
            admission.permissions,
            path_of(served.binding, arguments),
            lambda owner, _needed: self.town_ctx(admission, owner, request, NO_WIDGETS),
            words_of(arguments),
        )
        async with self.town_ctx(admission, served.plugin, request, filled) as ctx:
            return await self._run(served, ctx, arguments)

    async def allow_in_town(
        self, admission: TownAdmission, permission: Permission, plugin: str | None, *, is_read: bool
    ) -> None:
        """The same order in the town: what it does not offer is not there."""
        if is_read and permission.code in admission.permissions:
            return
        async with self.database.transaction(admission.scope(), is_read_only=True) as transaction:
            if plugin is not None and plugin not in await offered_plugins(transaction, admission.town.id):
                raise NotFound
        require(admission.permissions, permission)

    @asynccontextmanager
    async def tenant_ctx(
        self,
        admission: Admission,
        permission: Permission,
        plugin: str | None,
        request: Request[Any, Any, Any] | None,
        filled: Filled,
    ) -> AsyncIterator[TenantCtx]:
        """A transaction with the permission's compartments; raises `NotFound` where the plug-in is off."""
        async with self.database.transaction(admission.scope(permission)) as transaction:
            place, enabled = await tenant_at(transaction, admission.tenant_id)
            if plugin is not None and plugin not in enabled:
                raise NotFound
            frame = self._tenant_frame(request, admission, place, enabled) if request else {}
            yield self.ctx_of(transaction, admission, place, enabled, plugin, filled, frame)

    def ctx_of(
        self,
        transaction: Transaction,
        admission: Admission,
        place: TenantPlace,
        enabled: frozenset[str],
        plugin: str | None,
        filled: Filled,
        frame: Mapping[str, Any],
    ) -> TenantCtx:
        """What a handler is given, in the open transaction."""
        base = f"/t/{place.slug}"
        own = partial(PortalCtx, registry=self.registry, server=self)
        kind = own if plugin is None else TenantCtx
        return kind(
            tenant=place,
            enabled=enabled,
            services=self.registry.titles(enabled),
            roles=admission.roles,
            keyring=self.keyring,
            people=PeopleDesk(transaction, self.keyring, admission.roles),
            catalogue=self.catalogue,
            filled=filled.pieces,
            tasks=filled.tasks,
            timeline=filled.timeline,
            hits=filled.hits,
            find_neighbour=finder(self.database, place, plugin or ""),
            personal=PersonalDoor(self, transaction, place, admission.roles, admission.caller.actor),
            actor=admission.caller.actor,
            transaction=transaction,
            templates=self.templates,
            permissions=admission.permissions,
            base=base if plugin is None else f"{base}/{plugin}",
            plugin=plugin or "",
            frame=frame,
        )

    def _tenant_frame(
        self,
        request: Request[Any, Any, Any],
        admission: Admission,
        place: TenantPlace,
        enabled: frozenset[str],
    ) -> dict[str, Any]:
        entries = self.tenant_entries(place.slug, enabled, admission.permissions, request.url.path)
        return frame(request, admission.caller, place, entries)

    @asynccontextmanager
    async def town_ctx(
        self,
        admission: TownAdmission,
        plugin: str | None,
        request: Request[Any, Any, Any] | None,
        filled: Filled,
    ) -> AsyncIterator[TownCtx]:
        async with self.database.transaction(admission.scope()) as transaction:
            base = f"/town/{admission.town.code}"
            offered = await offered_plugins(transaction, admission.town.id)
            if plugin is not None and plugin not in offered:
                raise NotFound
            own = partial(TownHallCtx, registry=self.registry, server=self, health=self.health)
            kind = own if plugin is None else TownCtx
            yield kind(
                town=admission.town,
                roles=admission.roles,
                catalogue=self.catalogue,
                filled=filled.pieces,
                tasks=filled.tasks,
                hits=filled.hits,
                actor=admission.caller.actor,
                transaction=transaction,
                templates=self.templates,
                permissions=admission.permissions,
                base=base if plugin is None else f"{base}/{plugin}",
                plugin=plugin or "",
                keyring=self.keyring,
                frame=self._town_frame(request, admission, base, offered) if request else {},
            )

    def _town_frame(
        self, request: Request[Any, Any, Any], admission: TownAdmission, base: str, offered: frozenset[str]
    ) -> dict[str, Any]:
        entries = self.town_entries(base, offered, admission.permissions, request.url.path)
        return frame(request, admission.caller, admission.town, entries)

    def tenant_entries(
        self, slug: str, enabled: frozenset[str], permissions: frozenset[str], here: str = ""
    ) -> list[Entry]:
        """The navigation of a unit for who has these permissions."""
        return navigation(self._tenant_pages(slug, enabled), permissions, here)

    def town_entries(
        self, base: str, offered: frozenset[str], permissions: frozenset[str], here: str = ""
    ) -> list[Entry]:
        return navigation(self._town_pages(base, offered), permissions, here)

    async def _run(self, served: Served, ctx: Ctx, arguments: Mapping[str, Any]) -> Response[Any]:
        return await self.isolated(
            served.plugin or "core", served.page.time_limit, served.page.handler(ctx, **arguments)
        )

    async def isolated(self, owner: str, seconds: float, work: Awaitable[Result]) -> Result:
        """Within its time; a fault is recorded against its owner and leaves as an error of ours."""
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TownbridgeError:
            raise
        except TimeoutError as error:
            self.health.failed(owner, "timeout")
            raise Unavailable(
                _("This took too long and was stopped; nothing was changed."),
                _("Try again; if it happens again, tell the administrator."),
            ) from error
        except Exception as error:
            self.health.failed(owner, type(error).__name__)
            raise

    async def _sent(self, request: Request[Any, Any, Any], served: Served, caller: Caller) -> dict[str, Any]:
        if served.page.method == "GET":
            return {}
        check_origin(request, self.origin)
        data = await request.form()
        given = request.headers.get(HEADER) or data.get(FIELD)
        check_token(caller.csrf, given if isinstance(given, str) else "")
        return bind_form(served.binding, data)

    def _tenant_pages(self, slug: str, enabled: frozenset[str]) -> Iterator[tuple[str, Page]]:
        yield from ((f"/t/{slug}", page) for page in self._core_pages if page.place == "tenant")
        for entry in self.registry.plugins:
            if entry.name in enabled:
                yield from (
                    (f"/t/{slug}/{entry.name}", page) for page in entry.pages if page.place == "tenant"
                )

    def _town_pages(self, base: str, offered: frozenset[str]) -> Iterator[tuple[str, Page]]:
        yield from ((base, page) for page in self._core_pages if page.place == "town")
        for entry in self.registry.plugins:
            if entry.name not in offered:
                continue
            yield from ((f"{base}/{entry.name}", page) for page in entry.pages if page.place == "town")
