"""What all commands share: how they run, how they speak, how they fail."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import uvloop

from core.kernel.errors import BadInput, Misconfigured, TownbridgeError
from core.kernel.i18n import gettext_noop as _
from core.kernel.log import configure_logging, get_logger
from core.kernel.settings import Settings, load_settings

__all__ = ["as_json", "listing", "reported", "run", "settings_of", "told"]

Result = TypeVar("Result")
Row = dict[str, Any]

log = get_logger(__name__)


def settings_of(ctx: click.Context) -> Settings:
    """The settings with the home folder of the command line; starts the log."""
    home: Path | None = ctx.find_root().obj
    settings = load_settings(home)
    try:
        configure_logging(settings.log_level)
    except KeyError:
        raise Misconfigured(
            _("There is no log level %(level)s."),
            _("Set TOWNBRIDGE_LOG_LEVEL to debug, info, warning or error."),
            level=settings.log_level,
        ) from None
    return settings


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's coroutine to its end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@contextmanager
def reported() -> Iterator[None]:
    """Turn whatever a command raises into its exit status and two sentences on standard error."""
    try:
        yield
    except click.ClickException as error:
        error.show()
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except TownbridgeError as error:
        click.echo(told(error), err=True)
        sys.exit(error.exit_status)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader went away: point standard output at nothing so that the interpreter can close it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        click.echo(
            f"{error.strerror or error}: {error.filename or ''}. Check the path and its rights.", err=True
        )
        sys.exit(1)
    except Exception as error:
        log.debug("command_failed", exc_info=True)
        click.echo(
            f"Something went wrong on our side ({type(error).__name__})."
            " Run it again with TOWNBRIDGE_LOG_LEVEL=debug and send us what it says.",
            err=True,
        )
        sys.exit(1)


def told(error: TownbridgeError) -> str:
    """What happened and what to do; of a form the fields as well, since nothing marks them here."""
    if isinstance(error, BadInput) and error.fields:
        fields = " ".join(f"{name}: {message}" for name, message in error.fields.items())
        return f"{error.told(_)} {fields} {error.advice(_)}"
    return error.sentence(_)


def as_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def listing(rows: Sequence[Row], columns: Sequence[str], is_json: bool) -> None:
    """Rows as JSON, or as a table that people read; Chinese characters take two places."""
    if is_json:
        as_json(list(rows))
        return
    table = [list(columns), *([_cell(row[column]) for column in columns] for row in rows)]
    widths = [max(_width(line[number]) for line in table) for number in range(len(columns))]
    for line in table:
        cells = (cell + " " * (widths[number] - _width(cell)) for number, cell in enumerate(line))
        click.echo("  ".join(cells).rstrip())


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _width(text: str) -> int:
    return sum(2 if ord(character) >= 0x2E80 else 1 for character in text)
