"""What a page or a JSON route declares; the host serves it behind the gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from litestar import Response
from msgspec import Struct

__all__ = [
    "Handler",
    "Hit",
    "Moment",
    "Nav",
    "Page",
    "Place",
    "Route",
    "Slot",
    "Task",
    "TimelineEntry",
    "TimelineYear",
    "Widget",
]

Handler = Callable[..., Awaitable[Response[Any]]]
Place = Literal["tenant", "town"]
Slot = Literal[
    "TENANT_HOME",
    "TENANT_TASKS",
    "TENANT_YEAR",
    "TENANT_SEARCH",
    "TOWN_HOME",
    "TOWN_TASKS",
    "TOWN_YEAR",
    "TOWN_SEARCH",
    "PERSON_TIMELINE",
]


class Nav(Struct, frozen=True, kw_only=True):
    """An entry of the navigation: sections stand in the order of pages, entries by `order`, then by title."""

    title: str
    order: int = 100
    icon: str = "dots"
    """A drawing of the kit by its name; `docs/reference/pages.md` lists them."""
    key: str = ""
    """The letter that opens it after `g`; the first entry that asks for a letter gets it, others the next free one."""


class Page(Struct, frozen=True, kw_only=True):
    """One address. `path` is relative to the place: `people/{person}`; a `{name}` reaches the handler by name.

    The handler's further parameters are found by name: `query` and `form` are parsed into the Structs that
    their annotations name (`form: Form[Registration]`), `upload` is the file that came with the form.
    """

    path: str
    handler: Handler
    permission: str
    method: Literal["GET", "POST"] = "GET"
    place: Place = "tenant"
    nav: Nav | None = None
    slots: tuple[Slot, ...] = ()
    """Filled by the plug-ins' widgets before the page runs; the widgets get the page's path parameters."""
    max_body: int = 1_000_000
    """Bytes; more is refused before it is read."""
    time_limit: float = 10.0
    """Seconds."""


class Route(Struct, frozen=True, kw_only=True):
    """One JSON operation under /api/v1/t/<tenant>/<plug-in>/, or under /api/v1/town/<town>/<plug-in>/.

    The handler's parameters are found by name: those of the path, a `query` and a `body`, both Structs that forbid
    unknown fields and bound everything, and an `upload`, the body as a file. It gives a Struct or None.
    An unsafe operation must carry an Idempotency-Key: the same key answers the same without doing it twice.
    """

    path: str
    handler: Callable[..., Awaitable[Any]]
    permission: str
    method: Literal["GET", "POST", "PATCH", "DELETE"] = "GET"
    place: Place = "tenant"
    status: int = 200
    summary: str = ""
    slots: tuple[Slot, ...] = ()
    """Filled before the operation runs, as those of a page; of use are the slots of tasks."""
    is_repeatable: bool = False
    """Doing it again does no harm, and what it answers may not be kept: a repetition is answered anew."""
    max_body: int = 1_000_000
    """Bytes; more is refused before it is read."""
    time_limit: float = 10.0
    """Seconds."""


class Task(Struct, frozen=True, kw_only=True):
    """Something that is to be done: what, by which day, and the one page where it is done.

    `title` and `action` are message ids; `params` fill the places of the title, in the reader's language.
    """

    title: str
    action: str
    """On the button: `Accept or decline`."""
    address: str
    due: date | None = None
    """The last day on which it is done in time; None = it waits without a day."""
    params: Mapping[str, str | int] = {}
    count: int | None = None
    """How many things the one line stands for."""


class Moment(Struct, frozen=True, kw_only=True):
    """Something that a service did for a person, or that happened to her, on her one line of time.

    `title` is a message id whose places `params` fill; `note` is in the reader's language.
    """

    day: date
    title: str
    params: Mapping[str, str | int] = {}
    note: str = ""
    address: str = ""
    """The page where more of it stands, if the reader may open it."""
    icon: str = "circle"
    """A drawing of the kit by its name."""


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """A moment as the page shows it: with the title of the service module that gave it, a message id.

    `compartments` are those that the permission of its widget opened: what kind of data it is.
    """

    moment: Moment
    service: str
    compartments: tuple[str, ...]


class TimelineYear(Struct, frozen=True, kw_only=True):
    """The entries of one year, newest first."""

    year: int
    entries: Sequence[TimelineEntry]


class Hit(Struct, frozen=True, kw_only=True):
    """Something that a search found: what it is, in the reader's language, and where it opens.

    `group` is a message id; the hits of a group stand together, whichever service module gave them.
    """

    title: str
    group: str
    address: str
    detail: str = ""
    fields: Mapping[str, str] = {}
    """Sent with it as a form: what opens it and may not stand in an address, such as a number."""
    is_exact: bool = False
    """What was typed names this and nothing else, so that it is opened at once."""


class Widget(Struct, frozen=True, kw_only=True):
    """A piece of HTML in a slot of a page of the platform; `None` shows nothing.

    In the slots `TENANT_TASKS` and `TOWN_TASKS` the handler gives `Task`s, and the page shows those of all
    plug-ins as one list: what is late first, then by the day, then what has no day. In `PERSON_TIMELINE` it gives
    `Moment`s, which become one line of time, newest first; HTML is shown below it. In `TENANT_SEARCH` and
    `TOWN_SEARCH` it is given the `words` that are looked for, and gives `Hit`s.
    """

    slot: Slot
    handler: Callable[..., Awaitable[str | Sequence[Task] | Sequence[Moment] | Sequence[Hit] | None]]
    permission: str
    order: int = 100
    time_limit: float = 2.0
