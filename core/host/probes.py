"""For machines: is the process alive, is it ready, what are its numbers."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from core.host.health import Health
from core.kernel.db import Database
from core.kernel.errors import NotFound, TownbridgeError
from core.kernel.migrations import App, pending
from core.kernel.scope import Scope
from core.kernel.settings import Settings

__all__ = ["probes"]


def probes(
    database: Database, settings: Settings, health: Health, apps: Sequence[App]
) -> list[HTTPRouteHandler]:
    """`/healthz`, `/readyz` and `/metrics`; none of them tells anything about people or tenants."""

    async def healthz() -> Response[str]:
        return Response("ok\n", media_type="text/plain")

    async def readyz() -> Response[str]:
        try:
            async with database.transaction(Scope.nobody()) as transaction:
                missing = await pending(transaction, apps)
        except TownbridgeError:
            return Response("The database does not answer.\n", status_code=503, media_type="text/plain")
        if missing:
            return Response(
                f"{len(missing)} migrations are missing. Run `townbridge migrate`.\n",
                status_code=503,
                media_type="text/plain",
            )
        return Response("ready\n", media_type="text/plain")

    async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        if not _may_measure(request, settings):
            raise NotFound
        return Response(_numbers(database, health), media_type="text/plain; version=0.0.4")

    return [
        get("/healthz", include_in_schema=False)(healthz),
        get("/readyz", include_in_schema=False)(readyz),
        get("/metrics", include_in_schema=False)(metrics),
    ]


def _may_measure(request: Request[Any, Any, Any], settings: Settings) -> bool:
    token = settings.metrics_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if settings.origin:
        return False  # a visitor whose proxy does not say where she comes from looks like this machine
    host = request.client.host if request.client else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _numbers(database: Database, health: Health) -> bytes:
    registry = CollectorRegistry()
    Gauge("townbridge_database_connections_in_use", "Connections checked out now.", registry=registry).set(
        database.in_use()
    )
    faults = Gauge("townbridge_faults", "Faults since start.", ["owner", "fault"], registry=registry)
    for (owner, fault), count in health.faults.items():
        faults.labels(owner, fault).set(count)
    return generate_latest(registry)
