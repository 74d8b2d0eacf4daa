"""The description of the JSON API, made from what the plug-ins declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from core.host.api import ServedRoute
from core.host.binding import Binding
from core.host.gate import signed_in
from core.host.registry import Registry
from core.host.routing import route_path
from core.kernel.db import Database

__all__ = ["describe", "description_route"]

PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "status": {"type": "integer"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
        "instance": {"type": "string"},
    },
    "required": ["type", "title", "status"],
}
REFUSALS = {
    "400": "What was sent cannot be used.",
    "401": "No valid token.",
    "403": "The roles of the token's account do not allow it.",
    "404": "Nothing there, switched off, or not yours.",
    "409": "Not possible in the present state.",
}


def describe(registry: Registry) -> dict[str, Any]:
    """An OpenAPI 3.1 document of every route of every plug-in."""
    served = [
        ServedRoute(route=route, binding=Binding.of(route.handler), plugin=entry.name)
        for entry in registry.plugins
        for route in entry.routes
    ]
    kinds = [kind for one in served for kind in (one.binding.body, one.binding.answer) if kind is not None]
    _, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for one in served:
        paths.setdefault(route_path(one.route, one.plugin), {})[one.route.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Townbridge", "version": "1"},
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": {**components, "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def description_route(database: Database, registry: Registry) -> HTTPRouteHandler:
    """`/api/v1/openapi.json`, for whoever has a token."""

    async def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
        await signed_in(database, request, by_token=True)
        return Response(msgspec.json.encode(describe(registry)), media_type="application/json")

    return get("/api/v1/openapi.json", include_in_schema=False)(answer)


def _operation(one: ServedRoute) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": one.route.summary,
        "operationId": f"{one.plugin}.{one.route.handler.__name__}",
        "tags": [one.plugin],
        "parameters": [*_path(one.binding), *_query(one.binding), *_key(one.route.method)],
        "responses": {
            str(one.route.status): {"description": "Done.", "content": _content(one.binding.answer)},
            **{status: _refusal(text) for status, text in REFUSALS.items()},
        },
    }
    if one.binding.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(one.binding.body)}
    return operation


def _path(binding: Binding) -> list[dict[str, Any]]:
    named: Mapping[str, type] = {"tenant_slug": str, **binding.path}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", **({"format": "uuid"} if kind is UUID else {})},
        }
        for name, kind in named.items()
    ]


def _query(binding: Binding) -> list[dict[str, Any]]:
    if binding.query is None:
        return []
    return [
        {"name": field.name, "in": "query", "required": False, "schema": {"type": "string"}}
        for field in msgspec.structs.fields(binding.query)
    ]


def _key(method: str) -> list[dict[str, Any]]:
    if method == "GET":
        return []
    schema = {"type": "string", "minLength": 8, "maxLength": 100}
    return [{"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}]


def _content(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    return {"application/json": {"schema": schema}}


def _refusal(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
