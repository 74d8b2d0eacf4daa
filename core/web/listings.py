"""Lists on pages: the columns that a page declares, what its address asks of them, and what is shown.

Sort, columns and place stand in the address beside the page's own filters, so a list can be bookmarked and sent on. The
rows come from the page: it reads them in the order asked for, one page at a time, by keyset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlencode

from msgspec import Meta, Struct, structs

from core.kernel.cursors import Cursor

__all__ = ["Cell", "ListColumn", "ListQuery", "Listing", "Order", "Picking", "Row", "arranged", "order_of"]

Thing = TypeVar("Thing")
Tone = Literal["", "on", "off", "warning", "bad"]


class ListColumn(Struct, frozen=True, kw_only=True):
    """The first column of a list is the thing itself, with its link; it can be neither moved nor hidden."""

    name: str
    title: str
    """A message id."""
    is_number: bool = False
    can_sort: bool = False
    is_shown: bool = True
    """From the beginning; the reader may choose others."""


class ListQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every list takes from its address; a page with filters of its own inherits from it."""

    sort: Annotated[str, Meta(max_length=40)] = ""
    """The name of a column, with `-` before it from its end; what is not known here is passed over."""
    columns: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=40)] = ()
    """Those to be shown; none = as the page declares."""
    after: Cursor = ""


class Order(Struct, frozen=True):
    """By which column, and whether from its end."""

    by: str
    descends: bool = False

    @property
    def word(self) -> str:
        return f"-{self.by}" if self.descends else self.by


class Cell(Struct, frozen=True, kw_only=True):
    """What stands in one place; an empty text is a dash, since what is not known is no nought."""

    text: str = ""
    address: str = ""
    beside: str = ""
    tone: Tone | None = None
    """Given, the text is a badge."""
    reason: str = ""
    """Why it is not known, as a sentence."""


class Row(Struct, frozen=True, kw_only=True):
    """Cells by the names of their columns; `key` is what a picked row is sent as."""

    key: str
    cells: Mapping[str, Cell]


class Picking(Struct, frozen=True, kw_only=True):
    """Something that is done with several rows at once: a form that sends their keys."""

    address: str
    action: str
    """On the button, in the reader's language."""
    name: str = "picked"


class Listing(Struct, frozen=True, kw_only=True):
    """A list as `lists.shown` of `web/lists.html` draws it."""

    columns: Sequence[ListColumn]
    rows: Sequence[Row]
    address: str
    order: Order
    chosen: frozenset[str]
    """The columns that are shown."""
    filters: Mapping[str, str]
    """The page's own filters as they stand in the address."""
    asked: ListQuery
    more: str = ""
    """The cursor of the next page."""
    exports: Mapping[str, str] = {}
    """The addresses of files with what is shown, by what is written on the link."""
    picking: Picking | None = None
    totals: Mapping[str, Cell] = {}

    @classmethod
    def of(
        cls,
        columns: Sequence[ListColumn],
        query: ListQuery,
        address: str,
        *,
        filters: Mapping[str, object] = {},
        **given: Any,
    ) -> Listing:
        """`filters`: what else stands in the address; what is empty is left out of it."""
        return cls(
            columns=columns,
            address=address,
            order=order_of(columns, query),
            chosen=_chosen(columns, query.columns),
            filters={name: str(value) for name, value in filters.items() if value},
            asked=query,
            **given,
        )

    @property
    def shown(self) -> list[ListColumn]:
        return [column for column in self.columns if column.name in self.chosen]

    def lines(
        self, heads: Sequence[str]
    ) -> Iterator[tuple[str, Cell, list[tuple[str, str, str, str, str, str]]]]:
        """Each row as its template wants it: its key, the thing itself, and the parts of the other shown cells.

        `heads`: what each of these cells begins with, so that it is made once and not for every row.
        """
        first, *names = [column.name for column in self.shown]
        begun = list(zip(heads, names, strict=True))
        for row in self.rows:
            cells = row.cells
            yield row.key, cells[first], [(head, *_parts(cells[name])) for head, name in begun]

    @property
    def can_choose(self) -> bool:
        return len(self.columns) > 2

    def at(self, **changed: str) -> str:
        """The address of this list with something changed; a changed sort begins again at the top."""
        asked = {"sort": self.asked.sort, "columns": ",".join(self.asked.columns), **changed}
        given = {name: value for name, value in {**self.filters, **asked}.items() if value}
        return f"{self.address}?{urlencode(given)}" if given else self.address

    def with_files(self, files: Mapping[str, str]) -> Listing:
        """Files with what is shown: the same filters, order and columns; `files` are addresses by their words."""
        asked = self.at().partition("?")[2]
        return structs.replace(
            self, exports={text: f"{at}?{asked}" if asked else at for text, at in files.items()}
        )

    def sorted_by(self, column: ListColumn) -> str:
        """Another click turns it round."""
        is_turned = self.order.by == column.name and not self.order.descends
        return self.at(sort=f"-{column.name}" if is_turned else column.name)

    def stands(self, column: ListColumn) -> str:
        """The value of aria-sort."""
        if self.order.by != column.name:
            return "none"
        return "descending" if self.order.descends else "ascending"


def order_of(columns: Sequence[ListColumn], query: ListQuery) -> Order:
    """What the address asks for, as far as the list can do it; else its first column."""
    wished = query.sort.removeprefix("-")
    if any(column.name == wished and column.can_sort for column in columns):
        return Order(wished, query.sort.startswith("-"))
    return Order(columns[0].name)


def arranged(
    things: Iterable[Thing], order: Order, keys: Mapping[str, Callable[[Thing], Any]]
) -> list[Thing]:
    """A short list that is in memory as a whole, in the order asked for; what has no value comes last."""
    key = keys[order.by]
    known = [thing for thing in things if key(thing) is not None]
    unknown = [thing for thing in things if key(thing) is None]
    return [*sorted(known, key=key, reverse=order.descends), *unknown]


def _chosen(columns: Sequence[ListColumn], wished: Sequence[str]) -> frozenset[str]:
    known = {column.name for column in columns}
    named = known & set(wished) or {column.name for column in columns if column.is_shown}
    return frozenset({columns[0].name, *named})


def _parts(cell: Cell) -> tuple[str, str, str, str, str]:
    """What stands there, and its address, the class of its badge, what stands beside it, why it is not known."""
    badge = "" if cell.tone is None else f"badge {cell.tone}"
    return cell.text, cell.address, badge, cell.beside, cell.reason
