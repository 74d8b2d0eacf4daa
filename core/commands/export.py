"""`townbridge export ...`: files of the exchange format."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TextIO

import click

from core.app import Platform, open_platform, plugins
from core.commands.places import tenants_of, town_named, town_option
from core.commands.running import run, settings_of
from core.figures import export, published
from core.figures.loop import settle
from core.figures.periods import parse_period
from core.figures.protection import Protection
from core.host.background import tenant_background
from core.kernel import clock
from core.kernel.errors import NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.sdk.contributions import Answer
from core.sdk.exchange import Covered
from core.tenancy.regions import Region
from core.tenancy.tenants import Tenant
from core.tenancy.town_settings import town_settings
from core.town.exchange import outcomes

__all__ = ["command"]

Rows = Sequence[Iterable[object]]

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    help="Where to write; - for standard output.",
)
year_option = click.option("--year", type=click.IntRange(1900, 2999), help="The year; the last one loaded.")


class Files(click.Group):
    """The files of the platform, and those that the service modules answer with."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_answers()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _answers().get(cmd_name)


@click.group("export", cls=Files)
def command() -> None:
    """Write a file of the exchange format."""


@command.command("figures")
@out_option
@year_option
@click.option("--all", "is_all", is_flag=True, help="Every indicator, level and year.")
@town_option
@click.pass_context
def figures(ctx: click.Context, out: Path, year: int | None, is_all: bool, region: str | None) -> None:
    """The figures of a town and its tenants; those that wait to be computed are computed first."""
    _write(out, export.COLUMNS, run(_figures(settings_of(ctx), year, is_all, region)))


async def _figures(settings: Settings, year: int | None, is_all: bool, region: str | None) -> Rows:
    async with open_platform(settings, ("app", "figures")) as platform:
        town = await town_named(platform, region)
        chosen = year or (None if is_all else await _last_year(platform, town))
        await settle(platform.database, platform.catalogue)
        async with platform.database.transaction(Scope.nobody(), login="figures") as tx:
            found = export.exported(tx, platform.catalogue, region=town.id, year=chosen, everything=is_all)
            return [[getattr(row, column) for column in export.COLUMNS] async for row in found]


@command.command("imports")
@out_option
@year_option
@town_option
@click.pass_context
def imports(ctx: click.Context, out: Path, year: int | None, region: str | None) -> None:
    """What became of the files that were loaded: rows, accepted, rejected, warnings."""
    _write(out, outcomes.COLUMNS, run(_imports(settings_of(ctx), year, region)))


async def _imports(settings: Settings, year: int | None, region: str | None) -> Rows:
    async with open_platform(settings) as platform:
        town = await town_named(platform, region)
        chosen = year or await _last_year(platform, town)
        if chosen is None:
            raise NotFound(_("Nothing has been loaded yet."), _("Run `townbridge load DIR` first."))
        async with platform.database.transaction(Scope.town(town.id)):
            found = await outcomes.outcomes_of(town.id, chosen)
    return [[row[column] for column in outcomes.COLUMNS] for row in found]


@command.command("published")
@out_option
@year_option
@town_option
@click.pass_context
def published_year(ctx: click.Context, out: Path, year: int | None, region: str | None) -> None:
    """The table of a year that may be published: small numbers, and what would give them away, are hidden."""
    _write(out, published.COLUMNS, run(_published(settings_of(ctx), year, region)))


async def _published(settings: Settings, year: int | None, region: str | None) -> Rows:
    async with open_platform(settings, ("app", "figures")) as platform:
        town = await town_named(platform, region)
        chosen = year or await _last_year(platform, town) or clock.today(town.time_zone).year
        await settle(platform.database, platform.catalogue)
        async with platform.database.transaction(Scope.town(town.id)) as tx:
            protection = Protection.of(await town_settings(tx))
            period = parse_period(str(chosen))
            found = published.published_table(tx, platform.catalogue, town.id, town.code, period, protection)
            return [[getattr(row, column) for column in published.COLUMNS] async for row in found]


def _answers() -> dict[str, click.Command]:
    return {
        answer.name: _answer(entry.name, answer)
        for entry in plugins().plugins
        for taker in entry.imports
        for answer in taker.answers
    }


def _answer(plugin: str, answer: Answer) -> click.Command:
    @click.command(answer.name, help=answer.title)
    @out_option
    @year_option
    @town_option
    @click.pass_context
    def told(ctx: click.Context, out: Path, year: int | None, region: str | None) -> None:
        _write(out, answer.columns, run(_told(settings_of(ctx), plugin, answer, year, region)))

    return told


async def _told(
    settings: Settings, plugin: str, answer: Answer, year: int | None, region: str | None
) -> Rows:
    async with open_platform(settings) as platform:
        town = await town_named(platform, region)
        chosen = year or await _last_year(platform, town) or clock.today(town.time_zone).year
        entry = platform.registry.get(plugin)
        if entry is None:
            raise NotFound(
                _("The service module %(name)s cannot be used here."),
                _("`townbridge plugin list` says why."),
                name=plugin,
            )
        rows: list[Iterable[object]] = []
        for tenant in sorted(await tenants_of(platform, town), key=lambda tenant: tenant.code):
            scope = Scope.of_tenant(tenant.id, entry.compartments)
            async with (
                platform.database.transaction(scope) as tx,
                tenant_background(platform.server, tx, tenant.id, plugin) as ctx,
            ):
                rows += [row async for row in answer.rows(ctx, _covered(tenant, chosen))]
        return rows


def _covered(tenant: Tenant, year: int) -> Covered:
    """To the end of the year where no files say otherwise."""
    return Covered(year, tenant.files_end(year) or date(year, 12, 31))


async def _last_year(platform: Platform, town: Region) -> int | None:
    """The latest year of the exchange folders that this town was given; None without any."""
    async with platform.database.transaction(Scope.town(town.id)):
        return await outcomes.last_year(town.id)


def _write(out: Path, columns: Sequence[str], rows: Rows) -> None:
    with _opened(out) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    if str(out) != "-":
        click.echo(f"{out}: {len(rows)} rows.")


@contextmanager
def _opened(out: Path) -> Generator[TextIO]:
    """The whole file or none: it is written aside and renamed."""
    if str(out) == "-":
        yield sys.stdout
        return
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8", newline="") as file:
            yield file
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)
