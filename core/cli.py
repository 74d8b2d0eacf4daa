"""The command `townbridge`: thin. Every command lives in core/commands and is imported when it is called."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import click

__all__ = ["main"]

COMMANDS = {
    "backup": "Copy database and keys, and prove the copy.",
    "demo": "Set up the demonstration town and serve it.",
    "doctor": "Examine configuration, services, migrations and the walls between tenants.",
    "export": "Write a file of the exchange format.",
    "figures": "Recompute the figures.",
    "jobs": "List background jobs that were given up; have them tried again.",
    "load": "Load an exchange folder.",
    "migrate": "Bring the database up to date.",
    "plugin": "List the installed service modules.",
    "restore": "Bring a backup back into an empty home.",
    "serve": "Serve the portal, with a worker beside it.",
    "tenant": "Open, list and administer association units.",
    "token": "Issue API tokens.",
    "user": "Add users, set their passwords.",
    "verify": "Prove the books.",
    "worker": "Run background jobs and keep the figures fresh.",
}


class Lazy(click.Group):
    """Knows its commands by name and imports one only when it is called: start-up stays light."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"core.commands.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Lazy)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TOWNBRIDGE_HOME",
    help="Where the embedded services, keys and files live.",
)
@click.pass_context
def townbridge(ctx: click.Context, home: Path | None) -> None:
    """A service platform for a town's workers from elsewhere and their associations."""
    ctx.obj = home


def main(arguments: list[str] | None = None) -> Any:
    """Exit status 0 success, 1 the answer is no, 2 wrong usage; an error is two sentences, never a traceback."""
    from core.commands.running import reported

    with reported():
        status = townbridge.main(args=arguments, prog_name="townbridge", standalone_mode=False)
        # Outside its standalone mode click gives the status of Exit back instead of ending the process.
        if status:
            sys.exit(status)


if __name__ == "__main__":
    main()
