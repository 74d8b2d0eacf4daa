"""`townbridge migrate`."""

from __future__ import annotations

import click

from core.app import bring_up, plugins
from core.commands.running import run, settings_of
from core.kernel.embedded import Services

__all__ = ["command"]


@click.command("migrate")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Bring the database up to date: the platform's tables, then each plug-in's; running it again is harmless."""
    settings = settings_of(ctx)
    services = Services(settings.home, redis=False) if settings.is_embedded else None
    if services is not None:
        services.start()
    try:
        upgrade = run(bring_up(settings, services, plugins()))
    finally:
        if services is not None:
            services.stop()
    for name in upgrade.done:
        click.echo(f"ran {name}")
    for name, reason in upgrade.failed.items():
        click.echo(f"{name}: nothing was changed. {reason}", err=True)
    if upgrade.failed:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(upgrade.done)} migrations run; the database is up to date.")
