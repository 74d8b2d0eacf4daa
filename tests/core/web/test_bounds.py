"""Every Struct that somebody fills in says how much it takes; each rule refuses what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from msgspec import Meta, Struct, defstruct

from core.app import CORE_PAGES
from core.host.binding import handler_faults
from core.kernel.text import Line
from core.web.bounds import input_faults

Whole = Annotated[int, Meta(ge=0, le=9)]


class Inner(Struct, forbid_unknown_fields=True):
    line: str


class Bounded(Struct, forbid_unknown_fields=True):
    """What may be taken."""

    line: Line
    day: date | None
    kind: Literal["a", "b"]
    row: UUID
    is_on: bool
    number: Whole | None
    share: Annotated[float, Meta(gt=0, lt=1)]
    lines: Annotated[tuple[Line, ...], Meta(max_length=3)]


def test_no_handler_of_the_platform_takes_anything_without_bounds() -> None:
    handlers = [part.handler for pages in CORE_PAGES for part in (*pages.pages, *pages.routes)]
    assert [fault for handler in handlers for fault in handler_faults(handler)] == []
    assert len(handlers) > 90


def test_what_is_bounded_is_taken() -> None:
    assert list(input_faults(Bounded)) == []


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (str, "has no max_length"),
        (str | None, "has no max_length"),
        (Annotated[str, Meta(min_length=1)], "has no max_length"),
        (int, "no least or no greatest"),
        (Annotated[int, Meta(ge=0)], "no least or no greatest"),
        (Annotated[float, Meta(lt=1)], "no least or no greatest"),
        (list[Line], "has no max_length"),
        (Annotated[list[str], Meta(max_length=3)], "has no max_length"),
        (Annotated[frozenset[int], Meta(max_length=3)], "no least or no greatest"),
        (Mapping[str, Line], "takes anything"),
        (Any, "takes anything"),
        (bytes, "takes anything"),
        (Inner, "Inner.line has no max_length"),
    ],
)
def test_what_is_not_bounded_is_named_with_its_field(kind: Any, fault: str) -> None:
    odd = defstruct("Odd", [("field", kind)], forbid_unknown_fields=True)
    faults = list(input_faults(odd))
    assert len(faults) == 1
    assert fault in faults[0]
    assert faults[0].startswith(("Odd.field", "Inner.line"))


def test_a_struct_that_takes_unknown_fields_is_named() -> None:
    open_one = defstruct("Open", [("day", date)])
    assert list(input_faults(open_one)) == ["Open does not say forbid_unknown_fields=True."]
    outer = defstruct("Outer", [("inner", open_one)], forbid_unknown_fields=True)
    assert list(input_faults(outer)) == ["Open does not say forbid_unknown_fields=True."]
