"""The check of an indicator's select at start: one harmless statement on the tables that it says it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from core.figures.indicators import Indicator

__all__ = ["ALLOWED_FUNCTIONS", "REFERENCE_TABLES", "behind_faults", "select_faults"]

BEHIND = ("tenant_id", "day", "cut", "person_id")

REFERENCE_TABLES = frozenset({"tenancy.tenant", "tenancy.region"})

# Nothing volatile, nothing that reads the session, the server or another table.
_FUNCTIONS = """
abs and any array array_agg between bool_and bool_or case cast ceil coalesce concat count date date_part
date_trunc dense_rank div exists explode exploding_generate_series extract first_value floor gcd
generate_series greatest if int_div interval lag last_value lcm lead least left length lower make_date max min
mod not nullif or rank replace right round row_number sign split_part starts_with string_agg substr substring
sum timestamp_trunc trim unnest upper width_bucket
"""
ALLOWED_FUNCTIONS = frozenset(_FUNCTIONS.split())

WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Lock, exp.Command, exp.DDL)


def select_faults(indicator: Indicator) -> Iterator[str]:
    """One sentence for each fault of the select."""
    yield from _faults(indicator, indicator.select, indicator.columns)


def behind_faults(indicator: Indicator) -> Iterator[str]:
    """The same of the select of the people behind it, where there is one."""
    if indicator.behind:
        yield from _faults(indicator, indicator.behind, BEHIND)


def _faults(indicator: Indicator, select: str, columns: tuple[str, ...]) -> Iterator[str]:
    try:
        parsed = _parsed(select)
    except SqlglotError as error:
        yield f"the select cannot be read: {str(error).splitlines()[0]}"
        return
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Query):
        yield "the select must be one SELECT or WITH statement."
        return
    query = parsed[0]
    if any(not isinstance(found, exp.Query) for found in query.find_all(*WRITES)):
        yield "the select must not write or lock."
    yield from _table_faults(query, indicator)
    yield from _function_faults(query)
    yield from _place_faults(query, indicator)
    yield from _column_faults(query, columns)


@lru_cache(maxsize=256)
def _parsed(select: str) -> Sequence[Any]:
    """Parsing takes most of the check, and a process may read its plug-ins several times."""
    return sqlglot.parse(select, dialect="postgres")


def _table_faults(query: exp.Query, indicator: Indicator) -> Iterator[str]:
    allowed = {source.table for source in indicator.reads} | REFERENCE_TABLES
    tables = list(_stored_tables(query))
    for name in tables:
        if name not in allowed:
            yield f"the table {name} is not among those that it says it reads."
    restricted = sum(parameter.name == "1" for parameter in query.find_all(exp.Parameter))
    if restricted < sum(name not in REFERENCE_TABLES for name in tables):
        yield "each table must be restricted by its own tenant_id = ANY($1)."


def _stored_tables(query: exp.Query) -> Iterator[str]:
    """Each use of a table, by its full name; not the query's own names and functions."""
    named = {cte.alias_or_name for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Func) and (table.db or table.name not in named):
            yield f"{table.db}.{table.name}"


def _function_faults(query: exp.Query) -> Iterator[str]:
    for function in query.find_all(exp.Func):
        name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
        if name.lower() not in ALLOWED_FUNCTIONS:
            yield f"the function {name.lower()} is not allowed in a select."


def _place_faults(query: exp.Query, indicator: Indicator) -> Iterator[str]:
    used = {parameter.name for parameter in query.find_all(exp.Parameter)}
    spans_days = indicator.adds_up_over_time or indicator.time_rule == "DISTINCT"
    needed = {"1", "2", "3"} if spans_days else {"1", "3"}
    if not needed <= used <= {"1", "2", "3"}:
        yield f"the places must be {_places(needed)}, not {_places(used)}."


def _places(names: set[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names))


def _column_faults(query: exp.Query, columns: tuple[str, ...]) -> Iterator[str]:
    if tuple(query.named_selects) != columns:
        yield f"the select must yield {', '.join(columns)}, not {', '.join(query.named_selects)}."
