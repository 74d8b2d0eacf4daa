"""One application for the tests of a process: it takes a third of a second to make, a test a tenth."""

from __future__ import annotations

from typing import Any, cast

from litestar import Litestar

from core.app import Platform, create_app

__all__ = ["app_on"]

PARTS = ("server", "database", "health", "templates")


def app_on(platform: Platform) -> Litestar:
    """The application of these plug-ins, which stands on `platform` from now on."""
    made = tuple((entry.name, id(entry.plugin)) for entry in platform.registry.plugins)
    if made not in _APPS:
        stage = _Stage(platform)
        _APPS[made] = (stage, create_app(cast(Platform, stage)))
    stage, app = _APPS[made]
    stage.platform = platform
    return app


class _Stage:
    """Stands for the platform of the running test."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def __getattr__(self, name: str) -> Any:
        return _Part(self, name) if name in PARTS else getattr(self.platform, name)


class _Part:
    """One of the parts that the application keeps, looked up when it is used."""

    def __init__(self, stage: _Stage, name: str) -> None:
        self._stage = stage
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(self._stage.platform, self._name), name)


_APPS: dict[tuple[tuple[str, int], ...], tuple[_Stage, Litestar]] = {}
