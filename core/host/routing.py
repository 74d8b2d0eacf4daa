"""The route table: every declared page and route becomes one Litestar route, and no other way leads there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from core.host.api import Api, ServedRoute
from core.host.binding import Binding, bind_query
from core.host.exporting import ServedExport, serve_export
from core.host.gate import signed_in
from core.host.registry import Registry
from core.host.serving import CorePages, Served, Server
from core.sdk.contributions import Export
from core.web.assets import PACKED
from core.web.pages import Page, Route

__all__ = ["Address", "addresses", "api_path", "export_path", "route_path", "routes", "served_routes"]


class Address(Struct, frozen=True, kw_only=True):
    """One row of the route table, for tests and the contract suite."""

    method: str
    path: str
    permission: str
    plugin: str | None
    kind: str


def routes(
    server: Server, api: Api, core_pages: Sequence[CorePages], registry: Registry
) -> list[HTTPRouteHandler]:
    """One handler for each page and route, the platform's own and the plug-ins' alike."""
    handlers = [
        _page_route(server, Served(page=page, binding=Binding.of(page.handler), plugin=None))
        for part in core_pages
        for page in part.pages
    ]
    handlers += [_api_route(api, served) for served in served_routes(core_pages, registry)]
    for entry in registry.plugins:
        for page in entry.pages:
            handlers.append(
                _page_route(server, Served(page=page, binding=Binding.of(page.handler), plugin=entry.name))
            )
        for export in entry.exports:
            served = ServedExport(export=export, binding=Binding.of(export.rows), plugin=entry.name)
            handlers += [_export_route(server, served), _api_export_route(api, served)]
    return [*_options(handlers), *handlers]


def _options(handlers: Sequence[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """The answer to OPTIONS where an address takes several methods: Litestar's own names the first alone."""
    taken: dict[str, set[str]] = {}
    for handler in handlers:
        for path in handler.paths:
            taken.setdefault(path, {"OPTIONS"}).update(handler.http_methods)
    return [_options_route(path, sorted(methods)) for path, methods in taken.items() if len(methods) > 2]


def _options_route(path: str, methods: Sequence[str]) -> HTTPRouteHandler:
    async def answer() -> Response[None]:
        return Response(None, headers={"Allow": ", ".join(methods)})

    return HTTPRouteHandler(path, http_method="OPTIONS", status_code=204, include_in_schema=False)(answer)


def served_routes(core_pages: Sequence[CorePages], registry: Registry) -> list[ServedRoute]:
    """The JSON operations, the platform's own first."""
    own = [(None, route) for part in core_pages for route in part.routes]
    theirs = [(entry.name, route) for entry in registry.plugins for route in entry.routes]
    return [
        ServedRoute(route=route, binding=Binding.of(route.handler), plugin=owner)
        for owner, route in (*own, *theirs)
    ]


def addresses(core_pages: Sequence[CorePages], registry: Registry) -> list[Address]:
    """Every address of the product that stands behind the gate."""
    found = [_page_address(page, None) for part in core_pages for page in part.pages]
    found += [_route_address(route, None) for part in core_pages for route in part.routes]
    for entry in registry.plugins:
        found += [_page_address(page, entry.name) for page in entry.pages]
        found += [_route_address(route, entry.name) for route in entry.routes]
        for export in entry.exports:
            found += [
                _address("export", "GET", export_path(export, entry.name), export.permission, entry.name),
                _address(
                    "route", "GET", api_path(export_path(export, entry.name)), export.permission, entry.name
                ),
            ]
    return found


def _page_address(page: Page, plugin: str | None) -> Address:
    return _address("page", page.method, page_path(page, plugin), page.permission, plugin)


def _route_address(route: Route, plugin: str | None) -> Address:
    return _address("route", route.method, route_path(route, plugin), route.permission, plugin)


def _address(kind: str, method: str, path: str, permission: str, plugin: str | None) -> Address:
    return Address(method=method, path=path, permission=permission, plugin=plugin, kind=kind)


def page_path(thing: Page | Route, plugin: str | None) -> str:
    place = "/t/{tenant_slug}" if thing.place == "tenant" else "/town/{town_code}"
    return "/".join(part for part in (place, plugin or "", thing.path) if part)


def route_path(route: Route, plugin: str | None) -> str:
    return api_path(page_path(route, plugin))


def api_path(path: str) -> str:
    """The same place in the API."""
    return f"/api/v1{path}"


def export_path(export: Export, plugin: str) -> str:
    return f"/t/{{tenant_slug}}/{plugin}/exports/{export.name}/{{kind}}"


def _page_route(server: Server, served: Served) -> HTTPRouteHandler:
    async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
        return await server.page(request, served)

    return HTTPRouteHandler(
        _typed(page_path(served.page, served.plugin)),
        http_method=served.page.method,
        request_max_body_size=served.page.max_body,
        status_code=200,
        include_in_schema=False,
    )(answer)


def _api_route(api: Api, served: ServedRoute) -> HTTPRouteHandler:
    async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
        return await api.answer(request, served)

    return HTTPRouteHandler(
        _typed(route_path(served.route, served.plugin)),
        http_method=served.route.method,
        request_max_body_size=served.route.max_body,
        status_code=served.route.status,
        include_in_schema=False,
    )(answer)


def _export_route(server: Server, served: ServedExport) -> HTTPRouteHandler:
    async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
        caller = await signed_in(server.database, request)
        return await serve_export(server, request, served, caller, bind_query(served.binding, request))

    return HTTPRouteHandler(
        _typed(export_path(served.export, served.plugin)),
        http_method="GET",
        status_code=200,
        include_in_schema=False,
        opt={PACKED: True},
    )(answer)


def _api_export_route(api: Api, served: ServedExport) -> HTTPRouteHandler:
    async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
        return await api.export(request, served)

    return HTTPRouteHandler(
        _typed(api_path(export_path(served.export, served.plugin))),
        http_method="GET",
        status_code=200,
        include_in_schema=False,
        opt={PACKED: True},
    )(answer)


def _typed(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r"{\1:str}", path)
