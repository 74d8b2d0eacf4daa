"""Checks of the declarations: settings, events, jobs, files in and out, names."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import msgspec
from msgspec import inspect as kinds

from core.contract.check import Given, Stated, each
from core.host.registry import Registered
from core.kernel.jobs import LONGEST
from core.kernel.scope import COMPARTMENTS

__all__ = ["DECLARED"]

SHORT = 40
SLUG = re.compile(r"[a-z][a-z0-9_-]*")
IDS = (
    kinds.UUIDType, kinds.DateType, kinds.DateTimeType, kinds.BoolType, kinds.IntType, kinds.LiteralType,
    kinds.EnumType, kinds.NoneType,
)  # fmt: skip
LONG = (kinds.StrType, kinds.ListType, kinds.VarTupleType, kinds.DictType)


def accepted(given: Given) -> Iterator[str]:
    yield from (f"{name}: is refused: {reason}" for name, reason in given.refused)


def names(given: Given) -> Iterator[str]:
    """Whatever is found by its name has one owner; prefixes are the host's to check."""
    listed = [
        (kind, name, entry.name)
        for entry in given.plugins
        for kind, found in (
            ("permission", [permission.code for permission in entry.permissions]),
            ("job", [job.name for job in entry.jobs]),
            ("event", [event.name for event in entry.events]),
            ("import", [each.name for each in entry.imports]),
            ("export", [f"{entry.name}.{export.name}" for export in entry.exports]),
            ("table", [f"{use.table._meta.schema}.{use.table._meta.tablename}" for use in entry.tables]),
        )
        for name in found
    ]
    times = Counter((kind, name) for kind, name, _owner in listed)
    for kind, name, owner in dict.fromkeys(listed):
        if times[kind, name] > 1:
            yield f"{owner}: the {kind} {name} is declared {times[kind, name]} times; give each a name of its own."


def settings(entry: Registered) -> Iterator[str]:
    if entry.settings is None:
        return
    for field in msgspec.structs.fields(entry.settings):
        if field.required:
            yield f"the setting {field.name} has no default; a tenant that sets nothing must work."
        for fault in _unbounded(kinds.type_info(field.type)):
            yield f"the setting {field.name} {fault}"
    if any(field.required for field in msgspec.structs.fields(entry.settings)):
        return
    try:
        msgspec.convert(msgspec.to_builtins(entry.settings()), entry.settings)
    except msgspec.ValidationError as error:
        yield f"a default of the settings is not valid itself: {error}."


def _unbounded(kind: kinds.Type) -> Iterator[str]:
    if isinstance(kind, kinds.UnionType):
        for one in kind.types:
            yield from _unbounded(one)
    elif isinstance(kind, kinds.IntType | kinds.FloatType):
        if (kind.ge is None and kind.gt is None) or (kind.le is None and kind.lt is None):
            yield "has no bounds; write Annotated[int, Meta(ge=..., le=...)]."
    elif isinstance(kind, LONG) and kind.max_length is None:
        yield "has no greatest length; write Line, or Annotated[..., Meta(max_length=...)]."


def events(entry: Registered) -> Iterator[str]:
    for event in entry.events:
        if not event.kind.__struct_config__.frozen:
            yield f"the Struct of {event.name} can be changed; write frozen=True."
        if event.version < 1:
            yield f"{event.name} has the version {event.version}; the first one is 1."
        for field in msgspec.structs.fields(event.kind):
            if not _is_id(kinds.type_info(field.type)):
                yield (
                    f"{event.name}.{field.name} could carry personal data; use UUID, date, a number, Literal"
                    " or Code: a listener that may know more asks for it."
                )
    for listener in entry.listeners:
        yield from _run_faults(f"the listener of {listener.event}", listener.run, listener.compartments)
        known = {event.name for event in entry.events}
        if listener.event.startswith(f"{entry.name}.") and listener.event not in known:
            yield f"it listens to {listener.event}, which it does not declare."


def _is_id(kind: kinds.Type) -> bool:
    if isinstance(kind, kinds.UnionType):
        return all(_is_id(one) for one in kind.types)
    if isinstance(kind, kinds.StrType):
        return kind.max_length is not None and kind.max_length <= SHORT
    return isinstance(kind, IDS)


def jobs(entry: Registered) -> Iterator[str]:
    for job in entry.jobs:
        yield from _run_faults(f"the job {job.name}", job.run, job.compartments)
        if job.every is not None and job.every < 60:
            yield f"the job {job.name} runs every {job.every} s; a minute is the shortest schedule."


def _run_faults(what: str, run: Any, compartments: tuple[str, ...]) -> Iterator[str]:
    if not inspect.iscoroutinefunction(run):
        yield f"{what} is not an asynchronous function."
    if unknown := sorted(set(compartments) - COMPARTMENTS):
        yield f"{what} names unknown compartments: {', '.join(unknown)}."


def files(entry: Registered) -> Iterator[str]:
    for one in entry.imports:
        if not one.name.startswith(f"{entry.name}."):
            yield f"the import {one.name} does not start with {entry.name}."
        if not inspect.iscoroutinefunction(one.load):
            yield f"the import {one.name} is not loaded by an asynchronous function."
        for pattern in one.files:
            if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
                yield f"the import {one.name} takes {pattern}, which leads out of the exchange folder."
    for one in entry.exports:
        if not SLUG.fullmatch(one.name):
            yield f"the export {one.name} cannot be an address; use small letters, digits and hyphens."
        if not one.columns:
            yield f"the export {one.name} has no columns."
        if not inspect.isasyncgenfunction(one.rows):
            yield f"the export {one.name} does not stream; write `async def rows(ctx)` with yield."


def limits(entry: Registered) -> Iterator[str]:
    """What somebody waits for ends; what is uploaded is bounded."""
    for page in entry.pages:
        yield from _limit_faults(f"the page {page.method} {page.path or '/'}", page.time_limit)
        if page.max_body > 20_000_000:
            yield f"the page {page.method} {page.path} takes {page.max_body} bytes; 20,000,000 are the most."
        if page.nav is not None and page.method != "GET":
            yield f"the page {page.method} {page.path} stands in the navigation, where only GET can be."
    for route in entry.routes:
        yield from _limit_faults(f"the route {route.method} {route.path}", route.time_limit)
    for widget in entry.widgets:
        yield from _limit_faults(f"a widget of {widget.slot}", widget.time_limit)
    for export in entry.exports:
        yield from _limit_faults(f"the export {export.name}", export.time_limit)


def _limit_faults(what: str, seconds: float) -> Iterator[str]:
    if not 0 < seconds <= LONGEST:
        yield f"{what} may take {seconds:g} s; between 0 and {LONGEST:.0f} is allowed."


DECLARED = (
    Stated("it is accepted by the host", accepted),
    Stated("its names are its own", names),
    Stated("its settings have defaults and bounds", each(settings)),
    Stated("its events and listeners carry ids only", each(events)),
    Stated("its jobs can be run", each(jobs)),
    Stated("its files in and out are declared properly", each(files)),
    Stated("its pages, widgets and exports have limits", each(limits)),
)
