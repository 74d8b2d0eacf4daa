"""`townbridge tenant ...`: the town itself, its association units, and what they have switched on."""

from __future__ import annotations

from datetime import date, datetime
from typing import get_args

import click

from core.app import Platform, open_platform
from core.commands.places import tenant_named, tenants_of, town_named, town_option
from core.commands.running import Row, listing, run, settings_of
from core.host.background import tenant_background
from core.host.offers import offer_plugin, switch_plugin
from core.host.opening import furnish
from core.host.profiles import Profile
from core.kernel import clock
from core.kernel.changes import changed
from core.kernel.errors import NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.tenancy.activations import activations_of_town
from core.tenancy.regions import open_region
from core.tenancy.tenants import Kind, Tenant, close_tenant, open_tenant

__all__ = ["command"]

COLUMNS = ("code", "address", "kind", "name_zh", "name_en", "opened_on", "closed_on", "modules")

day = click.DateTime(formats=["%Y-%m-%d"])


@click.group("tenant")
def command() -> None:
    """The town, its association units, and the service modules that they use."""


@command.command("town")
@click.argument("code")
@click.option("--name-zh", required=True, help="Its name in Chinese.")
@click.option("--name-en", required=True, help="Its name in English.")
@click.option("--county", metavar="CODE", help="The county above it, opened already.")
@click.option("--level", type=click.Choice(["town", "county"]), default="town", show_default=True)
@click.pass_context
def open_the_town(
    ctx: click.Context, code: str, name_zh: str, name_en: str, county: str | None, level: str
) -> None:
    """Open a town (or county), or correct its names; `load` does this by itself."""

    async def work(settings: Settings) -> None:
        async with open_platform(settings) as platform:
            await open_region(
                platform.database,
                code=code,
                name_zh=name_zh,
                name_en=name_en,
                level="county" if level == "county" else "town",
                parent=county,
            )

    run(work(settings_of(ctx)))
    click.echo(f"{code}: open.")


@command.command("list")
@town_option
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_context
def show(ctx: click.Context, region: str | None, is_json: bool) -> None:
    """The association units of a town, closed ones included."""
    rows = run(_rows(settings_of(ctx), region))
    if not is_json:
        rows = [row | {"modules": " ".join(row["modules"])} for row in rows]
    listing(rows, COLUMNS, is_json)


async def _rows(settings: Settings, region: str | None) -> list[Row]:
    async with open_platform(settings) as platform:
        town = await town_named(platform, region)
        tenants = await tenants_of(platform, town)
        async with platform.database.transaction(Scope.town(town.id)) as tx:
            modules = await activations_of_town(tx)
    return [
        {
            "code": tenant.code,
            "address": f"/t/{tenant.slug}/",
            "kind": tenant.kind,
            "name_zh": tenant.name_zh,
            "name_en": tenant.name_en,
            "opened_on": tenant.opened_on,
            "closed_on": tenant.closed_on,
            "modules": sorted(modules.get(tenant.id, ())),
        }
        for tenant in tenants
    ]


@command.command("open")
@click.argument("code")
@click.option("--kind", type=click.Choice(get_args(Kind)), required=True)
@click.option("--name-zh", required=True, help="Its name in Chinese.")
@click.option("--name-en", required=True, help="Its name in English.")
@click.option("--on", "opened_on", type=day, help="The first day; today.")
@click.option("--books-from", type=day, help="The first day of its figures; the day of opening.")
@click.option("--profile", metavar="NAME", help="Service modules, settings and groups to begin with.")
@town_option
@click.pass_context
def open_one(
    ctx: click.Context,
    code: str,
    kind: Kind,
    name_zh: str,
    name_en: str,
    opened_on: datetime | None,
    books_from: datetime | None,
    profile: str | None,
    region: str | None,
) -> None:
    """Open an association unit, or correct what is known of it."""

    async def work(settings: Settings) -> tuple[str, list[str]]:
        async with open_platform(settings) as platform:
            town = await town_named(platform, region)
            starter = _profile(platform, profile) if profile else None
            async with platform.database.transaction(Scope.town(town.id)) as tx:
                tenant = await open_tenant(
                    tx,
                    code=code,
                    name_zh=name_zh,
                    name_en=name_en,
                    kind=kind,
                    opened_on=_day(opened_on) or clock.today(town.time_zone),
                    books_from=_day(books_from),
                )
            return tenant.slug, await _furnished(platform, tenant, starter) if starter else []

    slug, skipped = run(work(settings_of(ctx)))
    click.echo(f"{code}: open at /t/{slug}/")
    for module in skipped:
        click.echo(f"{module} is not switched on: the town does not offer it.", err=True)


def _profile(platform: Platform, name: str) -> Profile:
    for profile in platform.server.profiles:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in platform.server.profiles)
    raise click.UsageError(f"There is no starter profile {name}. There are: {known}.")


async def _furnished(platform: Platform, tenant: Tenant, profile: Profile) -> list[str]:
    async with platform.database.transaction(Scope.of_tenant(tenant.id)) as tx:
        return await furnish(platform.server, tx, tenant, profile)


@command.command("close")
@click.argument("code")
@click.option("--on", "closed_on", type=day, help="The last day; today.")
@click.option("--reason", default="", help="Why, for the record.")
@town_option
@click.pass_context
def close_one(
    ctx: click.Context, code: str, closed_on: datetime | None, reason: str, region: str | None
) -> None:
    """Close an association unit after its last day; its books stay readable."""

    async def work(settings: Settings) -> date:
        async with open_platform(settings) as platform:
            town = await town_named(platform, region)
            tenant = await tenant_named(platform, town, code)
            last = _day(closed_on) or clock.today(town.time_zone)
            async with platform.database.transaction(Scope.town(town.id)) as tx:
                await close_tenant(tx, tenant.id, last, reason)
            async with platform.database.transaction(Scope.of_tenant(tenant.id)) as tx:
                # It owes no report of a month after its last one.
                changed(tx, "tenancy.tenant", min(last, tenant.closed_on or last), onwards=True)
            return last

    click.echo(f"{code}: closed after {run(work(settings_of(ctx)))}.")


@command.command("switch")
@click.argument("code")
@click.argument("module")
@click.argument("state", type=click.Choice(["on", "off"]))
@click.option("--offer", is_flag=True, help="Let the town offer the module first.")
@town_option
@click.pass_context
def switch(ctx: click.Context, code: str, module: str, state: str, offer: bool, region: str | None) -> None:
    """Switch a service module on or off in an association unit; its data stay."""
    changed = run(_switched(settings_of(ctx), region, code, module, state == "on", offer))
    click.echo(f"{code}: {module} is {state}{'' if changed else ' already'}.")


async def _switched(
    settings: Settings, region: str | None, code: str, module: str, is_on: bool, offer: bool
) -> bool:
    async with open_platform(settings) as platform:
        town = await town_named(platform, region)
        tenant = await tenant_named(platform, town, code)
        if platform.registry.get(module) is None:
            raise NotFound(
                _("No service module is called %(module)s."),
                _("`townbridge plugin list` shows those that are installed."),
                module=module,
            )
        if offer:
            async with platform.database.transaction(Scope.town(town.id)) as tx:
                await offer_plugin(tx, town.id, platform.registry, module, "offered")
        async with (
            platform.database.transaction(Scope.of_tenant(tenant.id)) as tx,
            tenant_background(platform.server, tx, tenant.id, module) as ctx,
        ):
            try:
                return await switch_plugin(ctx, platform.registry, module, is_on)
            except NotFound:
                raise NotFound(
                    _("The town does not offer the service module %(module)s."),
                    _("Run this again with --offer."),
                    module=module,
                ) from None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
