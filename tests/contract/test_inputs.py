"""Every input of every address: each field has a type, numbers a range, texts and lists a length, and no field more."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

import pytest
from msgspec import Meta, Struct
from msgspec import inspect as kinds

from core.app import CORE_PAGES, Platform
from core.host import entrance, invited, myself
from core.host.binding import Binding
from core.sdk import Line

SAFE = (
    *(kinds.LiteralType, kinds.EnumType, kinds.NoneType, kinds.BoolType, kinds.UUIDType),
    *(kinds.DateType, kinds.DateTimeType),
)
Listed = kinds.ListType | kinds.VarTupleType | kinds.SetType | kinds.FrozenSetType


def bindings(platform: Platform) -> Iterator[Binding]:
    handlers: list[Any] = [page.handler for part in CORE_PAGES for page in part.pages]
    for entry in platform.registry.plugins:
        handlers += [page.handler for page in entry.pages]
        handlers += [route.handler for route in entry.routes]
        handlers += [export.rows for export in entry.exports]
    return (Binding.of(handler) for handler in handlers)


def inputs(platform: Platform) -> set[type[Struct]]:
    """What is read from addresses, forms and bodies, the entrance's own forms included."""
    doorsteps = {
        kind
        for module in (entrance, invited, myself)
        for _name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Struct) and kind.__struct_config__.forbid_unknown_fields
    }
    bound = {kind for each in bindings(platform) for kind in (each.query, each.form, each.body) if kind}
    return bound | doorsteps


def loose(kind: kinds.Type, at: str) -> Iterator[str]:
    """The places of an input that take more than was thought of."""
    if isinstance(kind, kinds.StructType):
        for field in kind.fields:
            yield from loose(field.type, f"{at}.{field.name}")
    elif isinstance(kind, kinds.UnionType):
        for each in kind.types:
            yield from loose(each, at)
    elif isinstance(kind, kinds.Metadata):
        yield from loose(kind.type, at)
    else:
        yield from (f"{at}: {what}" for what in _unbounded(kind))
        if isinstance(kind, Listed):
            yield from loose(kind.item_type, f"{at}[]")


def _unbounded(kind: kinds.Type) -> Iterator[str]:
    if isinstance(kind, kinds.StrType | kinds.BytesType | Listed):
        if kind.max_length is None:
            yield f"{type(kind).__name__} of any length"
    elif isinstance(kind, kinds.IntType | kinds.FloatType):
        if (kind.ge is None and kind.gt is None) or (kind.le is None and kind.lt is None):
            yield f"{type(kind).__name__} of any size"
    elif not isinstance(kind, SAFE):
        yield f"{type(kind).__name__} is no input"


@pytest.mark.requirement("R33")
async def test_no_input_is_loose(platform: Platform) -> None:
    asked = inputs(platform)
    assert len(asked) > 40
    found = [each for kind in asked for each in loose(kinds.type_info(kind), kind.__qualname__)]
    assert not found, "\n".join(sorted(found))


@pytest.mark.requirement("R34")
async def test_no_body_takes_a_field_that_it_does_not_have(platform: Platform) -> None:
    """A form refuses them whatever its Struct says (`parse_form`), a body by its Struct."""
    bodies = {each.body for each in bindings(platform) if each.body}
    assert bodies
    assert [kind.__qualname__ for kind in bodies if not kind.__struct_config__.forbid_unknown_fields] == []


@pytest.mark.requirement("R34")
async def test_every_answer_of_the_api_is_declared(platform: Platform) -> None:
    """msgspec writes the fields of the Struct that the operation names, so no other one can slip out."""
    for entry in platform.registry.plugins:
        for route in entry.routes:
            answer = Binding.of(route.handler).answer
            assert answer is not None, route.path
            found = [each for each in loose(kinds.type_info(answer), route.path) if "no input" in each]
            assert found == []


class Inner(Struct):
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


def test_what_is_loose_is_seen() -> None:
    assert list(loose(kinds.type_info(Loose), "")) == [
        ".text: StrType of any length",
        ".several[]: StrType of any length",
        ".pieces: ListType of any length",
        ".pieces[].count: IntType of any size",
        ".anything: AnyType is no input",
        ".mapping: DictType is no input",
        ".half: FloatType of any size",
    ]
