"""What the canaries of all plug-ins are listened to with: a Redis, a town that rings through it, and every log line."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import structlog

from core.app import Platform, open_platform
from core.host.discovery import Found
from core.kernel.embedded import Services
from core.kernel.ids import new_id
from core.kernel.log import configure_logging
from core.testing import Server, platform_settings


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    services = Services(Path(tmp_path_factory.mktemp("redis")), postgres=False)
    services.start()
    yield services.redis_url or ""
    services.discard()


@pytest.fixture
async def ringing(
    database_server: Server,
    furnished_database: str,
    installed_plugins: Sequence[Found],
    home: Path,
    redis: str,
) -> AsyncIterator[Platform]:
    """A fresh town that rings through Redis; a test of it has it as its `platform`."""
    name = f"town_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_database}"')
    settings = platform_settings(database_server, name, home, redis_url=redis)
    async with open_platform(settings, ("app", "figures", "dispatch"), found=installed_plugins) as opened:
        yield opened
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Every line that this process logs, as `serve` and `worker` have it, the finest included."""
    told, handlers, level = io.StringIO(), logging.root.handlers[:], logging.root.level
    monkeypatch.setattr(sys, "stderr", told)
    configure_logging("debug")
    yield told
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
