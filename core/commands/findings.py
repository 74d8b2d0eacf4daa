"""The report of `doctor` and `verify`: a line for what holds, a line for each finding, exit 1 when there is one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Literal

import click
from msgspec import Struct

from core.commands.running import as_json
from core.kernel.errors import TownbridgeError
from core.kernel.i18n import gettext_noop
from core.kernel.log import get_logger

__all__ = ["Findings", "Line"]

State = Literal["ok", "note", "finding"]

log = get_logger(__name__)


class Line(Struct, frozen=True):
    """One sentence about one thing that was examined."""

    check: str
    state: State
    text: str


class Findings:
    """The lines in the order in which they were found."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    @property
    def are_none(self) -> bool:
        return all(line.state != "finding" for line in self.lines)

    def add(self, check: str, found: Iterable[str], ok: str) -> None:
        """A finding for each of `found`; the sentence `ok` where there is none."""
        lines = [Line(check, "finding", text) for text in found]
        self.lines += lines or [Line(check, "ok", ok)]

    def note(self, check: str, text: str) -> None:
        """Worth knowing, and not wrong."""
        self.lines.append(Line(check, "note", text))

    async def examine(self, check: str, examine: Callable[[], Awaitable[tuple[list[str], str]]]) -> bool:
        """Add what `examine` finds. What cannot be examined is a finding, never the end of the report."""
        try:
            found, ok = await examine()
        except TownbridgeError as error:
            found, ok = [error.sentence(gettext_noop)], ""
        except Exception as error:  # the report goes on: the other checks may say why
            log.warning("check_failed", check=check, error=type(error).__name__, exc_info=True)
            found, ok = [f"This could not be examined ({type(error).__name__}: {_first_line(error)})."], ""
        self.add(check, found, ok)
        return not found

    def show(self, is_json: bool, **facts: object) -> None:
        """Print the report, as JSON with `facts`; ends the command with status 1 when something was found."""
        if is_json:
            as_json({"ok": self.are_none, **facts, "lines": [_plain(line) for line in self.lines]})
        else:
            for line in self.lines:
                click.echo(f"{line.state:<8} {line.check:<12} {line.text}")
        if not self.are_none:
            raise click.exceptions.Exit(1)


def _plain(line: Line) -> dict[str, str]:
    return {"check": line.check, "state": line.state, "text": line.text}


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0].rstrip(".")
