"""The description of the JSON API, made from what the platform and the plug-ins declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from core.host.api import LONGEST_KEY, SHORTEST_KEY, Api, ServedRoute
from core.host.binding import FILE_NAME, LONGEST_NAME, Binding
from core.host.exporting import KINDS, ServedExport
from core.host.registry import Registry
from core.host.routing import api_path, export_path, route_path, served_routes
from core.host.serving import CorePages
from core.web.faults import Problem

__all__ = ["REFUSALS", "describe", "description_route"]

REFUSALS = {
    "400": "What was sent cannot be used.",
    "401": "No valid token.",
    "403": "The scopes of the token, or the roles of its account, do not allow it.",
    "404": "Nothing there, switched off, or not yours.",
    "409": "Not possible in the present state, or the key was used for another request.",
    "413": "Too large.",
    "415": "The body is not of the kind that is read here.",
    "429": "Too many requests in this minute; `Retry-After` says when to go on.",
    "503": "Busy or restarting; `Retry-After` says when to try again, with the same key.",
}
WITH_BODY = ("413", "415")
ALWAYS = ("400", "401", "403", "404", "409", "429", "503")
REF = "#/components/schemas/{name}"
FILE = {"type": "string", "format": "binary"}


def describe(core_pages: Sequence[CorePages], registry: Registry) -> dict[str, Any]:
    """An OpenAPI 3.1 document of every operation there is."""
    served = served_routes(core_pages, registry)
    kinds = [kind for one in served for kind in (one.binding.body, one.binding.answer) if kind is not None]
    _, components = msgspec.json.schema_components([*kinds, Problem], ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for one in served:
        paths.setdefault(route_path(one.route, one.plugin), {})[one.route.method.lower()] = _operation(one)
    for entry in registry.plugins:
        for export in entry.exports:
            file = ServedExport(export=export, binding=Binding.of(export.rows), plugin=entry.name)
            paths[api_path(export_path(export, entry.name))] = {"get": _file(file)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Townbridge", "version": "1"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def description_route(api: Api, core_pages: Sequence[CorePages], registry: Registry) -> HTTPRouteHandler:
    """`/api/v1/openapi.json`, for whoever has a token."""
    described = msgspec.json.encode(describe(core_pages, registry))

    async def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
        await api.caller(request)
        return Response(described, media_type="application/json")

    return get("/api/v1/openapi.json", include_in_schema=False)(answer)


def _operation(one: ServedRoute) -> dict[str, Any]:
    binding, route = one.binding, one.route
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": f"{one.plugin or route.place}.{route.handler.__name__}",
        "tags": [one.plugin or route.place],
        "parameters": [
            *_path(route_path(route, one.plugin), binding),
            *_query(binding.query),
            *_file_name(binding),
            *_key(route.method),
        ],
        "responses": {
            str(route.status): {"description": "Done.", "content": _content(binding.answer)},
            **_refusals(has_body=binding.body is not None or binding.takes_upload),
        },
    }
    if binding.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(binding.body)}
    if binding.takes_upload:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": FILE}},
        }
    return operation


def _file(one: ServedExport) -> dict[str, Any]:
    return {
        "summary": f"The list {one.export.name} as a file",
        "operationId": f"{one.plugin}.export_{one.export.name}",
        "tags": [one.plugin],
        "parameters": [*_path(export_path(one.export, one.plugin), one.binding), *_query(one.binding.query)],
        "responses": {
            "200": {
                "description": "Done.",
                "content": {kind.partition(";")[0]: {"schema": FILE} for kind in KINDS.values()},
            },
            **_refusals(has_body=False),
        },
    }


def _path(path: str, binding: Binding) -> list[dict[str, Any]]:
    named: Mapping[str, type] = {
        name: str for name in ("tenant_slug", "town_code", "kind") if f"{{{name}}}" in path
    }
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", **_form(name, kind)},
        }
        for name, kind in {**named, **binding.path}.items()
    ]


def _form(name: str, kind: type) -> dict[str, Any]:
    if name == "kind":
        return {"enum": list(KINDS)}
    return {"format": "uuid"} if kind is UUID else {}


def _query(kind: type[Struct] | None) -> list[dict[str, Any]]:
    if kind is None:
        return []
    _, components = msgspec.json.schema_components([kind], ref_template=REF)
    described = components[kind.__name__]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in described.get("required", ()),
            "schema": schema,
        }
        for name, schema in described["properties"].items()
    ]


def _file_name(binding: Binding) -> list[dict[str, Any]]:
    if not binding.takes_upload:
        return []
    schema = {"type": "string", "maxLength": LONGEST_NAME}
    return [{"name": FILE_NAME, "in": "query", "required": False, "schema": schema}]


def _key(method: str) -> list[dict[str, Any]]:
    if method == "GET":
        return []
    schema = {"type": "string", "minLength": SHORTEST_KEY, "maxLength": LONGEST_KEY, "pattern": "^[ -~]*$"}
    return [{"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}]


def _content(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REF)
    return {"application/json": {"schema": schema}}


def _refusals(*, has_body: bool) -> dict[str, Any]:
    named = [status for status in REFUSALS if status in ALWAYS or (has_body and status in WITH_BODY)]
    return {
        status: {
            "description": REFUSALS[status],
            "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}},
        }
        for status in named
    }
