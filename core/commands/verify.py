"""`townbridge verify`."""

from __future__ import annotations

import click

from core.app import open_platform
from core.commands.findings import Findings
from core.commands.load import Progress
from core.commands.proofs import PROOFS, Books, read_books
from core.commands.running import run, settings_of
from core.kernel.settings import Settings

__all__ = ["command", "verify"]


@click.command("verify")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(ctx: click.Context, is_json: bool) -> None:
    """Prove the books: audit, figures, people, transfers, jobs, sealed fields; exit 1 with a line per finding.

    Figures that wait to be computed are computed first, as a worker would; nothing else is changed.
    """
    run(verify(settings_of(ctx), is_quiet=is_json)).show(is_json)


async def verify(settings: Settings, *, is_quiet: bool = False) -> Findings:
    """Every proof in turn; one that fails does not keep the others from being made."""
    findings = Findings()
    async with open_platform(settings, ("app", "dispatch", "figures")) as platform:
        books: Books = await read_books(platform)
        with Progress(is_quiet) as progress:
            for number, (name, proof) in enumerate(PROOFS.items()):
                progress.tell(name, number, len(PROOFS))
                await findings.examine(name, lambda proof=proof: proof(books))
    return findings
