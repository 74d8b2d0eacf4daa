"""The tree of errors."""

from __future__ import annotations

import importlib
import pkgutil

import core
import plugins
from core.kernel.errors import TownbridgeError
from tests.docs.made.table import code, table

HEAVY = ("piccolo_migrations", "piccolo_app", "testing")


def tree() -> str:
    rows = [(code(kind.code), str(kind.status), str(kind.exit_status), _said(kind)) for kind in _kinds()]
    head = ("code", "HTTP", "command ends with", "what is said where nothing nearer is known")
    return table(head, rows)


def _kinds() -> list[type[TownbridgeError]]:
    """Every error of the product; whatever could declare one is imported."""
    for package in (core, plugins):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in HEAVY for part in found.name.split(".")):
                importlib.import_module(found.name)
    kinds = _below(TownbridgeError)
    return sorted(kinds, key=lambda kind: (kind.status, kind.code))


def _below(kind: type[TownbridgeError]) -> list[type[TownbridgeError]]:
    own = [kind] if kind.__module__.startswith(("core.", "plugins.")) and "code" in vars(kind) else []
    return own + [each for child in kind.__subclasses__() for each in _below(child)]


def _said(kind: type[TownbridgeError]) -> str:
    return "" if kind.status == 500 and kind is not TownbridgeError else kind.default_what


BLOCKS = {"errors": tree}
