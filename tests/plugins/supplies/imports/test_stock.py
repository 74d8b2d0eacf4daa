"""Verdicts of stock.csv: the seven rows of the format, and the edges of each rule."""

from __future__ import annotations

from datetime import date

import pytest

from core.sdk.people import Document, PersonRow
from plugins.supplies.imports.stock import AcceptedRow, Stock, StockLine, StockRules, expiry_of

P1 = PersonRow(document=Document(id_type="03", number="P1"), name="一", registered_on=date(2020, 1, 1))
P2 = PersonRow(document=Document(id_type="03", number="P2"), name="二", registered_on=date(2020, 1, 1))
KNOWN = {("T01", "P1"): P1, ("T01", "P2"): P2, ("T02", "P1"): P1}

RULES = StockRules(
    year=2025,
    tenants={"T01", "T02", "T03"},
    having_it={"T01", "T02"},
    points={("T01", "S"), ("T01", "B"), ("T02", "S"), ("T03", "S")},
    caps={"CON-M": 30, "PILL": None},
    anonymous={"CON-M"},
    recalled_on={("CON-M", "R"): date(2025, 6, 1)},
    find=lambda tenant, _id_type, id_no: KNOWN.get((tenant, id_no)),
)
A, B = "A 202503", "B 2027-06-30"


def judged(*told: str) -> list[str]:
    """`2025-01-10 ISSUE A 202503 20 P1`: day, kind, lot, expiry, quantity, person; then `tenant=T02` and the like."""
    lines: list[StockLine] = []
    for row, text in enumerate(told, start=1):
        words = text.split()
        named = dict(word.split("=") for word in words if "=" in word)
        day, kind, lot, expiry, quantity, *person = [word for word in words if "=" not in word]
        values = {
            "ref": f"R{row}", "date": day, "tenant": "T01", "point": "S", "sku": "CON-M", "lot": lot,
            "expiry": expiry, "kind": kind, "quantity": quantity, "id_type": "03" if person else "",
            "id_no": person[0] if person else "",
        }  # fmt: skip
        lines.append(StockLine(row=row, **values | named))
    verdicts = {one.row: one for one in Stock(RULES).judge(lines)}
    return [
        ("FEFO_SKIPPED" if one.is_out_of_turn else "")
        if isinstance(one, AcceptedRow)
        else f"{one.reason} {one.column}"
        for _row, one in sorted(verdicts.items())
    ]


def test_the_seven_rows_of_the_format():
    assert judged(
        f"2025-01-01 RECEIPT {A} 30",
        f"2025-01-01 RECEIPT {B} 100",
        f"2025-01-10 ISSUE {A} 20 P1",
        f"2025-01-12 ISSUE {A} 15",
        f"2025-01-25 RETURN {A} 10 P1",
        f"2025-02-03 ISSUE {B} 5",
        f"2025-04-02 LOSS {A} 20 reason=EXPIRED",
    ) == ["", "", "", "LOT_BALANCE quantity", "", "FEFO_SKIPPED", ""]


def test_rows_are_judged_in_the_order_of_their_days_and_lines():
    assert judged(f"2025-01-03 ISSUE {A} 5", f"2025-01-02 RECEIPT {A} 5", f"2025-01-02 ISSUE {A} 1") == [
        "LOT_BALANCE quantity", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ("2025-02-30 X A x 0 tenant=X", "DATE_INVALID date"),
        ("20250201 ISSUE A 202503 1", "DATE_INVALID date"),
        ("2024-12-31 X A x 0 tenant=X", "DATE_OUT_OF_YEAR date"),
        ("2025-01-02 X A x 0 tenant=X", "UNKNOWN_CODE tenant"),
        ("2025-01-02 X A x 0 tenant=T03 point=B", "UNKNOWN_CODE point"),
        ("2025-01-02 X A x 0 tenant=T03 sku=X", "PLUGIN_DISABLED tenant"),
        ("2025-01-02 X A x 0 sku=X", "UNKNOWN_SKU sku"),
        ("2025-01-02 X A x 0", "UNKNOWN_CODE kind"),
        (f"2025-01-02 ISSUE {A} 0 ref=R1", "BAD_QUANTITY quantity"),
        (f"2025-01-02 ISSUE {A} -1", "BAD_QUANTITY quantity"),
        (f"2025-01-02 ISSUE {A} 1.0", "BAD_QUANTITY quantity"),
        (f"2025-01-02 ADJUST {A} 0", "BAD_QUANTITY quantity"),
        (f"2025-01-02 ADJUST {A} -3", ""),
        (f"2025-01-02 ADJUST {A} -31", "LOT_BALANCE quantity"),
        (f"2025-01-02 ISSUE {A} 1 P9 ref=R1", "DUPLICATE_ROW ref"),
        (f"2025-01-02 ISSUE {A} 1 P9 sku=PILL", "UNKNOWN_PERSON id_no"),
        (f"2025-01-02 RECEIPT {A} 1 P2 tenant=T02", "UNKNOWN_PERSON id_no"),
        (f"2025-01-02 ISSUE {A} 1 sku=PILL", "ANONYMOUS_NOT_ALLOWED id_no"),
        (f"2025-01-02 LOSS {A} 1 sku=PILL", "UNKNOWN_LOT lot"),
        (f"2025-01-02 RETURN {A} 1 point=B", "UNKNOWN_LOT lot"),
        (f"2025-01-02 ISSUE {A} 1 tenant=T02", "UNKNOWN_LOT lot"),
        (f"2025-01-02 TRANSFER_IN {A} 1 point=B", ""),
        ("2025-01-02 RECEIPT N 202513 1", "DATE_INVALID expiry"),
        (f"2025-03-31 ISSUE {A} 30 P1", ""),
        (f"2025-04-01 ISSUE {A} 31 P1", "LOT_EXPIRED lot"),
        (f"2025-03-01 ISSUE {A} 31 P1", "CAP_EXCEEDED quantity"),
        (f"2025-03-01 ISSUE {A} 31", "LOT_BALANCE quantity"),
        (f"2025-04-01 LOSS {A} 30", ""),
    ],
)
def test_the_first_rule_that_fails_is_told(row: str, verdict: str):
    assert judged(f"2025-01-01 RECEIPT {A} 30", row)[1] == verdict


def test_a_recalled_lot_is_not_issued_from_the_day_of_its_recall_and_not_expected_first():
    lot = "R 2026-01-01"
    assert judged(
        f"2025-01-01 RECEIPT {lot} 30", f"2025-01-01 RECEIPT {B} 30", f"2025-05-31 ISSUE {B} 1",
        f"2025-05-31 ISSUE {lot} 1", f"2025-06-01 ISSUE {lot} 1", f"2025-06-01 ISSUE {B} 1",
        f"2025-06-02 LOSS {lot} 29",
    ) == ["", "", "FEFO_SKIPPED", "", "LOT_RECALLED lot", "", ""]  # fmt: skip


def test_what_was_returned_may_be_had_again_up_to_the_cap_and_only_here():
    assert judged(
        f"2025-01-01 RECEIPT {B} 90", f"2025-01-01 RECEIPT {B} 90 tenant=T02", f"2025-01-02 ISSUE {B} 25 P1",
        f"2025-01-02 ISSUE {B} 30 P1 tenant=T02", f"2025-01-03 ISSUE {B} 6 P1",
        f"2025-01-03 RETURN {B} 1 P1", f"2025-01-03 ISSUE {B} 6 P1", f"2025-01-03 ISSUE {B} 1 P1",
        f"2025-01-03 ISSUE {B} 30 P2",
    ) == ["", "", "", "", "CAP_EXCEEDED quantity", "", "", "CAP_EXCEEDED quantity", ""]  # fmt: skip


def test_points_of_two_tenants_may_have_the_same_code():
    assert judged(f"2025-01-01 RECEIPT {B} 9", f"2025-01-02 RETURN {B} 1 tenant=T02") == [
        "",
        "UNKNOWN_LOT lot",
    ]


def test_an_expiry_is_a_day_or_the_last_day_of_a_month():
    told = {text: expiry_of(text) for text in ("202402", "2025-03-01", "202500", "000001", "2025-3-1", "")}
    assert [text for text, day in told.items() if day] == ["202402", "2025-03-01"]
    assert told["202402"] == date(2024, 2, 29)
