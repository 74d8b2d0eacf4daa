"""All that a plug-in may import of this project."""

from __future__ import annotations

from core.figures.indicators import Cut, Indicator, PeoplePage, Source, age_band, each_cut
from core.kernel.clock import month_of, now, today
from core.kernel.cursors import Cursor
from core.kernel.errors import (
    BadInput,
    Conflict,
    Forbidden,
    NotFound,
    TooLarge,
    TownbridgeError,
    Unavailable,
)
from core.kernel.i18n import gettext_noop
from core.kernel.ids import derived_id, new_id
from core.kernel.numbers import Version
from core.kernel.prepared import Prepared, among
from core.kernel.tables import TenantTable, TownTable
from core.kernel.text import Code, Line, Name, Note
from core.sdk.contributions import (
    Answer,
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
from core.sdk.ctx import Actor, Ctx, TenantCtx, TenantPlace, TownCtx, TownPlace
from core.sdk.exchange import Covered, ExchangeFolder, ExchangeTenant, FileOutcome, KnownPeople, LoadCtx
from core.sdk.exchange import Note as RowNote
from core.sdk.handover import Half, Handover, Neighbour
from core.sdk.hookspecs import hookimpl
from core.sdk.plugin import SDK_VERSION, Plugin
from core.web.answers import download, redirect
from core.web.forms import Form, Upload, asks, parse_day
from core.web.listings import Cell, ListColumn, Listing, ListQuery, Order, Picking, Row, arranged, order_of
from core.web.pages import (
    Hit,
    Moment,
    Nav,
    Page,
    Route,
    Task,
    TimelineEntry,
    TimelineYear,
    Widget,
)

__all__ = [
    "SDK_VERSION",
    "Actor",
    "Answer",
    "BadInput",
    "Cell",
    "Code",
    "Conflict",
    "Covered",
    "Ctx",
    "Cursor",
    "Cut",
    "Event",
    "ExchangeFolder",
    "ExchangeTenant",
    "Export",
    "FileOutcome",
    "Forbidden",
    "Form",
    "Half",
    "Handover",
    "Hit",
    "Import",
    "Indicator",
    "Job",
    "KnownPeople",
    "Lifecycle",
    "Line",
    "ListColumn",
    "ListQuery",
    "Listener",
    "Listing",
    "LoadCtx",
    "Moment",
    "Name",
    "Nav",
    "Neighbour",
    "NotFound",
    "Note",
    "Order",
    "Page",
    "PeoplePage",
    "Permission",
    "PersonalData",
    "Picking",
    "Plugin",
    "Prepared",
    "Route",
    "Row",
    "RowNote",
    "Source",
    "TableUse",
    "Task",
    "TenantCtx",
    "TenantPlace",
    "TenantTable",
    "TimelineEntry",
    "TimelineYear",
    "TooLarge",
    "TownCtx",
    "TownPlace",
    "TownTable",
    "TownbridgeError",
    "Unavailable",
    "Upload",
    "Version",
    "Widget",
    "age_band",
    "among",
    "arranged",
    "asks",
    "derived_id",
    "download",
    "each_cut",
    "gettext_noop",
    "hookimpl",
    "month_of",
    "new_id",
    "now",
    "order_of",
    "parse_day",
    "redirect",
    "today",
]
