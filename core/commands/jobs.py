"""`townbridge jobs ...`: what was given up, and another try once the cause is gone."""

from __future__ import annotations

from uuid import UUID

import click

from core.app import Platform, open_platform
from core.commands.proofs import Chain, read_books
from core.commands.running import Row, listing, run, settings_of
from core.kernel.errors import NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.outbox import JobRow, dead_jobs, redrive
from core.kernel.settings import Settings

__all__ = ["command"]

COLUMNS = ("id", "place", "name", "error", "created_at")


@click.group("jobs")
def command() -> None:
    """Background jobs that were given up after eight tries."""


@command.command("list")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_context
def show(ctx: click.Context, is_json: bool) -> None:
    """Those of every unit, the newest of each first."""
    listing(run(_rows(settings_of(ctx))), COLUMNS, is_json)


async def _rows(settings: Settings) -> list[Row]:
    async with open_platform(settings) as platform:
        found = (await _given_up(platform)).values()
    return [
        {
            "id": job.id,
            "place": chain.code,
            "name": job.name,
            "error": job.error,
            "created_at": job.created_at,
        }
        for chain, job in found
    ]


async def _given_up(platform: Platform) -> dict[UUID, tuple[Chain, JobRow]]:
    found: dict[UUID, tuple[Chain, JobRow]] = {}
    for chain in (await read_books(platform)).chains():
        async with platform.database.transaction(chain.scope) as tx:
            found |= {job.id: (chain, job) for job in await dead_jobs(tx)}
    return found


@command.command("retry")
@click.argument("jobs", metavar="[ID]...", type=click.UUID, nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Every one that was given up.")
@click.pass_context
def retry(ctx: click.Context, jobs: tuple[UUID, ...], is_all: bool) -> None:
    """Give jobs their eight tries back, on the record; a worker takes them at once.

    A job that waits again already, because somebody asked for the same once more, stays given up.
    """
    if is_all == bool(jobs):
        raise click.UsageError("Name the jobs as `jobs list` shows them, or say --all.")
    for job, is_tried in run(_retried(settings_of(ctx), jobs)).items():
        told = "is tried again" if is_tried else "stays given up: the same is asked for again already"
        click.echo(f"{job}: {told}.")


async def _retried(settings: Settings, wanted: tuple[UUID, ...]) -> dict[UUID, bool]:
    async with open_platform(settings) as platform:
        places = await _given_up(platform)
        if unknown := [job for job in wanted if job not in places]:
            raise NotFound(
                _("No job %(job)s was given up."),
                _("`townbridge jobs list` shows those that were."),
                job=str(unknown[0]),
            )
        done: dict[UUID, bool] = {}
        for job in wanted or places:
            chain, _row = places[job]
            async with platform.database.transaction(chain.scope) as tx:
                done[job] = await redrive(tx, job)
        return done
