"""`townbridge verify`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from core.app import open_platform
from core.commands.findings import Findings
from core.commands.heads import compare_heads, keep_heads
from core.commands.load import Progress
from core.commands.proofs import PROOFS, Books, read_books
from core.commands.running import run, settings_of
from core.kernel.settings import Settings

__all__ = ["command", "verify"]


@click.command("verify")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.option(
    "--heads",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Compare the audit chains with their heads in FILE, then keep those of now there; carry FILE elsewhere.",
)
@click.pass_context
def command(ctx: click.Context, is_json: bool, heads: Path | None) -> None:
    """Prove the books: audit, figures, people, transfers, jobs, sealed fields, modules; exit 1 with a line per finding.

    Figures that wait to be computed are computed first, as a worker would; nothing else is changed.
    """
    run(verify(settings_of(ctx), is_quiet=is_json, heads=heads)).show(is_json)


async def verify(settings: Settings, *, is_quiet: bool = False, heads: Path | None = None) -> Findings:
    """Every proof in turn; one that fails does not keep the others from being made.

    A file of `heads` is written anew only where nothing was found: otherwise it is evidence.
    """
    findings = Findings()
    async with open_platform(settings, ("app", "dispatch", "figures")) as platform:
        books: Books = await read_books(platform)
        with Progress(is_quiet) as progress:
            for number, (name, proof) in enumerate(PROOFS.items()):
                progress.tell(name, number, len(PROOFS))
                await findings.examine(name, lambda proof=proof: proof(books))
        if heads is not None:
            await findings.examine("heads", partial(compare_heads, books, heads))
            if findings.are_none:
                await keep_heads(books, heads)
    return findings
