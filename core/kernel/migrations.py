"""Migrations: one lock, one history and one PostgreSQL schema for each app, all of an app or nothing.

Piccolo's own runner takes no lock, notes a migration as done outside its transaction, and imports the files by
their bare names; here an app's migrations and their history rows are one transaction under an advisory lock.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from msgspec import Struct

from core.kernel.db import Database, Transaction
from core.kernel.errors import Misconfigured
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope

__all__ = ["App", "histories", "migrate", "modules", "pending", "unknown"]

LOCK = 0x746F776E  # "town", the advisory lock of all migrators of a database

_HISTORIES = """
SELECT n.nspname AS schema, quote_ident(n.nspname) AS quoted
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'migration' AND c.relkind = 'r' ORDER BY n.nspname
"""

# Piccolo's migration manager asks for the engine by this name.
os.environ.setdefault("PICCOLO_CONF", "core.kernel.db")


class App(Struct, frozen=True):
    """A migration history: `schema` is also the name of the PostgreSQL schema and of the app."""

    schema: str
    folder: Path


async def migrate(database: Database, apps: Sequence[App]) -> list[str]:
    """Bring every app's schema up to date, in the order given; the names of the migrations that ran."""
    done: list[str] = []
    for app in apps:
        async with database.transaction(Scope.nobody(), login="migrator") as transaction:
            await transaction.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
            await transaction.execute("SET LOCAL ROLE owner")
            done += await _brought_up(transaction, app)
    return done


async def pending(transaction: Transaction, apps: Sequence[App]) -> list[str]:
    """The migrations that have not run yet; for readiness and `doctor`."""
    return [f"{app.schema}.{name}" for app in apps for name in await _missing(transaction, app)]


async def histories(transaction: Transaction) -> dict[str, list[str]]:
    """What has run in this database, by schema, also of apps that are not installed."""
    return {
        row["schema"]: [
            each["name"]
            for each in await transaction.fetch(f"SELECT name FROM {row['quoted']}.migration ORDER BY name")  # noqa: S608 -- quoted by the database
        ]
        for row in await transaction.fetch(_HISTORIES)
    }


def unknown(history: Mapping[str, Sequence[str]], apps: Sequence[App]) -> tuple[list[str], list[str]]:
    """What of a history is not of this installation: migrations of its own apps, and whole other apps."""
    newer = [
        f"{app.schema}.{name}"
        for app in apps
        for name in history.get(app.schema, ())
        if name not in _names(app)
    ]
    return newer, sorted(set(history) - {app.schema for app in apps})


def modules(app: App) -> list[ModuleType]:
    """The app's migrations, imported, in the order in which they run; for the isolation lint."""
    return [_module(app, name) for name in _names(app)]


async def _brought_up(transaction: Transaction, app: App) -> list[str]:
    if not await _has_history(transaction, app):
        await transaction.execute(f"CREATE SCHEMA IF NOT EXISTS {app.schema}")
        await transaction.execute(f"GRANT USAGE ON SCHEMA {app.schema} TO app, figures, dispatch, backup")
        await transaction.execute(
            f"CREATE TABLE {app.schema}.migration (name text PRIMARY KEY, ran_on timestamptz NOT NULL DEFAULT now())"
        )
        await transaction.execute(f"GRANT SELECT ON {app.schema}.migration TO app, figures, dispatch, backup")
    missing = await _missing(transaction, app)
    for name in missing:
        await _run(transaction, app, name)
    return [f"{app.schema}.{name}" for name in missing]


async def _run(transaction: Transaction, app: App, name: str) -> None:
    manager = await _module(app, name).forwards()
    # Piccolo prints its progress, and sometimes emoji, to standard output, which belongs to the command.
    with contextlib.redirect_stdout(io.StringIO()):
        await manager.run()
    await transaction.execute(f"INSERT INTO {app.schema}.migration (name) VALUES ($1)", name)  # noqa: S608 -- names of our own


async def _has_history(transaction: Transaction, app: App) -> bool:
    return bool(await transaction.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{app.schema}.migration"))


async def _missing(transaction: Transaction, app: App) -> list[str]:
    ran: set[str] = set()
    if await _has_history(transaction, app):
        ran = {row["name"] for row in await transaction.fetch(f"SELECT name FROM {app.schema}.migration")}  # noqa: S608 -- names of our own
    return [name for name in _names(app) if name not in ran]


def _names(app: App) -> list[str]:
    names = sorted(path.stem for path in app.folder.glob("*.py") if path.stem != "__init__")
    for name in names:
        if not name.startswith(f"{app.schema}_"):
            raise Misconfigured(
                _("The migration %(name)s does not start with the name of its app."),
                _("Rename it to %(app)s_..., so that no two apps share a file name."),
                name=name,
                app=app.schema,
            )
    return names


def _module(app: App, name: str) -> ModuleType:
    # Loaded by path under a name of its own, so that two apps never run each other's file.
    spec = importlib.util.spec_from_file_location(f"townbridge_migrations.{name}", app.folder / f"{name}.py")
    if spec is None or spec.loader is None:
        raise Misconfigured(
            _("The migration %(name)s cannot be read."), _("Install the product again."), name=name
        )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
