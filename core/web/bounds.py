"""Every Struct that somebody fills in forbids what it does not know and says how much it takes."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, inspect

__all__ = ["input_faults"]

CLOSED = (
    *(inspect.BoolType, inspect.DateType, inspect.DateTimeType, inspect.UUIDType, inspect.NoneType),
    *(inspect.LiteralType, inspect.EnumType),
)
"""Kinds whose values are bounded by themselves."""
NUMBERS = (inspect.IntType, inspect.FloatType)
LISTS = (inspect.ListType, inspect.VarTupleType, inspect.SetType, inspect.FrozenSetType)


def input_faults(kind: type[Struct]) -> Iterator[str]:
    """One sentence for each field of the Struct, and of those inside it, that takes more than it says."""
    yield from _of_type(inspect.type_info(kind), kind.__name__)


def _of_type(kind: inspect.Type, place: str) -> Iterator[str]:
    if isinstance(kind, inspect.StructType):
        if not kind.forbid_unknown_fields:
            yield f"{kind.cls.__name__} does not say forbid_unknown_fields=True."
        for field in kind.fields:
            yield from _of_type(field.type, f"{kind.cls.__name__}.{field.name}")
    elif isinstance(kind, inspect.Metadata):
        yield from _of_type(kind.type, place)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _of_type(one, place)
    elif not isinstance(kind, CLOSED):
        yield from _of_open_type(kind, place)


def _of_open_type(kind: inspect.Type, place: str) -> Iterator[str]:
    if isinstance(kind, (inspect.StrType, *LISTS)):
        if kind.max_length is None:
            yield f"{place} has no max_length."
        if isinstance(kind, LISTS):
            yield from _of_type(kind.item_type, place)
    elif isinstance(kind, NUMBERS):
        if (kind.ge is None and kind.gt is None) or (kind.le is None and kind.lt is None):
            yield f"{place} has no least or no greatest value."
    else:
        yield f"{place} takes anything; name a Struct, a text, a number, a day, an id, or a list of these."
