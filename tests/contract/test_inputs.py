"""Every input of every address says how much it takes; a plug-in with one that does not is refused at start."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

import pytest
from msgspec import Meta, Struct

from core.app import CORE_PAGES, Platform
from core.host import entrance, invited, myself
from core.host.binding import Binding
from core.sdk import Line
from core.web.bounds import input_faults


def bindings(platform: Platform) -> Iterator[Binding]:
    handlers: list[Any] = [page.handler for part in CORE_PAGES for page in part.pages]
    for entry in platform.registry.plugins:
        handlers += [page.handler for page in entry.pages]
        handlers += [route.handler for route in entry.routes]
        handlers += [export.rows for export in entry.exports]
    return (Binding.of(handler) for handler in handlers)


def inputs(platform: Platform) -> set[type[Struct]]:
    """What is read from addresses, forms and bodies; the forms before the gate are those of its modules."""
    doorsteps = {
        kind
        for module in (entrance, invited, myself)
        for _name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Struct) and kind.__struct_config__.forbid_unknown_fields
    }
    return {kind for each in bindings(platform) for kind in each.inputs} | doorsteps


@pytest.mark.requirement("R33", "R34")
async def test_no_input_takes_more_than_it_says(platform: Platform) -> None:
    asked = inputs(platform)
    assert {"SignIn", "NewPassword", "Code", "NoticeDraft", "NewPerson"} <= {kind.__name__ for kind in asked}
    assert sorted(fault for kind in asked for fault in input_faults(kind)) == []


class Inner(Struct, forbid_unknown_fields=True):
    count: int
    limited: Annotated[int, Meta(ge=0, le=9)]


class Loose(Struct):
    text: str
    line: Line
    several: Annotated[tuple[str, ...], Meta(max_length=3)]
    pieces: list[Inner]
    anything: Any
    mapping: dict[str, int]
    half: Annotated[float, Meta(ge=0)] | None
    id: UUID | None


@pytest.mark.requirement("R33", "R34")
def test_what_takes_more_is_told_field_by_field() -> None:
    told = list(input_faults(Loose))
    assert told[0] == "Loose does not say forbid_unknown_fields=True."
    places = [sentence.split()[0] for sentence in told[1:]]
    wanted = ["text", "several", "pieces", "anything", "mapping", "half"]
    assert [place for place in places if place != "Inner.count"] == [f"Loose.{name}" for name in wanted]
    assert "Inner.count" in places
