"""What `doctor` says of the environment and of the files in the home folder."""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from core.kernel import clock
from core.kernel.backup import last_backup
from core.kernel.errors import TownbridgeError
from core.kernel.i18n import gettext_noop
from core.kernel.keys import load_keys
from core.kernel.settings import PREFIX, Settings

__all__ = ["backup_note", "key_faults", "settings_faults", "unknown_variables"]

TESTS = f"{PREFIX}TEST_"
LEAST_FREE = 200_000_000
SHORTEST_TOKEN = 16
VERIFIED = {"verify-ca", "verify-full"}
"""`require` would take any server for ours."""
BACKUP_EVERY = timedelta(days=1, hours=2)
"""A day, and the time that a slow machine may take for its daily one."""


def settings_faults(settings: Settings) -> Iterator[str]:
    """Settings that can be read and yet do not fit together."""
    if settings.origin and not settings.has_secure_cookies:
        yield "TOWNBRIDGE_ORIGIN does not begin with https://; behind TLS it must, or leave it empty."
    if settings.insecure_http and not _is_loopback(settings.host):
        yield "TOWNBRIDGE_INSECURE_HTTP serves passwords in clear to the network; use it to try out only."
    if not settings.is_embedded:
        for name in ("figures_url", "dispatch_url", "migrator_url"):
            if not getattr(settings, name):
                yield f"TOWNBRIDGE_DATABASE_URL is set, and {PREFIX}{name.upper()} is not."
    yield from _in_clear(settings)
    if "*" in settings.forwarded_allow_ips:
        yield "TOWNBRIDGE_FORWARDED_ALLOW_IPS believes everybody; name the proxies, or a visitor chooses her address."
    if settings.pool_size < 1:
        yield "TOWNBRIDGE_POOL_SIZE is less than 1."
    if settings.metrics_token and len(settings.metrics_token) < SHORTEST_TOKEN:
        yield f"TOWNBRIDGE_METRICS_TOKEN has fewer than {SHORTEST_TOKEN} characters."
    if settings.home.is_dir() and shutil.disk_usage(settings.home).free < LEAST_FREE:
        yield f"Less than {LEAST_FREE // 1_000_000} MB are free where {settings.home} lies."


def _in_clear(settings: Settings) -> Iterator[str]:
    """Servers on other machines that are spoken to without TLS, or without knowing that it is they."""
    for name in ("database_url", "figures_url", "dispatch_url", "migrator_url"):
        if not _is_hidden(getattr(settings, name)):
            yield f"{PREFIX}{name.upper()} crosses the network in clear; end it in ?sslmode=verify-full."
    if not _is_hidden(settings.redis_url):
        yield "TOWNBRIDGE_REDIS_URL crosses the network in clear; let it begin with rediss://."


def unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """A variable that nobody reads is a setting that somebody believes to be set."""
    known = {PREFIX + name.upper() for name in Settings.__struct_fields__}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and not name.startswith(TESTS):
            yield f"There is no setting {name}; check its spelling."


def key_faults(folder: Path) -> Iterator[str]:
    """Keys that are missing in part, damaged, or readable by others; `folder` is there."""
    try:
        load_keys(folder.parent)
    except TownbridgeError as error:
        yield error.sentence(gettext_noop)
    if folder.stat().st_mode & 0o077:
        yield f"The folder {folder} can be entered by other accounts of this machine. Run `chmod 700` on it."


def backup_note(settings: Settings) -> str:
    """Why to make a backup of the embedded home soon; empty when the last good one is fresh."""
    last = last_backup(settings.home)
    if last is None:
        return "This home has not been backed up yet; `townbridge backup FOLDER` does it while the portal serves."
    if clock.now() - last.at > BACKUP_EVERY:
        return f"The last good backup is of {last.at:%Y-%m-%d %H:%M} UTC ({last.folder}); make one each day."
    return ""


def _is_hidden(address: str) -> bool:
    """Whether nobody between this machine and the server can read along."""
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or ""])[0]
    is_here = not host or host.startswith("/") or _is_loopback(host)
    return is_here or parts.scheme == "rediss" or query.get("sslmode", [""])[0] in VERIFIED


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
