"""The monthly form as data: its sections and cells, by version; a new version begins with a period.

What is filled in by hand stands here; what is computed is a published indicator of whatever plug-in has it.
A cell whose indicator is not there, because its plug-in is off, is left out of the form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from core.sdk import gettext_noop as _
from core.sdk.figures import Period

__all__ = ["FORM", "VERSIONS", "FormCell", "FormVersion", "Section", "form_of"]

FORM = "reporting.monthly"


class FormCell(Struct, frozen=True, kw_only=True):
    """One cell: `source` says whether it is computed, filled in, or the sum of other cells of its indicator."""

    indicator: str
    cut: str = ""
    source: Literal["computed", "hand", "sum"] = "computed"
    title: str = ""
    """A message id; empty: the indicator's own title and the words of the breakdown."""
    adds: tuple[str, ...] = ()
    """Of a sum: the cuts that it adds."""

    @property
    def key(self) -> str:
        """Its name in the web form: `emp_01_sex_1`."""
        parts = f"{self.indicator} {self.cut}".lower().replace("-", " ").replace("=", " ").split()
        return "_".join(parts)


class Section(Struct, frozen=True, kw_only=True):
    title: str
    cells: tuple[FormCell, ...]


class FormVersion(Struct, frozen=True, kw_only=True):
    """The form as it is from the month `since` (`2025-01`) on."""

    version: int
    since: str
    sections: tuple[Section, ...]

    @property
    def cells(self) -> Iterator[FormCell]:
        return (cell for section in self.sections for cell in section.cells)

    @property
    def hand(self) -> list[FormCell]:
        return [cell for cell in self.cells if cell.source == "hand"]

    @property
    def computed(self) -> list[str]:
        """The codes of the indicators that are taken from the figures."""
        return list(dict.fromkeys(cell.indicator for cell in self.cells if cell.source == "computed"))


VERSIONS = (
    FormVersion(
        version=1,
        since="1900-01",
        sections=(
            Section(
                title=_("Floating population"),
                cells=(
                    FormCell(indicator="POP-01"),
                    FormCell(indicator="POP-01", cut="sex=1"),
                    FormCell(indicator="POP-01", cut="sex=2"),
                    FormCell(indicator="POP-02"),
                    FormCell(indicator="POP-04"),
                    FormCell(indicator="POP-03"),
                    FormCell(indicator="POP-05"),
                ),
            ),
            Section(
                title=_("Employees of the member firms on the last day of the month"),
                cells=(
                    FormCell(indicator="EMP-01", cut="sex=1", source="hand", title=_("Male employees")),
                    FormCell(indicator="EMP-01", cut="sex=2", source="hand", title=_("Female employees")),
                    FormCell(indicator="EMP-01", source="sum", title=_("Employees"), adds=("sex=1", "sex=2")),
                ),
            ),
            Section(
                title=_("Activities of the month"),
                cells=(
                    FormCell(indicator="COM-02", source="hand", title=_("Activities held")),
                    FormCell(
                        indicator="COM-02",
                        cut="measure=PARTICIPANTS",
                        source="hand",
                        title=_("People who took part, each time counted"),
                    ),
                ),
            ),
        ),
    ),
)


def form_of(period: Period) -> FormVersion:
    """The version that holds for a month."""
    return max((each for each in VERSIONS if each.since <= period.name), key=lambda each: each.since)
