"""Plug-ins' jobs and listeners as handlers of the kernel: off means not run, a fault is the plug-in's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from core.host.background import tenant_background
from core.host.handover import hand_over
from core.host.personal import personal_handlers
from core.host.serving import Server
from core.kernel.jobs import Every, JobHandler, SwitchedOff, Work, enqueue
from core.sdk.contributions import Job, Listener
from core.sdk.handover import Handover

__all__ = ["job_handlers"]

EVENT = "event:"
Run = Callable[[Work], Awaitable[None]]


def job_handlers(server: Server) -> dict[str, JobHandler]:
    """Every job by name, the platform's own for a person's affairs among them.

    An event is one job that becomes one job for each listener.
    """
    handlers = personal_handlers(server)
    for entry in server.registry.plugins:
        for job in entry.jobs:
            handlers[job.name] = JobHandler(
                name=job.name,
                run=_job(server, entry.name, job),
                compartments=job.compartments,
                schedule=Every(job.every) if job.every else None,
                time_limit=job.time_limit,
            )
    events = {event.name: event.kind for entry in server.registry.plugins for event in entry.events}
    for name, kind in events.items():
        listening = [
            (entry.name, listener)
            for entry in server.registry.plugins
            for listener in entry.listeners
            if listener.event == name
        ]
        handlers[EVENT + name] = JobHandler(
            name=EVENT + name, run=_spread([_listener_name(owner, name) for owner, _ in listening])
        )
        for owner, listener in listening:
            handlers[_listener_name(owner, name)] = JobHandler(
                name=_listener_name(owner, name),
                run=_listen(server, owner, listener, kind),
                compartments=listener.compartments,
            )
    return handlers


def _listener_name(owner: str, event: str) -> str:
    return f"listen:{owner}:{event}"


def _job(server: Server, owner: str, job: Job) -> Run:
    async def run(work: Work) -> None:
        if isinstance(job, Handover):
            await hand_over(server, owner, job, work)
            return
        async with tenant_background(server, work.tx, work.tenant_id, owner) as ctx:
            if owner not in ctx.enabled:
                raise SwitchedOff
            await server.isolated(owner, job.time_limit, job.run(ctx, dict(work.payload)))

    return run


def _listen(server: Server, owner: str, listener: Listener, kind: type[Struct]) -> Run:
    async def run(work: Work) -> None:
        async with tenant_background(server, work.tx, work.tenant_id, owner) as ctx:
            if owner not in ctx.enabled:
                raise SwitchedOff
            event: Any = msgspec.convert(dict(work.payload), kind)
            await server.isolated(owner, 30.0, listener.run(ctx, event))

    return run


def _spread(listeners: list[str]) -> Run:
    """One job for each listener, so that one that fails does not keep the others waiting."""

    async def run(work: Work) -> None:
        for name in listeners:
            await enqueue(work.tx, name, work.payload)

    return run
