"""What the host knows of the plug-ins after start: frozen, checked for collisions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from msgspec import Struct

from core.figures.indicators import Indicator, indicator_faults
from core.host.binding import handler_faults
from core.identity.roles import ROLES
from core.kernel.jobs import LONGEST
from core.kernel.scope import COMPARTMENTS
from core.sdk.contributions import (
    Event,
    Export,
    Import,
    Job,
    Lifecycle,
    Listener,
    Permission,
    PersonalData,
    TableUse,
)
from core.sdk.plugin import Plugin
from core.web.pages import Page, Route, Widget

__all__ = ["FIXED_NAMES", "Refusal", "Registered", "Registry"]

FIXED_NAMES = frozenset(
    (
        "plugin",
        "tables",
        "piccolo_app",
        "piccolo_migrations",
        "forms",
        "services",
        "pages",
        "town",
        "widgets",
        "api",
        "indicators",
        "jobs",
        "events",
        "permissions",
        "settings",
        "privacy",
        "imports",
        "exports",
        "lifecycle",
        "templates",
        "locale",
        "quality.toml",
        "README.md",
    )
)
RESERVED = frozenset(
    {
        "kernel",
        "tenancy",
        "identity",
        "people",
        "figures",
        "reports",
        "notices",
        "host",
        "public",
        "town",
        "core",
    }
    # Addresses of the platform itself, which a plug-in's pages would stand in the way of.
    | {"tenants", "plugins", "audit", "association", "records", "staff", "commands", "web"}
)


class Refusal(Struct, frozen=True):
    """A plug-in that is installed but not used, and why; the town sees it."""

    name: str
    reason: str


class Registered(Struct, frozen=True, kw_only=True):
    """One plug-in and everything that it declared."""

    plugin: Plugin
    folder: Path
    tables: tuple[TableUse, ...]
    permissions: tuple[Permission, ...]
    settings: type[Struct] | None
    pages: tuple[Page, ...]
    routes: tuple[Route, ...]
    widgets: tuple[Widget, ...]
    indicators: tuple[Indicator, ...]
    jobs: tuple[Job, ...]
    events: tuple[Event, ...]
    listeners: tuple[Listener, ...]
    personal_data: tuple[PersonalData, ...]
    imports: tuple[Import, ...]
    exports: tuple[Export, ...]
    lifecycle: Lifecycle | None

    @classmethod
    def of(cls, plugin: Plugin, folder: Path, declared: Mapping[str, Any]) -> Self:
        values = {hook.removeprefix("declare_"): value for hook, value in declared.items()}
        single = {"settings", "lifecycle"}
        listed = {name: tuple(value or ()) for name, value in values.items() if name not in single}
        return cls(
            plugin=plugin, folder=folder, settings=values["settings"], lifecycle=values["lifecycle"], **listed
        )

    @property
    def name(self) -> str:
        return self.plugin.name

    @property
    def compartments(self) -> frozenset[str]:
        """All that any of its permissions opens: for work of the platform that nobody asked for."""
        named = {name for permission in self.permissions for name in permission.compartments}
        return COMPARTMENTS & named

    def faults(self, others: Sequence[Registered]) -> Iterator[str]:
        """One sentence for each thing for which the plug-in is refused."""
        yield from self._naming_faults()
        yield from self._permission_faults()
        yield from self._input_faults()
        yield from self._privacy_faults()
        yield from self._time_faults()
        for indicator in self.indicators:
            yield from indicator_faults(indicator)
        yield from self._collisions(others)

    def _naming_faults(self) -> Iterator[str]:
        if self.name in RESERVED or not self.name.isidentifier():
            yield f"The name {self.name} cannot be used for a plug-in."
        prefixed = (
            [p.code for p in self.permissions]
            + [j.name for j in self.jobs]
            + [e.name for e in self.events]
            + list(self.plugin.acts)
        )
        for name in prefixed:
            if not name.startswith(f"{self.name}."):
                yield f"{name} does not start with {self.name}."
        for use in self.tables:
            if use.table._meta.schema != self.name:
                yield f"The table {use.table._meta.tablename} is not in the schema {self.name}."

    def _permission_faults(self) -> Iterator[str]:
        codes = {permission.code for permission in self.permissions}
        used = [*self.pages, *self.routes, *self.widgets, *self.exports]
        for thing in used:
            if thing.permission not in codes:
                yield f"{thing.permission or 'A page without permission'} is not a declared permission."
        for permission in self.permissions:
            if unknown := set(permission.compartments) - COMPARTMENTS:
                yield f"{permission.code} names unknown compartments: {', '.join(sorted(unknown))}."
            for role in permission.roles:
                if role not in ROLES:
                    yield f"{permission.code} names the unknown role {role}."
                elif closed := set(permission.compartments) - unknown - ROLES[role].compartments:
                    # The gate would never grant it; the author should not find out at the counter.
                    yield f"{permission.code}: {role} does not hold {', '.join(sorted(closed))}."

    def _input_faults(self) -> Iterator[str]:
        handlers = [thing.handler for thing in (*self.pages, *self.routes)]
        for handler in (*handlers, *(export.rows for export in self.exports)):
            yield from handler_faults(handler)

    def _privacy_faults(self) -> Iterator[str]:
        answered = {data.table for data in self.personal_data}
        for use in self.tables:
            if use.person_column is not None and use.table not in answered:
                yield f"The table {use.table._meta.tablename} links a person; privacy.py must answer for it."

    def _time_faults(self) -> Iterator[str]:
        for job in self.jobs:
            if not 0 < job.time_limit <= LONGEST:
                yield f"{job.name} may take at most {LONGEST:.0f} s in one piece; let it enqueue the next piece."

    def _collisions(self, others: Sequence[Registered]) -> Iterator[str]:
        taken = {indicator.code: other.name for other in others for indicator in other.indicators}
        for indicator in self.indicators:
            if indicator.code in taken:
                yield f"The indicator {indicator.code} belongs to {taken[indicator.code]} already."
        addresses = [(page.method, page.place, page.path) for page in self.pages]
        for address in {address for address in addresses if addresses.count(address) > 1}:
            yield f"Two pages answer {address[0]} {address[2]}."


class Registry(Struct, frozen=True):
    """All plug-ins in their order, and those refused."""

    plugins: tuple[Registered, ...]
    refused: tuple[Refusal, ...] = ()

    def refusing(self, reasons: Mapping[str, str]) -> Registry:
        """Without the plug-ins named in `reasons`, which say why."""
        kept = tuple(entry for entry in self.plugins if entry.name not in reasons)
        refused = tuple(Refusal(name, reason) for name, reason in sorted(reasons.items()))
        return Registry(kept, (*self.refused, *refused))

    def get(self, name: str) -> Registered | None:
        return next((entry for entry in self.plugins if entry.name == name), None)

    def titles(self, names: Collection[str]) -> tuple[str, ...]:
        """What the plug-ins of these names are called, in their order, as message ids."""
        return tuple(entry.plugin.title for entry in self.plugins if entry.name in names)

    def indicators(self) -> dict[str, tuple[Indicator, ...]]:
        """The indicators of each plug-in, by the plug-in's name: that is their group."""
        return {entry.name: entry.indicators for entry in self.plugins if entry.indicators}

    def permissions(self) -> dict[str, Permission]:
        return {permission.code: permission for entry in self.plugins for permission in entry.permissions}
