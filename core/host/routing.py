"""The route table: every declared page and route becomes one Litestar route, and no other way leads there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from core.host.api import Api, ServedRoute
from core.host.binding import Binding
from core.host.exporting import ServedExport, serve_export
from core.host.registry import Registry
from core.host.serving import CorePages, Served, Server
from core.sdk.contributions import Export
from core.web.pages import Page, Route

__all__ = ["Address", "addresses", "routes"]


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
    for entry in registry.plugins:
        for page in entry.pages:
            handlers.append(
                _page_route(server, Served(page=page, binding=Binding.of(page.handler), plugin=entry.name))
            )
        for route in entry.routes:
            handlers.append(
                _api_route(
                    api, ServedRoute(route=route, binding=Binding.of(route.handler), plugin=entry.name)
                )
            )
        for export in entry.exports:
            handlers.append(
                _export_route(
                    server, ServedExport(export=export, binding=Binding.of(export.rows), plugin=entry.name)
                )
            )
    return handlers


def addresses(core_pages: Sequence[CorePages], registry: Registry) -> list[Address]:
    """Every address of the product that stands behind the gate."""
    found = [_page_address(page, None) for part in core_pages for page in part.pages]
    for entry in registry.plugins:
        found += [_page_address(page, entry.name) for page in entry.pages]
        found += [
            _address("route", thing.method, route_path(thing, entry.name), thing.permission, entry.name)
            for thing in entry.routes
        ]
        found += [
            _address("export", "GET", export_path(thing, entry.name), thing.permission, entry.name)
            for thing in entry.exports
        ]
    return found


def _page_address(page: Page, plugin: str | None) -> Address:
    return _address("page", page.method, page_path(page, plugin), page.permission, plugin)


def _address(kind: str, method: str, path: str, permission: str, plugin: str | None) -> Address:
    return Address(method=method, path=path, permission=permission, plugin=plugin, kind=kind)


def page_path(page: Page, plugin: str | None) -> str:
    place = "/t/{tenant_slug}" if page.place == "tenant" else "/town/{town_code}"
    return "/".join(part for part in (place, plugin or "", page.path) if part)


def route_path(route: Route, plugin: str) -> str:
    return f"/api/v1/t/{{tenant_slug}}/{plugin}/{route.path}".rstrip("/")


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
        status_code=served.route.status,
        include_in_schema=False,
    )(answer)


def _export_route(server: Server, served: ServedExport) -> HTTPRouteHandler:
    async def answer(request: Request[Any, Any, Any]) -> Response[Any]:
        return await serve_export(server, request, served)

    return HTTPRouteHandler(
        _typed(export_path(served.export, served.plugin)),
        http_method="GET",
        status_code=200,
        include_in_schema=False,
    )(answer)


def _typed(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r"{\1:str}", path)
