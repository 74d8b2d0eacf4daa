"""`townbridge plugin list`."""

from __future__ import annotations

import click

from core.app import plugins
from core.commands.running import listing
from core.sdk.plugin import SDK_VERSION

__all__ = ["command"]


@click.group("plugin")
def command() -> None:
    """The installed service modules."""


@command.command("list")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
def show(is_json: bool) -> None:
    """Every installed plug-in, those refused with their reason; exit 1 when one is refused."""
    registry = plugins()
    rows = [
        {
            "name": entry.name,
            "version": entry.plugin.version,
            "state": "ready",
            "about": entry.plugin.description,
        }
        for entry in registry.plugins
    ]
    rows += [
        {"name": refusal.name, "version": "", "state": "refused", "about": refusal.reason}
        for refusal in registry.refused
    ]
    listing(rows, ("name", "version", "state", "about"), is_json)
    if not is_json:
        click.echo(f"SDK {SDK_VERSION}")
    if registry.refused:
        raise click.exceptions.Exit(1)
