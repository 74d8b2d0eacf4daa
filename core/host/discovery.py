"""Find the plug-ins by their entry points and read what they declare; one that fails is refused, with a reason."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from core.host.registry import FIXED_NAMES, Refusal, Registered, Registry
from core.kernel.log import get_logger
from core.sdk.hookspecs import PROJECT, HookSpecs, hookimpl
from core.sdk.plugin import SDK_VERSION, Plugin

__all__ = ["GROUP", "Found", "discover", "read_plugins"]

GROUP = "townbridge.plugins"
HOOKS = tuple(name for name in vars(HookSpecs) if name.startswith("declare_"))

log = get_logger(__name__)


class Found(Struct, frozen=True):
    """An installed plug-in, not imported yet: its name and how to import its `plugin.py`."""

    name: str
    load: Callable[[], ModuleType]


class Refused(Exception):
    """The reason, one sentence that the town reads."""


def discover() -> list[Found]:
    """Everything installed under the entry-point group, the built-in plug-ins included; by name."""
    points: Iterable[EntryPoint] = entry_points(group=GROUP)
    return sorted((Found(point.name, point.load) for point in points), key=lambda found: found.name)


def read_plugins(found: Sequence[Found]) -> Registry:
    """Read every declaration once. A plug-in that cannot be used is refused; the others go on."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    registered: list[Registered] = []
    refused: list[Refusal] = []
    for one in found:
        try:
            registered.append(_read(manager, one, registered))
        except Refused as reason:
            refused.append(Refusal(one.name, str(reason)))
        except Exception as error:  # whatever a stranger's module does while it is imported
            refused.append(Refusal(one.name, f"{type(error).__name__}: {error}"))
    for refusal in refused:
        log.error("plugin_refused", plugin=refusal.name, reason=refusal.reason)
    return Registry(tuple(sorted(registered, key=lambda r: (r.plugin.order, r.plugin.name))), tuple(refused))


def _read(manager: pluggy.PluginManager, found: Found, others: Sequence[Registered]) -> Registered:
    module = found.load()
    plugin = getattr(module, "plugin", None)
    if not isinstance(plugin, Plugin):
        raise Refused("plugin.py has no object `plugin` of the SDK's class Plugin.")
    if plugin.name != found.name:
        raise Refused(f"It is installed as {found.name} but calls itself {plugin.name}.")
    _check_version(plugin)
    package = module.__name__.rpartition(".")[0]
    folder = Path(module.__file__ or "").parent
    _check_files(folder)
    overrides = _overrides(manager, module)
    files = DefaultHooks(package)
    manager.register(files, name=f"{plugin.name}.files")
    manager.register(module, name=plugin.name)
    declared = {hook: _declared(manager, hook, module if hook in overrides else files) for hook in HOOKS}
    entry = Registered.of(plugin, folder, declared)
    for fault in entry.faults(others):
        raise Refused(fault)
    return entry


def _check_version(plugin: Plugin) -> None:
    try:
        supported = SpecifierSet(plugin.requires_sdk)
    except InvalidSpecifier:
        raise Refused(f"requires_sdk is not a version range: {plugin.requires_sdk}.") from None
    if SDK_VERSION not in supported:
        raise Refused(f"It needs an SDK {plugin.requires_sdk}; this is {SDK_VERSION}.")


def _check_files(folder: Path) -> None:
    unknown = sorted(
        entry.name
        for entry in folder.iterdir()
        if not entry.name.startswith((".", "__")) and entry.name.removesuffix(".py") not in FIXED_NAMES
    )
    if unknown:
        raise Refused(f"Unknown files: {', '.join(unknown)}. Only the fixed names of the SDK are read.")


def _overrides(manager: pluggy.PluginManager, module: ModuleType) -> set[str]:
    named = {name for name in vars(module) if name.startswith("declare_")}
    if unknown := named - set(HOOKS):
        raise Refused(f"No hook is called {', '.join(sorted(unknown))}.")
    marked = {name for name in named if manager.parse_hookimpl_opts(module, name) is not None}
    if silent := named - marked:
        # pluggy would ignore an unmarked function without a word.
        raise Refused(f"{', '.join(sorted(silent))} lacks the mark @hookimpl and would be ignored.")
    return marked


def _declared(manager: pluggy.PluginManager, hook: str, owner: object) -> Any:
    others = [plugin for plugin in manager.get_plugins() if plugin is not owner]
    results = manager.subset_hook_caller(hook, remove_plugins=others)()
    return results[0] if results else None


class DefaultHooks:
    """The default of each hook: the constant of the fixed-name file, if the file is there."""

    def __init__(self, package: str) -> None:
        self._package = package

    def _constant(self, file: str, name: str) -> Any:
        path = f"{self._package}.{file}"
        if importlib.util.find_spec(path) is None:
            return None
        # An ImportError inside an existing file is the author's fault and must be seen, never swallowed.
        return getattr(importlib.import_module(path), name, None)

    def _listed(self, file: str, name: str) -> tuple[Any, ...]:
        return tuple(self._constant(file, name) or ())

    @hookimpl
    def declare_tables(self) -> tuple[Any, ...]:
        return self._listed("tables", "TABLES")

    @hookimpl
    def declare_permissions(self) -> tuple[Any, ...]:
        return self._listed("permissions", "PERMISSIONS")

    @hookimpl
    def declare_settings(self) -> Any:
        return self._constant("settings", "Settings")

    @hookimpl
    def declare_pages(self) -> tuple[Any, ...]:
        return self._listed("pages", "PAGES") + self._listed("town", "PAGES")

    @hookimpl
    def declare_routes(self) -> tuple[Any, ...]:
        return self._listed("api", "ROUTES")

    @hookimpl
    def declare_widgets(self) -> tuple[Any, ...]:
        return self._listed("widgets", "WIDGETS")

    @hookimpl
    def declare_indicators(self) -> tuple[Any, ...]:
        return self._listed("indicators", "INDICATORS")

    @hookimpl
    def declare_jobs(self) -> tuple[Any, ...]:
        return self._listed("jobs", "JOBS")

    @hookimpl
    def declare_events(self) -> tuple[Any, ...]:
        return self._listed("events", "EVENTS")

    @hookimpl
    def declare_listeners(self) -> tuple[Any, ...]:
        return self._listed("events", "LISTENERS")

    @hookimpl
    def declare_personal_data(self) -> tuple[Any, ...]:
        return self._listed("privacy", "PERSONAL_DATA")

    @hookimpl
    def declare_imports(self) -> tuple[Any, ...]:
        return self._listed("imports", "IMPORTS")

    @hookimpl
    def declare_exports(self) -> tuple[Any, ...]:
        return self._listed("exports", "EXPORTS")

    @hookimpl
    def declare_lifecycle(self) -> Any:
        return self._constant("lifecycle", "LIFECYCLE")
