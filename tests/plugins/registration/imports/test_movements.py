"""Who may arrive, leave, change tenant or be away, and on which day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.registration.imports.movements import (
    AcceptedMovement,
    Key,
    MovementLine,
    MovementRules,
    Movements,
    RejectedMovement,
)
from plugins.registration.imports.verdicts import Finding, Reason

_HERE = ("resident", "11010519491231002X")
_ROLL = {
    ("T01", _HERE): date(2025, 1, 1),
    ("T02", _HERE): date(2025, 5, 1),
    ("T03", ("03", "E1234567")): date(2025, 2, 1),
}
_STARTS = {"T01": date(2025, 1, 1), "T02": date(2025, 1, 1), "T03": date(2025, 3, 3)}
_NO = "STATE_CONFLICT type"
_TYPES = ["ARRIVE", "DEPART", "TEMP_LEAVE", "RETURN", "OPT_OUT", "CHANGE_EMPLOYER"]


def _registered_on(tenant: str, key: Key) -> date | None:
    return _ROLL.get((tenant, key))


def _book() -> Movements:
    return Movements(MovementRules(year=2025, starts_on=_STARTS, registered_on=_registered_on))


def _line(row: int, day: str, kind: str, **changes: str) -> MovementLine:
    fields = {"ref": f"M{row}", "tenant": "T01", "id_type": "01", "id_no": "11010519491231002x", **changes}
    return MovementLine(row=row, date=day, type=kind, **fields)


def _told(*lines: MovementLine) -> list[str]:
    """By row: the reason of a rejection, or nothing."""
    verdicts = {v.row: v for v in _book().judge(lines)}
    found = [verdicts[line.row] for line in lines]
    return [
        f"{v.finding.reason} {v.finding.column}" if isinstance(v, RejectedMovement) else "" for v in found
    ]


@pytest.mark.parametrize(
    ("day", "changes", "told"),
    [
        ("2025/1/5", {}, "DATE_INVALID date"),
        ("2025-02-30", {}, "DATE_INVALID date"),
        ("20250105", {}, "DATE_INVALID date"),
        ("", {}, "DATE_INVALID date"),
        ("2024-12-31", {"tenant": "T09"}, "DATE_OUT_OF_YEAR date"),
        ("2025-01-05", {"tenant": "T09", "type": "FLY"}, "UNKNOWN_CODE tenant"),
        ("2025-01-05", {"type": "FLY", "id_no": "1"}, "UNKNOWN_CODE type"),
        ("2025-01-05", {"type": "CHANGE_EMPLOYER", "to_tenant": ""}, "UNKNOWN_CODE to_tenant"),
        ("2025-01-05", {"type": "CHANGE_EMPLOYER", "to_tenant": "T01"}, _NO),
        ("2025-01-05", {"type": "CHANGE_EMPLOYER", "to_tenant": "T03"}, "UNKNOWN_PERSON id_no"),
        ("2025-01-05", {"id_no": "110105194912310011"}, "UNKNOWN_PERSON id_no"),
        ("2025-01-05", {"id_type": "03"}, "UNKNOWN_PERSON id_no"),
        ("2025-01-05", {"id_type": "02", "id_no": " '11010519491231002x"}, ""),
        ("2025-01-05", {"type": "ARRIVE"}, _NO),
        ("2025-01-05", {"to_tenant": "T09"}, ""),
    ],
)
def test_first_failing_rule_is_told(day: str, changes: dict[str, str], told: str) -> None:
    line = _line(2, day, changes.get("type", "DEPART"), **{k: v for k, v in changes.items() if k != "type"})
    assert _told(line) == [told]


def test_lines_are_taken_by_date_then_row() -> None:
    assert _told(
        _line(2, "2025-06-01", "ARRIVE"),
        _line(3, "2025-05-01", "DEPART"),
        _line(4, "2025-06-01", "DEPART"),
        _line(5, "2025-04-30", "RETURN"),
    ) == ["", "", "", _NO]


def test_only_an_accepted_reference_blocks_a_second_one() -> None:
    assert _told(
        _line(2, "2025-01-05", "ARRIVE", ref="A"),
        _line(3, "2025-01-06", "DEPART", ref="A"),
        _line(4, "2025-01-07", "ARRIVE", ref="A"),
    ) == [_NO, "", "DUPLICATE_ROW ref"]


def test_away_is_set_and_cleared_without_leaving() -> None:
    assert _told(
        _line(2, "2025-01-05", "RETURN"),
        _line(3, "2025-01-06", "TEMP_LEAVE"),
        _line(4, "2025-01-07", "TEMP_LEAVE"),
        _line(5, "2025-01-08", "RETURN"),
        _line(6, "2025-01-09", "TEMP_LEAVE"),
        _line(7, "2025-01-10", "DEPART"),
        _line(8, "2025-01-11", "RETURN"),
        _line(9, "2025-01-12", "ARRIVE"),
        _line(10, "2025-01-13", "RETURN"),
    ) == [_NO, "", _NO, "", "", "", _NO, "", _NO]


def test_transfer_leaves_one_tenant_and_enters_the_other_or_does_neither() -> None:
    book = _book()
    change = {"to_tenant": "T02"}
    list(book.judge([_line(2, "2025-06-01", "CHANGE_EMPLOYER", **change)]))
    assert (book.state("T01", _HERE, date(2025, 6, 1)), book.state("T02", _HERE, date(2025, 6, 1))) == (
        "absent",
        "present",
    )
    assert _told(
        _line(2, "2025-05-01", "ARRIVE", tenant="T02"),
        _line(3, "2025-06-01", "CHANGE_EMPLOYER", **change),
        _line(4, "2025-06-02", "DEPART"),
    ) == ["", _NO, ""]


def test_initial_stock_is_present_from_the_start_day_of_a_late_tenant() -> None:
    late = {"tenant": "T03", "id_type": "03", "id_no": "e1234567"}
    assert _told(_line(2, "2025-03-02", "DEPART", **late), _line(3, "2025-03-03", "DEPART", **late)) == [
        _NO,
        "",
    ]
    assert _told(_line(2, "2025-03-01", "ARRIVE", **late), _line(3, "2025-03-03", "ARRIVE", **late)) == [
        "",
        _NO,
    ]


def test_person_registered_after_the_start_is_absent_until_she_arrives() -> None:
    assert _told(
        _line(2, "2025-05-02", "DEPART", tenant="T02"), _line(3, "2025-05-03", "ARRIVE", tenant="T02")
    ) == [_NO, ""]


@given(st.lists(st.tuples(st.integers(1, 28), st.sampled_from(_TYPES)), max_size=12))
def test_presence_changes_only_by_entering_and_leaving(moves: list[tuple[int, str]]) -> None:
    book = _book()
    lines = [
        _line(row, f"2025-06-{day:02d}", kind, to_tenant="T02")
        for row, (day, kind) in enumerate(moves, start=2)
    ]
    count = 1
    for verdict in book.judge(lines):
        if isinstance(verdict, AcceptedMovement):
            count += {"ARRIVE": 1, "TEMP_LEAVE": 0, "RETURN": 0}.get(verdict.type, -1)
        assert count in {0, 1}
    assert (book.state("T01", _HERE, date(2025, 6, 30)) != "absent") == bool(count)


def test_accepted_line_carries_normal_values() -> None:
    [verdict] = _book().judge([_line(2, "2025-01-05", "DEPART", to_tenant="T02", reason="GO_HOME")])
    assert verdict == AcceptedMovement(
        row=2,
        ref="M2",
        day=date(2025, 1, 5),
        tenant="T01",
        type="DEPART",
        key=_HERE,
        to_tenant="",
        reason="GO_HOME",
    )
    [refused] = _book().judge([_line(3, "2025-01-05", "ARRIVE")])
    assert refused == RejectedMovement(3, Finding(Reason.STATE_CONFLICT, "type"))
