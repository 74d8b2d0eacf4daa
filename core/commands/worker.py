"""`townbridge worker`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from uuid import UUID

import click

from core.app import Platform, open_platform
from core.commands.running import run, settings_of
from core.figures.loop import FiguresLoop
from core.host.jobs import job_handlers
from core.identity.retention import RETENTION
from core.kernel.schedule import Places
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.worker import HOUSEKEEPING, Loop, run_worker, stop_on_signals

__all__ = ["command", "work"]

SLOTS = 8


@click.command("worker")
@click.option("--beside", type=int, hidden=True, help="End when this process has ended.")
@click.pass_context
def command(ctx: click.Context, beside: int | None) -> None:
    """Run background jobs and keep the figures fresh; any number of workers may run."""
    run(work(settings_of(ctx), beside))


async def work(settings: Settings, beside: int | None = None) -> None:
    """Work until SIGINT or SIGTERM, or until the process `beside` is gone."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_platform(settings, ("app", "dispatch", "figures")) as platform:
        loops: dict[str, Loop] = {"figures": FiguresLoop(platform.database, platform.catalogue).run}
        if beside is not None:
            loops["beside"] = lambda until: _end_with(beside, until)
        await run_worker(
            platform.database,
            {**job_handlers(platform.server), RETENTION.name: RETENTION},
            _places(platform),
            stop,
            redis_url=platform.redis_url,
            loops=loops,
            slots=SLOTS,
        )


def _places(platform: Platform) -> Places:
    """Scheduled jobs run in every tenant where their plug-in is on, housekeeping in the regions as well.

    In closed tenants too: what they keep is to be deleted in time like the others'.
    """
    owners = {job.name: entry.name for entry in platform.registry.plugins for job in entry.jobs if job.every}

    async def places() -> Mapping[str, Sequence[UUID]]:
        async with platform.database.transaction(Scope.nobody(), login="figures") as transaction:
            rows = await transaction.fetch(_ENABLED)
        regions = [row["id"] for row in rows if row["is_region"]]
        return {
            HOUSEKEEPING.name: [row["id"] for row in rows],
            # Accounts belong to no tenant: one region's job does it for the deployment.
            RETENTION.name: regions[:1],
            **{
                name: [row["id"] for row in rows if owner in row["plugins"]] for name, owner in owners.items()
            },
        }

    return places


async def _end_with(process: int, stop: asyncio.Event) -> None:
    while not stop.is_set():
        if os.getppid() != process:
            stop.set()
        await asyncio.sleep(1)


_ENABLED = """
SELECT t.id, false AS is_region, ARRAY(
  SELECT o.plugin FROM host.plugin_offer o
  LEFT JOIN tenancy.activation a ON a.tenant_id = t.id AND a.plugin = o.plugin
  WHERE o.region_id = t.region_id AND (o.mode = 'required' OR a.is_on)
) AS plugins
FROM tenancy.tenant t
UNION ALL
SELECT r.id, true, ARRAY[]::text[] FROM tenancy.region r
ORDER BY id
"""
