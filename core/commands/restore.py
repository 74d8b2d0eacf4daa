"""`townbridge restore FOLDER`."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import click
import msgspec

from core.app import migration_apps, open_platform, plugins
from core.commands.findings import Findings
from core.commands.load import Progress
from core.commands.running import run, settings_of
from core.commands.verify import verify
from core.identity.sessions import end_everybodys
from core.kernel import audit
from core.kernel.backup import DATABASE, KEYS, Manifest, check_files, key_digests, read_manifest
from core.kernel.embedded import Services, check_copy, find_programs, postgres_version
from core.kernel.embedded.copies import Tell
from core.kernel.errors import Conflict, Misconfigured
from core.kernel.i18n import gettext_noop as _
from core.kernel.keys import put_keys
from core.kernel.migrations import unknown
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.tenancy.regions import list_regions

__all__ = ["command", "embedded_only", "prove", "put_back", "restore"]


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, resolve_path=True))
@click.option("--json", "is_json", is_flag=True, help="The outcome as JSON.")
@click.pass_context
def command(ctx: click.Context, folder: Path, is_json: bool) -> None:
    """Bring a backup back into a home folder without a database, and prove the books; exit 1 with a line per finding.

    A backup that is damaged, or of a later version, is refused, and the home stays as it was. Everybody has to
    sign in again.
    """
    begun = time.monotonic()
    settings = settings_of(ctx)
    embedded_only(settings)
    manifest = read_manifest(folder)
    findings = restore(settings, folder, manifest, is_quiet=is_json)
    facts = {"backup": str(folder), "home": str(settings.home), "state_of": manifest.ended_at}
    findings.show(is_json, **facts, seconds=round(time.monotonic() - begun, 1))


def embedded_only(settings: Settings) -> None:
    """Raise `Misconfigured` where the database is somebody's own server."""
    if not settings.is_embedded:
        raise Misconfigured(
            _(
                "The database is your own server, and `townbridge backup` and `restore` are for the embedded one."
            ),
            _("Use pg_basebackup or Barman for it, and copy the folder %(keys)s: sealed fields need both."),
            keys=str(settings.home / KEYS),
        )


def restore(settings: Settings, folder: Path, manifest: Manifest, *, is_quiet: bool) -> Findings:
    """The whole of it: check, put in place, end the sessions, prove."""
    findings = Findings()
    services = Services(settings.home, redis=False)
    with Progress(is_quiet) as progress:
        _refuse_a_used_home(services, folder)
        _check(folder, manifest, progress.tell, findings)
        had_keys = bool(key_digests(settings.home / KEYS))
        try:
            put_back(settings.home, folder, progress.tell)
            ended = run(_end_sessions(settings, manifest))
        except BaseException:
            _take_back(services, had_keys=had_keys)
            raise
    findings.add("restored", [], f"The home {settings.home} is as of {_moment(manifest)}.")
    findings.note("sessions", _sessions_note(ended))
    prove(settings, findings, is_quiet=is_quiet)
    return findings


def _refuse_a_used_home(services: Services, folder: Path) -> None:
    keys = key_digests(services.home / KEYS)
    if services.has_database or (keys and keys != key_digests(folder / KEYS)):
        raise Conflict(
            _("%(home)s holds a database or keys already."),
            _("Move that folder aside, or name an empty one with --home."),
            home=str(services.home),
        )


def _check(folder: Path, manifest: Manifest, tell: Tell, findings: Findings) -> None:
    programs = find_programs().postgres
    check_files(folder, manifest)
    ours = postgres_version(programs)
    if manifest.postgres.partition(".")[0] != ours.partition(".")[0]:
        raise Conflict(
            _(
                "The backup was made by PostgreSQL %(theirs)s, and this version of Townbridge brings %(ours)s."
            ),
            _("Restore it with the version of Townbridge that made it, %(product)s."),
            theirs=manifest.postgres,
            ours=ours,
            product=manifest.product,
        )
    newer, strange = unknown(manifest.migrations, migration_apps(plugins()))
    if newer:
        raise Conflict(
            _("The backup has the migration %(name)s, which this version of Townbridge does not know."),
            _("Restore it with the version of Townbridge that made it, %(product)s, or a later one."),
            name=newer[0],
            product=manifest.product,
        )
    check_copy(folder / DATABASE, programs, tell)
    findings.add(
        "backup", [], f"Every file is as it was written, and the log is whole; as of {_moment(manifest)}."
    )
    for name in strange:
        findings.note(
            "plug-ins", f"The backup has tables of {name}, which is not installed here; they stay unused."
        )


def put_back(home: Path, folder: Path, tell: Tell) -> None:
    """Keys and database of a checked backup into a home without a database, whose servers do not run."""
    services = Services(home, redis=False)
    services.make_home()
    if not key_digests(home / KEYS):
        tell("keys", 0, 1)
        put_keys(folder / KEYS, home / KEYS)
    tell("database", 0, 1)
    services.adopt(folder / DATABASE)


def _take_back(services: Services, *, had_keys: bool) -> None:
    """What could not be started is no restored home: leave it as empty as it was."""
    services.discard()
    if not had_keys:
        shutil.rmtree(services.home / KEYS, ignore_errors=True)


async def _end_sessions(settings: Settings, manifest: Manifest) -> int:
    """Who had signed out, or was locked out, after the backup must not be signed in again by it."""
    async with open_platform(settings, ("app",)) as platform:
        async with platform.database.transaction(Scope.nobody()) as tx:
            ended = await end_everybodys(tx)
            regions = await list_regions(tx)
        for region in regions:
            async with platform.database.transaction(Scope.town(region.id)) as tx:
                detail = {
                    "state_of": manifest.ended_at.isoformat(timespec="seconds"),
                    "ended_sessions": ended,
                }
                audit.record(tx, "kernel.backup.restore", "deployment", None, detail=detail)
    return ended


def _sessions_note(ended: int) -> str:
    return (
        f"{ended} sessions were ended: everybody signs in again. What was changed after the backup is as before it:"
        " passwords, roles, closed accounts, revoked tokens, erased people. Do these again."
    )


def prove(settings: Settings, findings: Findings, *, is_quiet: bool) -> None:
    """Add the lines of `townbridge verify` of this home."""
    proof = msgspec.structs.replace(settings, redis_url="none")
    findings.lines += run(verify(proof, is_quiet=is_quiet)).lines


def _moment(manifest: Manifest) -> str:
    return f"{manifest.ended_at:%Y-%m-%d %H:%M:%S} UTC"
