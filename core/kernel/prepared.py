"""Queries of Piccolo's that are built once: what changes from call to call is their values alone.

Building and compiling a query costs more than the database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from piccolo.columns import Column
from piccolo.columns.combination import WhereRaw
from piccolo.query.base import Query

from core.kernel.db import DB, Row, current

__all__ = ["Prepared", "among"]


class _Value:
    """Stands for a value while the query is built; its text may not depend on it."""

    def __init__(self, place: int) -> None:
        self.place = place


class Prepared:
    """`seen = Prepared(lambda person: Seen.select().where(Seen.person_id == person))`, then `await seen(person)`.

    The values are compared or handed to `among`, never looked at. Of a tenant's table the tenant is asked at
    every call. The rows come as the database gives them; a condition on None has to be a query of its own.
    """

    def __init__(self, make: Callable[..., Query[Any, Any]]) -> None:
        self._make = make
        self._text = ""
        self._plan: list[Any] = []

    async def __call__(self, *values: object) -> list[Row]:
        transaction = current()
        if not self._text:
            self._build(len(values))
        tenant = transaction.scope.tenant
        arguments = [
            values[each.place] if isinstance(each, _Value) else tenant if each is _TENANT else each
            for each in self._plan
        ]
        return await transaction.fetch(self._text, *arguments)

    async def first(self, *values: object) -> Row | None:
        """The first row, for queries that find at most one."""
        rows = await self(*values)
        return rows[0] if rows else None

    def _build(self, count: int) -> None:
        (querystring,) = self._make(*(_Value(place) for place in range(count))).querystrings
        self._text, arguments = querystring.compile_string(engine_type=DB.engine_type)
        tenant = current().scope.tenant
        self._plan = [_TENANT if tenant is not None and each == tenant else each for each in arguments]


_TENANT = object()


def among(column: Column, values: Sequence[Any] | Any) -> WhereRaw:
    """`column` is one of `values`: one text, and so one plan, however many there are."""
    name = column.get_where_string(engine_type=DB.engine_type)
    return WhereRaw(f"{name} = ANY({{}}::{column.column_type}[])", values)
