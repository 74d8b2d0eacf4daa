"""`townbridge load DIR`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from core.app import open_platform
from core.commands.running import as_json, run, settings_of
from core.kernel.settings import Settings
from core.sdk.exchange import Note
from core.town.exchange import LoadReport, load_folder

__all__ = ["Progress", "command", "load"]

NOTE_COLUMNS = ("file", "sheet", "row", "severity", "reason", "column")


@click.command("load")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False, resolve_path=True))
@click.option(
    "--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Write rejected rows and warnings."
)
@click.option("--strict", is_flag=True, help="Exit 1 when a row was rejected.")
@click.option("--json", "is_json", is_flag=True, help="The outcome as JSON.")
@click.pass_context
def command(ctx: click.Context, folder: Path, rejects: Path | None, strict: bool, is_json: bool) -> None:
    """Load an exchange folder (town-exchange/1).

    A bad row is rejected alone, a broken file as a whole; loading the folder again changes nothing.
    """
    report = run(load(settings_of(ctx), folder, is_quiet=is_json))
    if rejects is not None:
        _write(rejects, report.notes)
    if is_json:
        as_json(_summary(report))
    else:
        _say(report)
    has_rejects = any(outcome.rejected for outcome in report.outcomes)
    if report.broken or (strict and has_rejects):
        raise click.exceptions.Exit(1)


async def load(settings: Settings, folder: Path, *, is_quiet: bool = False) -> LoadReport:
    """Load the folder; the figures are up to date afterwards."""
    async with open_platform(settings, ("app", "figures")) as platform:
        with Progress(is_quiet) as progress:
            return await load_folder(platform.server, folder, progress.tell)


class Progress:
    """A bar on a terminal, a plain line for each step otherwise."""

    def __init__(self, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._is_terminal = sys.stderr.isatty()
        self._last = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_terminal and self._last:
            click.echo("", err=True)

    def tell(self, what: str, done: int, total: int) -> None:
        if self._is_quiet:
            return
        if self._is_terminal:
            filled = 30 * done // total if total else 30
            click.echo(f"\r{what[:40]:<40} [{'#' * filled:<30}] {done}/{total}", nl=False, err=True)
        elif what != self._last:
            click.echo(what, err=True)
        self._last = what


def _write(path: Path, notes: list[Note]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(NOTE_COLUMNS)
        writer.writerows([getattr(note, column) for column in NOTE_COLUMNS] for note in notes)


def _summary(report: LoadReport) -> dict[str, object]:
    return {
        "town": report.town,
        "year": report.year,
        "files": [
            {
                "file": outcome.file,
                "sheet": outcome.sheet,
                "rows": outcome.rows,
                "accepted": outcome.accepted,
                "rejected": outcome.rejected,
                "warnings": outcome.warnings,
                "broken": outcome.broken,
            }
            for outcome in report.outcomes
        ],
        "skipped": list(report.skipped),
    }


def _say(report: LoadReport) -> None:
    for outcome in report.outcomes:
        name = f"{outcome.file} {outcome.sheet}".rstrip()
        if outcome.broken:
            click.echo(f"{name}: not loaded. {outcome.broken}")
        else:
            click.echo(
                f"{name}: {outcome.rows} rows, {outcome.accepted} accepted, "
                f"{outcome.rejected} rejected, {outcome.warnings} warnings"
            )
    for name in report.skipped:
        click.echo(f"{name}: skipped, no installed service module takes it")
    click.echo(f"Town {report.town}, year {report.year}: loaded.")
