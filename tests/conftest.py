"""What the whole suite has installed: the plug-ins of the product, and Lantern, which is the suite's own."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import pytest

from core.host.discovery import Found, discover


@pytest.fixture(scope="session")
def installed_plugins() -> Sequence[Found]:
    return [*discover(), Found("lantern", lambda: importlib.import_module("tests.lantern.plugin"))]
