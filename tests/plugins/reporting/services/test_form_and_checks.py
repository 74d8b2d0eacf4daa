"""The form as data, and what keeps a cell from being sent."""

from __future__ import annotations

from fractions import Fraction

import pytest

from core.sdk import Indicator, Source
from core.sdk.figures import Figure, parse_period
from plugins.reporting.forms import CellsForm, remark_name
from plugins.reporting.services import form as forms
from plugins.reporting.services.checks import check_cell
from plugins.reporting.services.form import VERSIONS, FormCell, FormVersion, Section, form_of

PEOPLE = Indicator(
    code="COM-02", title="", unit="", org_rule="SUM", time_rule="SUM", reads=(Source("x.y"),), select=""
)
TOTAL = FormCell(indicator="COM-02", source="hand")
PARTICIPANTS = FormCell(indicator="COM-02", cut="measure=PARTICIPANTS", source="hand")


class Typed:
    def __init__(self, **values: int | None) -> None:
        self._values = values

    def figure(self, cell: FormCell, indicator: Indicator) -> Figure | None:
        value = self._values.get("participants" if cell.cut else "total")
        return None if value is None else Figure(indicator="", period="", cut="", value=Fraction(value))


@pytest.mark.parametrize(
    ("now", "before", "remark", "blocks"),
    [
        (None, 100, "", True),
        (None, 100, "We do not know.", True),
        (0, 0, "", None),
        (120, 100, "", None),
        (131, 100, "", True),
        (69, 100, "", True),
        (130, 100, "", None),
        (131, 100, "A new firm.", False),
        (20, 0, "", None),
        (21, 0, "", True),
        (500, None, "", None),
    ],
)
def test_a_jump_wants_a_word_and_an_empty_cell_a_number(now, before, remark, blocks):
    earlier = None if before is None else Fraction(before)
    problem = check_cell(TOTAL, Typed(total=now), PEOPLE, earlier, remark)
    assert (problem.blocks if problem else None) is blocks


def test_fewer_people_than_activities_want_a_word():
    fewer, enough = Typed(total=9, participants=8), Typed(total=9, participants=9)
    problem = check_cell(PARTICIPANTS, fewer, PEOPLE, None, "")
    assert problem is not None
    assert problem.blocks
    assert check_cell(PARTICIPANTS, fewer, PEOPLE, None, "Two were rained off.") is None
    assert check_cell(PARTICIPANTS, enough, PEOPLE, None, "") is None


def test_what_is_computed_may_be_unknown():
    assert check_cell(FormCell(indicator="POP-01"), Typed(), PEOPLE, None, "") is None


def test_a_new_version_holds_from_its_month_on(monkeypatch):
    later = FormVersion(version=2, since="2026-01", sections=(Section(title="", cells=(TOTAL,)),))
    monkeypatch.setattr(forms, "VERSIONS", (later, *VERSIONS))
    assert form_of(parse_period("2025-12")).version == 1
    assert form_of(parse_period("2026-01")).version == 2
    assert form_of(parse_period("2999-12")).computed == []


def test_every_cell_has_a_name_of_its_own_that_the_web_form_takes():
    for version in VERSIONS:
        keys = [cell.key for cell in version.cells]
        assert len(keys) == len(set(keys))
        assert {cell.key for cell in version.hand} | {remark_name(key) for key in keys} <= set(
            CellsForm.__struct_fields__
        )
        for cell in version.cells:
            parts = {each.cut for each in version.hand if each.indicator == cell.indicator}
            assert set(cell.adds) <= parts
