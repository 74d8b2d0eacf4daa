"""What a handler of a plug-in is given: who asks, where, and the doors that are open to her.

A context lives as long as its transaction. Everything a plug-in may do to the platform is a method here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec
from litestar import Response
from msgspec import Struct

from core.figures.behind import Behind, people_behind
from core.figures.indicators import Catalogue, Indicator
from core.figures.periods import Period
from core.figures.read import Figures, figures_of
from core.figures.units import UnitFigures, figures_of_units
from core.identity import last_used
from core.kernel import audit, clock, jobs
from core.kernel.changes import changed
from core.kernel.cursors import from_cursor, to_cursor
from core.kernel.db import Transaction
from core.kernel.errors import NotFound
from core.kernel.i18n import Translate, translator
from core.kernel.seal import Keyring
from core.kernel.tables import TenantTable, name_of
from core.people.desk import PeopleDesk
from core.reports.desk import ReportDesk, TownReportDesk
from core.sdk.handover import FindNeighbour, Neighbour
from core.sdk.personal import Personal
from core.tenancy.settings import read_settings
from core.web import answers
from core.web.pages import Hit, Task, TimelineYear
from core.web.templates import Templates

__all__ = ["Actor", "Ctx", "FindTraces", "TenantCtx", "TenantPlace", "TownCtx", "TownPlace"]

SettingsStruct = TypeVar("SettingsStruct", bound=Struct)
FindTraces = Callable[[Collection[UUID]], Awaitable[set[UUID]]]


class Actor(Struct, frozen=True, kw_only=True):
    """Who asks: a signed-in account, or, for jobs and commands, nobody (`id` None)."""

    id: UUID | None = None
    login: str = ""
    name: str = ""
    language: str = "zh"
    has_keys: bool = True
    """Whether single keys do anything on her pages."""


class TenantPlace(Struct, frozen=True, kw_only=True):
    """The tenant of the request."""

    id: UUID
    slug: str
    code: str
    kind: str
    name_zh: str
    name_en: str
    region_id: UUID
    region_code: str
    time_zone: str
    opened_on: date
    books_from: date

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


class TownPlace(Struct, frozen=True, kw_only=True):
    """The town (or county) of the request."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    time_zone: str

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


class Ctx:
    """What tenant and town contexts have in common."""

    def __init__(
        self,
        *,
        actor: Actor,
        transaction: Transaction,
        templates: Templates,
        permissions: frozenset[str],
        base: str,
        plugin: str,
        frame: Mapping[str, Any],
        time_zone: str,
        keyring: Keyring,
        place_id: UUID,
    ) -> None:
        self.actor = actor
        self.transaction = transaction
        self.permissions = permissions
        self.plugin = plugin
        self._templates = templates
        self._base = base
        self._frame = frame
        self._time_zone = time_zone
        self._keyring = keyring
        self._place_id = place_id

    @property
    def language(self) -> str:
        return self.actor.language

    @property
    def tell(self) -> Translate:
        """Translate a message id into the reader's language."""
        return translator(self.language)

    def tell_in(self, language: str) -> Translate:
        """Translate into a language of its own (`zh`, `en`), for papers that show both."""
        return translator(language)

    @property
    def today(self) -> date:
        """The day in the town."""
        return clock.today(self._time_zone)

    def cursor(self, listing: str, *values: str | int | UUID) -> str:
        """Where a page of `listing` ended, sealed: a word for an address that tells nothing and cannot be made up."""
        return to_cursor(self._keyring, self._place_id, f"{self.plugin}.{listing}", values)

    def at(self, listing: str, cursor: str) -> list[str] | None:
        """The values of a cursor of the same listing, as text; None for ''. Raises `BadInput` for any other word."""
        return from_cursor(self._keyring, self._place_id, f"{self.plugin}.{listing}", cursor)

    def can(self, permission: str) -> bool:
        return permission in self.permissions

    def address(self, path: str = "", **query: str | int | None) -> str:
        """The address of a page of this plug-in, with a query string of what is not None."""
        given = {name: value for name, value in query.items() if value is not None}
        tail = f"?{urlencode(given)}" if given else ""
        return f"{self._base}/{quote(path)}{tail}" if path else f"{self._base}{tail}"

    def text(self, template: str, **values: Any) -> str:
        """Render a template without the page round it: for widgets and pieces that htmx asks for."""
        return self._templates.render(template, self.language, ctx=self, **self._frame, **values)

    def render(self, template: str, status: int = 200, **values: Any) -> Response[Any]:
        """Answer with a template of `templates/`: `registration/people.html`."""
        return answers.html(self.text(template, **values), status)

    def redirect(self, path: str, said: str = "", **params: str | int) -> Response[Any]:
        """Go on to an address of this site, where the message `said` is shown once."""
        return answers.redirect(path, said, **params)

    def audit(
        self,
        action: str,
        kind: str,
        object_id: UUID | None,
        *,
        before: object = None,
        after: object = None,
        reason: str = "",
        detail: Mapping[str, str | int] | None = None,
    ) -> None:
        """Note an act in the tenant's chain; only digests of `before` and `after` are kept.

        `detail` holds codes, counts and ids, never personal data.
        """
        audit.record(
            self.transaction,
            action,
            kind,
            object_id,
            before=before,
            after=after,
            reason=reason,
            detail=detail,
        )

    async def enqueue(
        self,
        job: str,
        payload: Mapping[str, str | int],
        *,
        dedupe: str | None = None,
        due: datetime | None = None,
    ) -> UUID:
        """Have a job of this plug-in run after the commit; `payload` holds ids, never personal data."""
        return await jobs.enqueue(self.transaction, job, payload, dedupe=dedupe, due=due)

    async def has_given_up(self, dedupe: str) -> bool:
        """Whether the job enqueued with `dedupe` was tried in vain and waits for an administrator."""
        return await jobs.has_given_up(self.transaction, dedupe)


class TenantCtx(Ctx):
    """In one tenant, with the compartments of the permission that let the request in.

    `filled` maps each slot of the page to the widgets of all plug-ins, each rendered in a transaction of its own;
    `tasks` each slot of tasks to those of all plug-ins, the most urgent first; `timeline` is a person's line of time,
    newest first, and `hits` is what a search found.
    `services` are the titles (message ids) of the plug-ins that are on.
    """

    def __init__(
        self,
        *,
        tenant: TenantPlace,
        enabled: frozenset[str],
        roles: tuple[str, ...],
        people: PeopleDesk,
        catalogue: Catalogue,
        filled: Mapping[str, Sequence[str]],
        tasks: Mapping[str, Sequence[Task]] = {},
        timeline: Sequence[TimelineYear] = (),
        hits: Sequence[Hit] = (),
        services: Sequence[str] = (),
        find_neighbour: FindNeighbour | None = None,
        find_traces: FindTraces | None = None,
        personal: Personal | None = None,
        **common: Any,
    ) -> None:
        super().__init__(time_zone=tenant.time_zone, place_id=tenant.id, **common)
        self.tenant = tenant
        self.enabled = enabled
        self.services = services
        self.roles = roles
        self.people = people
        self.catalogue = catalogue
        self.reports = ReportDesk(self.transaction, tenant.id)
        self.filled = filled
        self.tasks = tasks
        self.timeline = timeline
        self.hits = hits
        self._find_neighbour = find_neighbour
        self._find_traces = find_traces
        self._personal = personal

    @property
    def personal(self) -> Personal:
        """A person's own affairs, across all service modules: a copy, erasure, merging. On pages and routes only."""
        if self._personal is None:
            raise ValueError("Only a page or a route has the door to a person's affairs.")
        return self._personal

    def in_plugin(self, name: str) -> Self:
        """The same place and transaction, seen from another plug-in; for the host."""
        other = copy(self)
        other.plugin = name
        other._base = f"/t/{self.tenant.slug}/{name}"
        return other

    async def settings(self, kind: type[SettingsStruct]) -> SettingsStruct:
        """This plug-in's settings: the tenant's value, else the town's, else the default."""
        return await read_settings(self.transaction, self.plugin, kind)

    async def last_used(self, form: str) -> Mapping[str, str]:
        """What the account last chose in a form of this plug-in here, by field; {} where nothing is kept."""
        name = f"{self.plugin}.{form}"
        return await last_used.last_used(self.transaction, self.actor.id, name) if self.actor.id else {}

    async def keep_last_used(self, form: str, choices: Mapping[str, str]) -> None:
        """Have the form begin with these the next time, {} with none: codes and choices, nothing about a person."""
        if self.actor.id is not None:
            name = f"{self.plugin}.{form}"
            await last_used.keep_last_used(self.transaction, self.actor.id, name, choices)

    def indicator(self, code: str) -> Indicator | None:
        """The published indicator of this code; None where its plug-in is not installed or off here."""
        found = self.catalogue.get(code)
        return found if found is not None and found.group in self.enabled else None

    async def figures(self, period: Period, indicators: Sequence[str] | None = None) -> Figures:
        """The unit's own figures of a period, exactly, with their breakdowns; of all plug-ins by their codes."""
        return await figures_of(self.transaction, self.tenant.id, period.name, indicators)

    def address_behind(self, code: str, period: Period, cut: str = "") -> str:
        """The page that lists the people behind a figure; '' where there is none or the reader may not open it."""
        indicator = self.indicator(code)
        page = indicator.people_page if indicator else None
        if indicator is None or page is None or not self.can(page.permission):
            return ""
        asked = urlencode({"period": period.name, **({"cut": cut} if cut else {})})
        return f"/t/{self.tenant.slug}/{indicator.group}/{page.path}/{code}?{asked}"

    async def people_behind(self, code: str, period: Period, cut: str = "") -> list[Behind]:
        """The people that a figure counts, for a page that lists them; raises `NotFound` where it counts none.

        The tables that the indicator reads must be open to the page: a figure tells more people than it may.
        """
        indicator = self.indicator(code)
        if indicator is None:
            raise NotFound
        return await people_behind(self.transaction, indicator, self.tenant.id, period, cut)

    def changed(self, table: type[TenantTable], day: date, *, onwards: bool = False) -> None:
        """Say that rows of `table` dated `day` changed, so that the figures that read it follow.

        `onwards`: the change is a state that holds from that day on.
        """
        changed(self.transaction, name_of(table), day, onwards)

    async def emit(self, event: str, payload: Struct) -> None:
        """Tell the listeners of `event`, at least once, after the commit; `payload` holds ids."""
        await jobs.enqueue(self.transaction, f"event:{event}", msgspec.to_builtins(payload))

    async def neighbour(self, text: str) -> Neighbour | None:
        """Another association unit of the town that has this plug-in on, by its code or its full name."""
        return await self._find_neighbour(text, "") if self._find_neighbour else None

    async def town_station(self) -> Neighbour | None:
        """The town's own station, where it is another unit and has this plug-in on: everybody may know that one."""
        return await self._find_neighbour("", "town_station") if self._find_neighbour else None

    async def kept_elsewhere(self, people: Collection[UUID]) -> set[UUID]:
        """Those of whom another plug-in keeps anything, whatever its compartment. In jobs only: no page may know."""
        if self._find_traces is None:
            raise ValueError("Only a job may ask what other plug-ins keep.")
        return await self._find_traces(people)

    async def hand_over(
        self, job: str, payload: Mapping[str, str | int], *, to: str, dedupe: str | None = None
    ) -> UUID:
        """Have the `Handover` of this name run after the commit, to the unit with the code `to`."""
        return await jobs.enqueue(self.transaction, job, {**payload, "to": to}, dedupe=dedupe)

    def blind(self, field: str, text: str) -> bytes:
        """16 bytes to find `text` by, different in every tenant; `field` is `schema.table.column`."""
        return self._keyring.blind(self.tenant.id, field, text)

    def seal(self, place: str, row: UUID, text: str) -> bytes:
        """Encrypt `text` for the column `place` (`schema.table.column`) of the row."""
        return self._keyring.seal(self.tenant.id, place, row, text)

    def unseal(self, place: str, row: UUID, sealed: bytes) -> str:
        """The text again; raises `Broken` when it was tampered with or moved."""
        return self._keyring.open(self.tenant.id, place, row, sealed)


class TownCtx(Ctx):
    """In the town: numbers of the tenants through the town's doors, never people."""

    def __init__(
        self,
        *,
        town: TownPlace,
        roles: tuple[str, ...],
        catalogue: Catalogue,
        filled: Mapping[str, Sequence[str]],
        tasks: Mapping[str, Sequence[Task]] = {},
        hits: Sequence[Hit] = (),
        **common: Any,
    ) -> None:
        super().__init__(time_zone=town.time_zone, place_id=town.id, **common)
        self.town = town
        self.roles = roles
        self.catalogue = catalogue
        self.reports = TownReportDesk(self.transaction, town.id, catalogue, self.plugin, self.language)
        self.filled = filled
        self.tasks = tasks
        self.hits = hits

    async def unit_figures(self, period: Period, indicators: Sequence[str]) -> list[UnitFigures]:
        """The units that have these indicators, side by side: small numbers are hidden as on the town's own pages.

        Exact are those that count no people (`privacy="O"`), with their breakdowns; of the others the totals.
        """
        known = [found for code in indicators if (found := self.catalogue.get(code)) is not None]
        return await figures_of_units(self.transaction, period, known)
