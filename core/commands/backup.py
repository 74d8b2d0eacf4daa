"""`townbridge backup FOLDER`."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import shutil
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import msgspec

from core.app import address
from core.commands.findings import Findings
from core.commands.load import Progress
from core.commands.restore import embedded_only, prove, put_back
from core.commands.running import run, settings_of
from core.kernel import clock
from core.kernel.backup import (
    DATABASE,
    KEYS,
    LastBackup,
    Manifest,
    abandoned,
    key_digests,
    new_folder,
    note_backup,
    write_manifest,
)
from core.kernel.db import Database
from core.kernel.embedded import LIST, Services, find_programs, postgres_version
from core.kernel.errors import Misconfigured, NotFound, TownbridgeError
from core.kernel.files import digest_of
from core.kernel.i18n import gettext_noop as _
from core.kernel.keys import put_keys
from core.kernel.migrations import histories
from core.kernel.roles import prepare_database
from core.kernel.scope import Scope
from core.kernel.seal import Keyring, same_keys
from core.kernel.settings import Settings

__all__ = ["back_up", "command"]

PROOF = ".townbridge-proof-"
GUARD = (
    "THE BACKUP HOLDS THE KEYS. Whoever has it reads every sealed number: keep it where only its keeper can,"
    " or encrypt it."
)


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--no-verify", is_flag=True, help="Check the files alone; do not restore the copy to prove it.")
@click.option("--json", "is_json", is_flag=True, help="The outcome as JSON.")
@click.pass_context
def command(ctx: click.Context, folder: Path, no_verify: bool, is_json: bool) -> None:
    """Copy the embedded database and the keys into a new folder, also while the portal serves, and prove the copy.

    The proof restores it into a home for the moment and makes those of `verify` there; exit 1 with a line per
    finding. The backup holds the keys: guard it like them.
    """
    begun = time.monotonic()
    settings = settings_of(ctx)
    embedded_only(settings)
    folder = folder.absolute()
    findings, manifest = back_up(settings, folder, is_proven=not no_verify, is_quiet=is_json)
    seconds = round(time.monotonic() - begun, 1)
    if findings.are_none:
        last = LastBackup(at=manifest.ended_at, folder=str(folder), is_proven=not no_verify)
        note_backup(settings.home, last)
    findings.show(
        is_json,
        backup=str(folder),
        home=str(settings.home),
        state_of=manifest.ended_at,
        database_bytes=manifest.size,
        is_proven=not no_verify,
        seconds=seconds,
    )


def back_up(
    settings: Settings, folder: Path, *, is_proven: bool, is_quiet: bool
) -> tuple[Findings, Manifest]:
    """Take the backup, then prove it; what the proof finds leaves the backup where it is."""
    findings = Findings()
    begun = time.monotonic()
    with Progress(is_quiet) as progress, new_folder(folder, settings.home) as building:
        manifest = _take(settings, building, progress)
    findings.add("backup", [], _took(folder, manifest, time.monotonic() - begun))
    findings.note("keys", GUARD)
    if is_proven:
        _prove(settings, folder, findings, is_quiet=is_quiet)
    else:
        findings.note("restored", "The copy was not restored to prove it (--no-verify).")
    return findings, manifest


def _take(settings: Settings, building: Path, progress: Progress) -> Manifest:
    home = settings.home
    services = Services(home, redis=False)
    if not services.has_database:
        raise NotFound(
            _("There is no database in %(home)s to back up."),
            _("Name the home folder with --home or TOWNBRIDGE_HOME."),
            home=str(home),
        )
    with services:
        fingerprint = run(_own_keys(settings, services))
        begun_at = clock.now()
        services.copy_database(building / DATABASE, progress.tell)
        ended_at = clock.now()
        migrations = run(_migrations(settings, services))
    # After the database: a key that was added meanwhile may have sealed something in the copy.
    put_keys(home / KEYS, building / KEYS)
    manifest = _manifest(building, begun_at, ended_at, fingerprint, migrations)
    write_manifest(building, manifest)
    return manifest


def _manifest(
    building: Path,
    begun_at: datetime,
    ended_at: datetime,
    fingerprint: bytes,
    migrations: dict[str, list[str]],
) -> Manifest:
    data = building / DATABASE
    return Manifest(
        begun_at=begun_at,
        ended_at=ended_at,
        product=importlib.metadata.version("townbridge"),
        postgres=postgres_version(find_programs().postgres),
        migrations=migrations,
        key_fingerprint=fingerprint.hex(),
        keys=key_digests(building / KEYS),
        database_list=digest_of(data / LIST),
        size=sum(path.stat().st_size for path in data.rglob("*") if path.is_file()),
    )


async def _own_keys(settings: Settings, services: Services) -> bytes:
    """The fingerprint of the keys; refuses a home whose keys are not those of its database."""
    await prepare_database(services.postgres_dsn("bootstrap"))
    keys = settings.home / KEYS
    if not keys.is_dir():
        raise Misconfigured(
            _("The keys of this database are not in %(folder)s."),
            _("Bring that folder back from another backup; without it sealed fields cannot be read."),
            folder=str(keys),
        )
    keyring = Keyring.load(settings.home)
    database = await Database.connect({"app": address(settings, services, "app")}, 1)
    try:
        async with database.transaction(Scope.nobody()) as tx:
            await same_keys(tx, keyring)
    finally:
        await database.close()
    return keyring.fingerprint()


async def _migrations(settings: Settings, services: Services) -> dict[str, list[str]]:
    database = await Database.connect({"app": address(settings, services, "app")}, 1)
    try:
        async with database.transaction(Scope.nobody(), is_read_only=True) as tx:
            return await histories(tx)
    finally:
        await database.close()


def _took(folder: Path, manifest: Manifest, seconds: float) -> str:
    return (
        f"{folder} holds the database ({manifest.size / 1e6:.0f} MB, PostgreSQL {manifest.postgres}) and"
        f" {len(manifest.keys)} key files as of {manifest.ended_at:%Y-%m-%d %H:%M:%S} UTC;"
        f" every file was checked. {seconds:.1f} s."
    )


def _prove(settings: Settings, folder: Path, findings: Findings, *, is_quiet: bool) -> None:
    """Restore the backup beside itself, and prove the books of that home."""
    begun = time.monotonic()
    with _home_for_the_moment(folder.parent) as home:
        proof = msgspec.structs.replace(settings, home=home, redis_url="none")
        try:
            with Progress(is_quiet) as progress:
                put_back(home, folder, progress.tell)
            lines = Findings()
            prove(proof, lines, is_quiet=is_quiet)
        except (TownbridgeError, OSError) as error:
            why = error.sentence(_) if isinstance(error, TownbridgeError) else f"{error}."
            findings.add("restored", [f"The backup could not be restored here. {why}"], "")
            return
    seconds = time.monotonic() - begun
    findings.add(
        "restored",
        [],
        f"It was restored into a fresh home and proven there, line by line below; {seconds:.1f} s.",
    )
    findings.lines += lines.lines
    if not lines.are_none:
        findings.note("backup", f"The books were so when the backup was taken; {folder} is kept.")


@contextmanager
def _home_for_the_moment(around: Path) -> Generator[Path]:
    for left in abandoned(around, PROOF):
        with contextlib.suppress(OSError, TownbridgeError):
            _remove(left)
    home = Path(tempfile.mkdtemp(prefix=PROOF, dir=around))
    if os.geteuid() == 0:
        home.chmod(0o711)  # the account of the servers has to pass; what is in it is private
    try:
        yield home
    finally:
        _remove(home)


def _remove(home: Path) -> None:
    Services(home, redis=False).discard()
    shutil.rmtree(home)
