"""What the pages take. The fields of the monthly form are made from its cells, so that a new version brings its own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from core.sdk import Code, Line, Version
from plugins.reporting.services.form import VERSIONS

__all__ = [
    "LARGEST",
    "ActForm",
    "BatchForm",
    "CellsForm",
    "DecideForm",
    "MonthQuery",
    "YearQuery",
    "remark_name",
]

LARGEST = 10_000_000

Number: Any = Annotated[int, Meta(ge=0, le=LARGEST)]


def remark_name(key: str) -> str:
    return f"remark_{key}"


def _fields() -> list[tuple[str, Any, Any]]:
    cells = [cell for version in VERSIONS for cell in version.cells]
    numbers = dict.fromkeys(cell.key for cell in cells if cell.source == "hand")
    remarks = dict.fromkeys(remark_name(cell.key) for cell in cells)
    return [(key, Number | None, None) for key in numbers] + [(name, Line, "") for name in remarks]


CellsForm = msgspec.defstruct(
    "CellsForm",
    [("version", Version), ("act", Literal["save", "prepare", "submit"], "save"), *_fields()],
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    module=__name__,
)
"""`version` of the report that was shown; the cells by `FormCell.key`, and a remark to each."""


class ActForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Version


class DecideForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    submission: Version
    reason: Line = ""
    cell: Code = ""
    """`EMP-01 sex=1`: what the reason is about; empty: the whole report."""


class BatchForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`seen` are the reports that were looked at: `T01:1,T02:3`, codes and submissions."""

    seen: Annotated[str, Meta(max_length=4000)] = ""


class MonthQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Code = ""


class YearQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    year: Annotated[int, Meta(ge=1900, le=2999)] | None = None
