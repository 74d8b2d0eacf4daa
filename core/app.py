"""The composition root: settings -> kernel -> host -> town and tenants -> Litestar."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.plugins import PluginProtocol
from msgspec import Struct

from core.figures.marks import mark_sink
from core.host.api import Api
from core.host.discovery import Found, discover, read_plugins
from core.host.entrance import Entrance
from core.host.gate import session_cookie
from core.host.health import Health
from core.host.invited import Invited
from core.host.kit import Kit
from core.host.myself import Myself
from core.host.openapi import description_route
from core.host.probes import probes
from core.host.profiles import read_profiles
from core.host.registry import Registry
from core.host.routing import routes
from core.host.serving import CorePages, Server
from core.kernel import audit, i18n, jobs
from core.kernel.changes import set_sink
from core.kernel.db import Database, Login, Transaction
from core.kernel.embedded import Services
from core.kernel.errors import Misconfigured
from core.kernel.i18n import gettext_noop as _
from core.kernel.log import get_logger
from core.kernel.migrations import App, migrate, pending
from core.kernel.queue import Doorbell
from core.kernel.rate import Rate
from core.kernel.roles import prepare_database
from core.kernel.scope import Scope
from core.kernel.seal import Keyring, same_keys
from core.kernel.settings import Settings
from core.town import TOWN_PAGES
from core.web.assets import PACKED, serve_asset
from core.web.faults import fault_handler
from core.web.headers import security_headers
from core.web.templates import Templates
from tenants import TENANT_PAGES

__all__ = [
    "CORE_AREAS",
    "CORE_PAGES",
    "PROFILES",
    "Platform",
    "Upgrade",
    "address",
    "bring_up",
    "create_app",
    "migration_apps",
    "open_platform",
    "own_catalogues",
    "plugins",
    "redis_address",
]

CORE_AREAS = ("kernel", "tenancy", "identity", "people", "figures", "reports", "notices", "host", "town")
CORE_PAGES: tuple[CorePages, ...] = (TENANT_PAGES, TOWN_PAGES)
ROOT = Path(__file__).parent
PROFILES = ROOT.parent / "tenants" / "profiles"
log = get_logger(__name__)
CATALOGUES = (
    *("kernel", "web", "tenancy", "identity", "people", "figures", "reports", "notices"),
    *("sdk", "host", "town", "commands"),
)


class Platform:
    """What every process works with: its settings, the database, the keys, the plug-ins, the doorbell."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        keyring: Keyring,
        registry: Registry,
        redis_url: str | None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.keyring = keyring
        self.registry = registry
        self.redis_url = redis_url
        self._doorbell = Doorbell(redis_url) if redis_url else None
        if self._doorbell is not None:
            jobs.hang_bell(self._doorbell.ring)
        self.health = Health()
        self.templates = Templates(_template_folders(registry))
        self.server = Server(
            database=database,
            keyring=keyring,
            registry=registry,
            core_pages=CORE_PAGES,
            templates=self.templates,
            health=self.health,
            origin=settings.origin,
            site=settings.site,
            profiles=read_profiles(PROFILES),
        )
        self.catalogue = self.server.catalogue

    async def close(self) -> None:
        if self._doorbell is not None:
            jobs.take_down_bell(self._doorbell.ring)
            await self._doorbell.close()
        audit.use_digest_keys(None)
        set_sink(None)
        await self.database.close()


def plugins(found: Sequence[Found] | None = None) -> Registry:
    """Read the installed plug-ins (or `found`) and take their catalogues into account."""
    registry = read_plugins(discover() if found is None else found)
    for folder in own_catalogues():
        i18n.add_catalogue(folder)
    for entry in registry.plugins:
        i18n.add_catalogue(entry.folder / "locale")
    return registry


def own_catalogues() -> list[Path]:
    """The folders with the platform's own translations."""
    return [*(ROOT / area / "locale" for area in CATALOGUES), ROOT.parent / "tenants" / "locale"]


def migration_apps(registry: Registry) -> list[App]:
    """The migration histories in the order in which they build on each other."""
    return core_apps() + plugin_apps(registry)


def core_apps() -> list[App]:
    return [App(area, ROOT / area / "piccolo_migrations") for area in CORE_AREAS]


def plugin_apps(registry: Registry) -> list[App]:
    apps = [App(entry.name, entry.folder / "piccolo_migrations") for entry in registry.plugins]
    return [app for app in apps if app.folder.is_dir()]


@asynccontextmanager
async def open_platform(
    settings: Settings,
    logins: Sequence[Login] = ("app",),
    *,
    found: Sequence[Found] | Registry | None = None,
    is_migrated: bool = True,
) -> AsyncIterator[Platform]:
    """The platform of this process. The embedded servers, if used, are started, kept, and left at the end.

    With `is_migrated` the embedded database is brought up to date first; one's own server is migrated by
    `townbridge migrate`, on purpose. Plug-ins that were read before are taken as they are.
    """
    registry = found if isinstance(found, Registry) else plugins(found)
    services = Services(settings.home, redis=settings.redis_url == "") if settings.is_embedded else None
    if services is not None:
        services.start()
        services.keep()
    try:
        if services is not None and is_migrated:
            registry = registry.refusing((await bring_up(settings, services, registry)).failed)
        platform = await _platform(settings, services, registry, logins)
        try:
            yield platform
        finally:
            await platform.close()
    finally:
        if services is not None:
            services.stop()


async def _platform(
    settings: Settings, services: Services | None, registry: Registry, logins: Sequence[Login]
) -> Platform:
    keyring = Keyring.load(settings.home)
    audit.use_digest_keys(keyring.digest_key)
    database = await Database.connect(
        {login: address(settings, services, login) for login in logins}, settings.pool_size
    )
    try:
        async with database.transaction(Scope.nobody()) as transaction:
            await same_keys(transaction, keyring)
            registry = registry.refusing(await _without_tables(transaction, registry))
    except BaseException:
        await database.close()
        raise
    set_sink(mark_sink(registry.indicators()))
    return Platform(settings, database, keyring, registry, redis_address(settings, services))


async def _without_tables(transaction: Transaction, registry: Registry) -> dict[str, str]:
    """The plug-ins whose tables are not those of their code: they cannot run, the others can."""
    return {
        app.schema: "Its tables are not up to date; `townbridge migrate` brings them up or says why not."
        for app in plugin_apps(registry)
        if await pending(transaction, [app])
    }


class Upgrade(Struct, frozen=True):
    """The migrations that ran, and the plug-ins whose own failed, with the reason."""

    done: list[str]
    failed: dict[str, str]


async def bring_up(settings: Settings, services: Services | None, registry: Registry) -> Upgrade:
    """Make the roles (embedded server) and run what migrations are missing.

    A plug-in whose migration fails has made nothing and stops nobody else; one of the platform's own raises.
    """
    if services is not None:
        await prepare_database(services.postgres_dsn("bootstrap"))
    migrator = await Database.connect({"migrator": address(settings, services, "migrator")}, 1)
    try:
        upgrade = Upgrade(await migrate(migrator, core_apps()), {})
        for app in plugin_apps(registry):
            try:
                upgrade.done.extend(await migrate(migrator, [app]))
            except Exception as error:  # whatever a stranger's migration does
                upgrade.failed[app.schema] = f"Its migration failed: {type(error).__name__}: {error}"
                log.error("plugin_migration_failed", plugin=app.schema, error=type(error).__name__)
        return upgrade
    finally:
        await migrator.close()


def address(settings: Settings, services: Services | None, login: Login) -> str:
    """The database address of a login; raises `Misconfigured` with the name of the missing setting."""
    if services is not None:
        return services.postgres_dsn(login)
    url = {
        "app": settings.database_url,
        "figures": settings.figures_url,
        "dispatch": settings.dispatch_url,
        "migrator": settings.migrator_url,
    }[login]
    if not url:
        name = "TOWNBRIDGE_DATABASE_URL" if login == "app" else f"TOWNBRIDGE_{login.upper()}_URL"
        raise Misconfigured(
            _("The database address of the login %(login)s is missing."),
            _("Set %(name)s."),
            login=login,
            name=name,
        )
    return url


def redis_address(settings: Settings, services: Services | None) -> str | None:
    if settings.redis_url == "none":
        return None
    return settings.redis_url or (services.redis_url if services is not None else None)


class Web(Litestar):
    """Litestar without its helpers for pydantic and attrs, which cost 8 MB: nothing of ours is a model of theirs."""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return plugins


def create_app(platform: Platform) -> Litestar:
    """The web application; it executes no job."""
    server = platform.server
    api = Api(server, Rate(platform.settings.api_rate, platform.redis_url))
    doorsteps = [
        kind(platform.database, platform.templates, platform.settings.origin)
        for kind in (Entrance, Invited, Myself, *([Kit] if platform.settings.demo else []))
    ]
    return Web(
        route_handlers=[
            *routes(server, api, CORE_PAGES, platform.registry),
            *(handler for doorstep in doorsteps for handler in doorstep.handlers()),
            *probes(platform.database, platform.settings, platform.health, migration_apps(platform.registry)),
            description_route(api, CORE_PAGES, platform.registry),
            serve_asset,
        ],
        exception_handlers={Exception: fault_handler(platform.templates)},
        compression_config=CompressionConfig(backend="brotli", minimum_size=1000, exclude_opt_key=PACKED),
        before_send=[security_headers(platform.settings.has_secure_cookies)],
        state=State({"session_cookie": session_cookie(platform.settings.has_secure_cookies)}),
        request_max_body_size=1_000_000,
        openapi_config=None,
        debug=False,
        pdb_on_exception=False,
        logging_config=None,
    )


def _template_folders(registry: Registry) -> dict[str, Path]:
    folders = {
        "web": ROOT / "web" / "templates",
        "town": ROOT / "town" / "templates",
        "tenants": ROOT.parent / "tenants" / "templates",
    }
    return folders | {entry.name: entry.folder / "templates" for entry in registry.plugins}
