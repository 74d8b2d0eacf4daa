"""`townbridge doctor`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from core.app import address, migration_apps, plugins, redis_address
from core.commands.doctor_settings import backup_note, key_faults, settings_faults, unknown_variables
from core.commands.findings import Findings
from core.commands.running import run, settings_of
from core.host.registry import Registry
from core.kernel import clock
from core.kernel.catalogue import examine
from core.kernel.db import Database, Login
from core.kernel.embedded import Services
from core.kernel.errors import TownbridgeError
from core.kernel.i18n import gettext_noop
from core.kernel.migrations import pending
from core.kernel.queue import answers
from core.kernel.roles import LOGINS
from core.kernel.scope import Scope
from core.kernel.seal import Keyring, same_keys
from core.kernel.settings import Settings

__all__ = ["command", "doctor"]

OLDEST = 180000
MOST_SECONDS_APART = 5

_SERVER = """
SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS named,
       current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes,
       current_setting('synchronous_commit') AS synchronous_commit, clock_timestamp() AS now
"""


@click.command("doctor")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(ctx: click.Context, is_json: bool) -> None:
    """Examine configuration, keys, services, migrations, plug-ins and the walls; exit 1 with a line per finding."""
    run(doctor(settings_of(ctx))).show(is_json)


async def doctor(settings: Settings) -> Findings:
    """Everything that can be examined, as far as the services answer; nothing is changed."""
    findings = Findings()
    found = [*settings_faults(settings), *unknown_variables(os.environ)]
    findings.add("settings", found, f"The settings can be used; the home is {settings.home}.")
    services = Services(settings.home, redis=settings.redis_url == "") if settings.is_embedded else None
    if services is not None and services.status().folder is None:
        missing = [
            f"There is nothing in {settings.home} yet; run `townbridge migrate`, or name another --home."
        ]
        findings.add("services", missing, "")
        return findings
    if services is not None:
        _backup(findings, settings)
    if _keys(settings).is_dir():
        found = key_faults(_keys(settings))
        findings.add("keys", found, "The keys are there, and only their owner can read them.")
    registry = plugins()
    refused = [f"{refusal.name} is refused: {refusal.reason}" for refusal in registry.refused]
    findings.add("plug-ins", refused, f"{len(registry.plugins)} service modules are ready.")
    try:
        if services is not None:
            services.start()
        await _services(findings, settings, services, registry)
    except TownbridgeError as error:
        findings.add("services", [error.sentence(gettext_noop)], "")
    finally:
        if services is not None:
            services.stop()
    return findings


def _backup(findings: Findings, settings: Settings) -> None:
    note = backup_note(settings)
    if note:
        findings.note("backup", note)
    else:
        findings.add("backup", [], "The last good backup is not older than a day.")


async def _services(
    findings: Findings, settings: Settings, services: Services | None, registry: Registry
) -> None:
    await _redis(findings, settings, services)
    reached = True
    for login in LOGINS:

        async def reach(login: Login = login) -> tuple[list[str], str]:
            return await _reached(address(settings, services, login), login)

        reached &= await findings.examine("database", reach)
    if not reached:
        return
    database = await Database.connect({login: address(settings, services, login) for login in LOGINS}, 1)
    try:
        await findings.examine("server", lambda: _server(database))
        if await findings.examine("migrations", lambda: _migrations(database, registry)):
            await findings.examine("keys", lambda: _own_keys(database, settings))
            await findings.examine("walls", lambda: _walls(database, registry))
    finally:
        await database.close()


async def _redis(findings: Findings, settings: Settings, services: Services | None) -> None:
    url = redis_address(settings, services)
    if url is None:
        findings.note("redis", "There is no Redis: jobs run all the same, found by the worker's poller.")
    elif await answers(url):
        findings.add("redis", [], "Redis answers.")
    else:
        findings.add("redis", ["Redis does not answer; jobs run with a delay until it does."], "")


async def _reached(url: str, login: Login) -> tuple[list[str], str]:
    database = await Database.connect({login: url}, 1)
    try:
        async with database.transaction(Scope.nobody(), login=login, timeout=5) as tx:
            user = await tx.fetchval("SELECT session_user::text")
    finally:
        await database.close()
    wrong = [f"The address of the login {login} signs in as {user}; its walls are not those of {login}."]
    return ([] if user == login else wrong), f"The login {login} is let in."


async def _server(database: Database) -> tuple[list[str], str]:
    async with database.transaction(Scope.nobody()) as tx:
        server = await tx.fetchrow(_SERVER) or {}
        apart = abs((server["now"] - clock.now()).total_seconds())
    found: list[str] = []
    if server["version"] < OLDEST:
        found.append(f"PostgreSQL is {server['named']}; 18 or later is needed.")
    if server["encoding"] != "UTF8":
        found.append(f"The database is encoded in {server['encoding']}, not in UTF8.")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if server[name] == "off":
            found.append(f"The server runs with {name} = off: a crash loses what was acknowledged.")
    if apart > MOST_SECONDS_APART:
        found.append(f"The clocks of this machine and of the database are {apart:.0f} seconds apart.")
    return found, f"PostgreSQL {server['named']}."


async def _migrations(database: Database, registry: Registry) -> tuple[list[str], str]:
    async with database.transaction(Scope.nobody()) as tx:
        missing = await pending(tx, migration_apps(registry))
    found = [f"The migration {name} has not run; run `townbridge migrate`." for name in missing]
    return found, "Every migration has run."


async def _own_keys(database: Database, settings: Settings) -> tuple[list[str], str]:
    async with database.transaction(Scope.nobody()) as tx:
        if _keys(settings).is_dir():
            await same_keys(tx, Keyring.load(settings.home))
        elif await tx.fetchval("SELECT EXISTS (SELECT FROM kernel.key_ring)"):
            lost = (
                f"The keys of this database are not in {_keys(settings)}. Restore the folder from the backup."
            )
            return [lost], ""
        else:
            return [], "There are no keys yet; they are made when the product first starts."
    return [], "The keys are those of this database."


def _keys(settings: Settings) -> Path:
    return settings.home / "keys"


async def _walls(database: Database, registry: Registry) -> tuple[list[str], str]:
    apps = migration_apps(registry)
    async with database.transaction(Scope.nobody(), login="migrator") as tx:
        found = [finding.text for finding in await examine(tx, apps)]
    return found, "The walls between tenants stand as declared."
