"""The fourteen hooks, one page. Each only declares; it is called once, at start, and returns frozen Structs.

A plug-in needs none of them: the default of each reads the fixed-name file beside it. To override one, define
a function of its name in `plugin.py` and mark it with `hookimpl`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy
from msgspec import Struct

from core.figures.indicators import Indicator
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
from core.web.pages import Page, Route, Widget

__all__ = ["PROJECT", "HookSpecs", "hookimpl", "hookspec"]

PROJECT = "townbridge"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    @hookspec
    def declare_tables(self) -> Sequence[TableUse]:  # pyright: ignore[reportReturnType]
        """`tables.TABLES`: the Piccolo tables, with their compartments and links to persons."""

    @hookspec
    def declare_permissions(self) -> Sequence[Permission]:  # pyright: ignore[reportReturnType]
        """`permissions.PERMISSIONS`: who may do what, by default."""

    @hookspec
    def declare_settings(self) -> type[Struct] | None:
        """`settings.Settings`: one Struct with a default for every field; tenant, then town, then default."""

    @hookspec
    def declare_pages(self) -> Sequence[Page]:  # pyright: ignore[reportReturnType]
        """`pages.PAGES` for the tenants, `town.PAGES` for the town."""

    @hookspec
    def declare_routes(self) -> Sequence[Route]:  # pyright: ignore[reportReturnType]
        """`api.ROUTES`: JSON operations."""

    @hookspec
    def declare_widgets(self) -> Sequence[Widget]:  # pyright: ignore[reportReturnType]
        """`widgets.WIDGETS`: pieces in the platform's own pages."""

    @hookspec
    def declare_indicators(self) -> Sequence[Indicator]:  # pyright: ignore[reportReturnType]
        """`indicators.INDICATORS`: the figures, each one set-based select."""

    @hookspec
    def declare_jobs(self) -> Sequence[Job]:  # pyright: ignore[reportReturnType]
        """`jobs.JOBS`: work in the background."""

    @hookspec
    def declare_events(self) -> Sequence[Event]:  # pyright: ignore[reportReturnType]
        """`events.EVENTS`: what others may listen to."""

    @hookspec
    def declare_listeners(self) -> Sequence[Listener]:  # pyright: ignore[reportReturnType]
        """`events.LISTENERS`: what the plug-in listens to, by name."""

    @hookspec
    def declare_personal_data(self) -> Sequence[PersonalData]:  # pyright: ignore[reportReturnType]
        """`privacy.PERSONAL_DATA`: mandatory where a table links a person."""

    @hookspec
    def declare_imports(self) -> Sequence[Import]:  # pyright: ignore[reportReturnType]
        """`imports.IMPORTS`: files of an exchange folder."""

    @hookspec
    def declare_exports(self) -> Sequence[Export]:  # pyright: ignore[reportReturnType]
        """`exports.EXPORTS`: files out."""

    @hookspec
    def declare_lifecycle(self) -> Lifecycle | None:
        """`lifecycle.LIFECYCLE`: what happens on enable, pause, check."""
