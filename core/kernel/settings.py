"""The deployment's settings: one frozen Struct, read once from the environment and the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from core.kernel.errors import Misconfigured
from core.kernel.i18n import gettext_noop as _

__all__ = ["PREFIX", "Settings", "load_settings"]

PREFIX = "TOWNBRIDGE_"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field is the environment variable `TOWNBRIDGE_<FIELD>`; the reference page is made from here."""

    home: Path = Path(".townbridge")
    """Where the embedded services, the keys and uploaded files live."""

    database_url: str = ""
    """PostgreSQL 18 for the login `app`; empty = the embedded server."""

    figures_url: str = ""
    """The same database for the login `figures`."""

    dispatch_url: str = ""
    """The same database for the login `dispatch`."""

    migrator_url: str = ""
    """The same database for the login `migrator`; needed by `migrate` and `doctor` alone."""

    redis_url: str = ""
    """Redis for the doorbell; empty = the embedded server; `none` = no Redis at all."""

    port: int = 8000
    """Where `serve` listens."""

    host: str = "127.0.0.1"
    """The address that `serve` listens on."""

    origin: str = ""
    """The public address, `https://...`; empty = plain HTTP on this machine only."""

    insecure_http: bool = False
    """Allow plain HTTP on other addresses than loopback; for trying out only."""

    forwarded_allow_ips: str = "127.0.0.1"
    """The proxies whose X-Forwarded headers are believed."""

    pool_size: int = 10
    """Connections of each process and login."""

    api_rate: int = 600
    """Requests that each token may send to the API in a minute."""

    log_level: str = "info"
    """debug, info, warning or error."""

    demo: bool = False
    """Show the kit of pages at `/town/kit`, for who writes one; `townbridge demo` sets it."""

    metrics_token: str = ""
    """Bearer token of `/metrics`; empty = only from loopback, and behind a proxy from nowhere."""

    @property
    def is_embedded(self) -> bool:
        return not self.database_url

    @property
    def site(self) -> str:
        """The beginning of every link that is handed over on paper; never what a request calls it."""
        return self.origin.rstrip("/") or f"http://localhost:{self.port}"

    @property
    def has_secure_cookies(self) -> bool:
        return self.origin.startswith("https://")


def load_settings(home: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; raises `Misconfigured` with the name of the offending variable."""
    values: dict[str, str] = {}
    for name in Settings.__struct_fields__:
        value = environment.get(PREFIX + name.upper())
        if value is not None:
            values[name] = value
    if home is not None:
        values["home"] = str(home)
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise Misconfigured(
            _("A setting cannot be used: %(error)s."),
            _("Correct the environment variable that starts with TOWNBRIDGE_."),
            error=str(error),
        ) from None
    return msgspec.structs.replace(settings, home=settings.home.absolute())


def _decode(kind: type, value: object) -> object:
    return kind(value)
