"""`townbridge figures rebuild`."""

from __future__ import annotations

import click

from core.app import open_platform
from core.commands.running import run, settings_of, told
from core.figures.periods import Period, parse_period
from core.figures.rebuild import rebuild
from core.kernel.errors import BadInput
from core.kernel.settings import Settings

__all__ = ["command"]


class PeriodName(click.ParamType):
    """A period as people write it."""

    name = "period"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        try:
            return parse_period(value)
        except BadInput as error:
            self.fail(told(error), param, ctx)


@click.group("figures")
def command() -> None:
    """The figures of the tenants and the towns."""


@command.command("rebuild")
@click.option(
    "--period", type=PeriodName(), metavar="P", help="One month, quarter or year: 2025-03, 2025-Q1, 2025."
)
@click.pass_context
def rebuild_all(ctx: click.Context, period: Period | None) -> None:
    """Compute every figure from its source again; in sound books no cell changes."""
    click.echo(f"changed cells: {run(_rebuilt(settings_of(ctx), period))}")


async def _rebuilt(settings: Settings, period: Period | None) -> int:
    async with open_platform(settings, ("app", "figures")) as platform:
        return await rebuild(platform.database, platform.catalogue, period)
