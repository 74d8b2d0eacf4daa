"""What a plug-in may declare besides pages, widgets and indicators; each is a frozen Struct."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.kernel.sheets.writing import Column, OutCell

if TYPE_CHECKING:
    from core.sdk.exchange import Covered, ExchangeFolder, FileOutcome
    from core.sdk.handover import Half

__all__ = [
    "Answer",
    "Event",
    "Export",
    "Import",
    "Job",
    "Lifecycle",
    "Listener",
    "Permission",
    "PersonalData",
    "TableUse",
]


class Permission(Struct, frozen=True, kw_only=True):
    """`code` is `plugin.noun.verb`; `roles` have it by default; `compartments` are opened with it.

    A role must hold all the compartments of the permission: the gate refuses the page otherwise, and the
    transaction of the page sees these compartments and no other.
    """

    code: str
    title: str
    roles: tuple[str, ...]
    compartments: tuple[str, ...] = ()


class TableUse(Struct, frozen=True, kw_only=True):
    """A Piccolo table of the plug-in. `person_column` names the link to a person: then `privacy.py` is due.

    When two records turn out to be one person, the rows of the one that goes are given to the one that stays.
    `one_per_person`: there the kept person's row stands, and the other's stays where it is.
    """

    table: Any
    compartment: str | None = None
    person_column: str | None = None
    one_per_person: bool = False


class Job(Struct, frozen=True, kw_only=True):
    """Work in the background of one tenant: `run(ctx, payload)` in a transaction with `compartments` open.

    At least once, with one effect: the job is done in the transaction of its effects. `every` is a schedule
    in seconds; a job that is not scheduled is enqueued by `ctx.enqueue`.
    """

    name: str
    run: Callable[..., Awaitable[Any]]
    compartments: tuple[str, ...] = ()
    every: int | None = None
    time_limit: float = 30.0


class Event(Struct, frozen=True, kw_only=True):
    """A thing that happened, past tense: `registration.person_registered`; `kind` is a frozen Struct of ids."""

    name: str
    kind: type[Struct]
    version: int = 1


class Listener(Struct, frozen=True, kw_only=True):
    """Called at least once for every event of that name, after its transaction, as a job of the listener."""

    event: str
    run: Callable[..., Awaitable[None]]
    compartments: tuple[str, ...] = ()


class PersonalData(Struct, frozen=True, kw_only=True):
    """How one table answers a person: `export` gives her rows in plain words, `erase` takes them away.

    What must stay for figures stays without a link to her.
    """

    table: Any
    title: str
    export: Callable[..., Awaitable[list[dict[str, str]]]]
    erase: Callable[..., Awaitable[int]]


class Answer(Struct, frozen=True, kw_only=True):
    """A file that is made of what was loaded, in the exchange format: `townbridge export <name>` writes it.

    `rows(ctx, covered)` streams the lines of one tenant under `columns`; it is asked in every tenant of the
    town, in order of code, as the imports are: whether the plug-in is still on or not.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Callable[[Any, Covered], AsyncIterator[tuple[object, ...]]]


class Import(Struct, frozen=True, kw_only=True):
    """Files of an exchange folder that the plug-in takes: `files` are patterns such as `rosters/*`.

    `load(ctx, folder)` decides the verdicts of its files, writes what is accepted for every tenant, and gives
    the outcome of each file. Imports of all plug-ins run by `order`. `finish(ctx, folder)` is called once the
    figures of the folder are up to date, for what is made of them; again it must change nothing.
    """

    name: str
    files: tuple[str, ...]
    load: Callable[[Any, ExchangeFolder], Awaitable[list[FileOutcome]]]
    finish: Callable[[Any, ExchangeFolder], Awaitable[None]] | None = None
    order: int = 100
    answers: tuple[Answer, ...] = ()


class Export(Struct, frozen=True, kw_only=True):
    """A file out: `rows(ctx)` streams tuples under `columns`, in the caller's compartments.

    Served at `<plug-in>/exports/<name>/xlsx` and `/csv`, formulas neutralised; like a page's handler, `rows`
    may ask for the `query` of the address, so that what is shown is what is exported.
    """

    name: str
    title: str
    permission: str
    columns: tuple[Column, ...]
    rows: Callable[..., AsyncIterator[tuple[OutCell, ...]]]
    time_limit: float = 30.0


class Lifecycle(Struct, frozen=True, kw_only=True):
    """Called in a tenant's transaction when the plug-in is switched on or off there; `check` finds faults.

    `halves` gives every half of an act between two tenants that stands here; `townbridge verify` pairs them.
    """

    on_enable: Callable[[Any], Awaitable[None]] | None = None
    on_pause: Callable[[Any], Awaitable[None]] | None = None
    check: Callable[[Any], Awaitable[list[str]]] | None = None
    halves: Callable[[Any], Awaitable[list[Half]]] | None = None
