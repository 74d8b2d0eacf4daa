"""Each rule of a roster, one spoiled cell at a time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.errors import BadInput
from core.kernel.sheets.cells import Cell, Row
from core.people.documents import check_character
from plugins.registration.imports.columns import COLUMNS
from plugins.registration.imports.days import roster_day
from plugins.registration.imports.roster import Accepted, Rejected, Roster, RosterEntry, RosterRules
from plugins.registration.imports.verdicts import Finding, Reason

_RULES = RosterRules(
    firm_names={"星河镇华星制衣有限公司", "华星制衣"}, synthetic_ids=True, known_divisions={"000000"}
)
_HEADER: tuple[Cell, ...] = COLUMNS


def _number(born: str = "19900301", sequence: int = 2, prefix: str = "000000") -> str:
    bare = f"{prefix}{born}{sequence:03d}"
    return bare + check_character(bare)


_GOOD: dict[str, Cell] = {
    "序号": 1,
    "姓名": "张  三",
    "性别": "女",
    "人员类别": "职工",
    "证件类型": "身份证",
    "证件号码": _number(),
    "出生日期": "1990/3/1",
    "户籍地代码": "430500",
    "户籍省": "湖南省",
    "联系电话": 19900007280,
    "登记日期": date(2025, 3, 1),
    "入职日期": "20250228",
    "企业": "华星制衣",
    "车间": "三车间",
    "岗位": "操作工",
    "居住类型": "租房",
    "居住事由": "务工",
    "是否流动": "是",
}


def _cells(**changes: Cell) -> tuple[Cell, ...]:
    return tuple({**_GOOD, **changes}.values())


def _roster(rules: RosterRules = _RULES) -> Roster:
    roster = Roster(rules)
    assert roster.feed(Row("", 1, _HEADER)) is None
    return roster


def _verdict(**changes: Cell) -> Accepted | Rejected | None:
    return _roster().feed(Row("", 2, _cells(**changes)))


def _entry(**changes: Cell) -> RosterEntry:
    verdict = _verdict(**changes)
    assert isinstance(verdict, Accepted)
    return verdict.entry


def test_good_row_becomes_an_entry() -> None:
    assert _verdict() == Accepted(
        "",
        2,
        RosterEntry(
            name="张三",
            sex="2",
            is_employee=True,
            id_type="01",
            number=_number(),
            birth_date=date(1990, 3, 1),
            origin="43",
            division="430500",
            phone="19900007280",
            registered_on=date(2025, 3, 1),
            hired_on=date(2025, 2, 28),
            firm="华星制衣",
            workshop="三车间",
            post="操作工",
            dwelling="租房",
            purpose="务工",
            is_floating=True,
        ),
        (),
    )


_IN_ORDER: list[tuple[str, Cell, Reason]] = [
    ("姓名", " \u3000\n", Reason.MISSING_REQUIRED),
    ("证件类型", "驾驶证", Reason.UNKNOWN_CODE),
    ("证件号码", "' ", Reason.MISSING_REQUIRED),
    ("证件号码", 199003010023, Reason.ID_AS_NUMBER),
    ("证件号码", "1.99003E+11", Reason.ID_AS_NUMBER),
    ("证件号码", "000000900301002", Reason.ID_FORMAT),
    ("证件号码", "000000199002300021", Reason.ID_DATE_INVALID),
    ("证件号码", _number()[:-1] + ("0" if _number()[-1] != "0" else "1"), Reason.ID_CHECK_DIGIT),
    ("性别", "不详", Reason.UNKNOWN_CODE),
    ("出生日期", "1990.3.1", Reason.DATE_INVALID),
    ("登记日期", None, Reason.MISSING_REQUIRED),
    ("登记日期", "2025/2/30", Reason.DATE_INVALID),
    ("入职日期", 45717, Reason.DATE_INVALID),
    ("是否流动", "待定", Reason.UNKNOWN_CODE),
    ("人员类别", None, Reason.UNKNOWN_CODE),
]


@pytest.mark.parametrize(("column", "value", "reason"), _IN_ORDER)
def test_one_bad_cell_rejects_the_row(column: str, value: Cell, reason: Reason) -> None:
    assert _verdict(**{column: value}) == Rejected("", 2, Finding(reason, column))


def test_of_several_faults_the_first_is_told() -> None:
    for place, (column, value, reason) in enumerate(_IN_ORDER):
        later: dict[str, Cell] = {c: v for c, v, _ in _IN_ORDER[place + 1 :] if c != column}
        assert _verdict(**{**later, column: value}) == Rejected("", 2, Finding(reason, column))


def test_second_row_with_the_same_number_is_rejected_whatever_its_sheet_and_type() -> None:
    roster = _roster()
    roster.feed(Row("随行家属", 3, _HEADER))
    assert isinstance(roster.feed(Row("", 2, _cells(姓名=None))), Rejected)
    assert isinstance(roster.feed(Row("", 3, _cells())), Accepted)
    again = roster.feed(Row("随行家属", 9, _cells(证件类型="02", 证件号码=f" ’{_number()}")))
    assert again == Rejected("随行家属", 9, Finding(Reason.DUPLICATE_IN_FILE, "证件号码"))


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({"联系电话": "29900001234"}, [(Reason.PHONE_MALFORMED, "联系电话")]),
        ({"联系电话": None}, []),
        ({"联系电话": "0571-88886666"}, []),
        ({"性别": "男"}, [(Reason.SEX_ID_MISMATCH, "性别")]),
        ({"性别": "未知"}, []),
        ({"证件号码": _number(prefix="009901")}, [(Reason.DIVISION_UNKNOWN, "证件号码")]),
        ({"证件号码": _number(prefix="422123")}, []),
        ({"企业": "外包单位"}, [(Reason.ENTERPRISE_UNKNOWN, "企业")]),
        ({"企业": None}, []),
        (
            {"性别": 1, "联系电话": "无", "企业": "x"},
            [
                (Reason.PHONE_MALFORMED, "联系电话"),
                (Reason.SEX_ID_MISMATCH, "性别"),
                (Reason.ENTERPRISE_UNKNOWN, "企业"),
            ],
        ),
    ],
)
def test_odd_values_are_accepted_with_a_warning(
    changes: dict[str, Cell], warnings: list[tuple[Reason, str]]
) -> None:
    verdict = _verdict(**changes)
    assert isinstance(verdict, Accepted)
    assert list(verdict.warnings) == [Finding(*warning) for warning in warnings]


@pytest.mark.parametrize(
    ("code", "province", "origin"),
    [
        ("430500", "广东省", "43"),
        (None, "广西壮族自治区", "45"),
        (None, "52", "52"),
        (None, "境外", "FOR"),
        (None, "本地", "00"),
        (None, None, "NS"),
        (None, "某地", "NS"),
        ("4305", "湖南", "43"),
        (430500, None, "43"),
        (" ４３０５００", None, "43"),
    ],
)
def test_origin_is_the_division_then_the_province(code: Cell, province: Cell, origin: str) -> None:
    assert _entry(户籍地代码=code, 户籍省=province).origin == origin


@pytest.mark.parametrize(
    ("typed", "sex"), [("男性", "1"), (1, "1"), ("２", "2"), ("未说明", "9"), (None, "9"), ("0", "0")]
)
def test_sex_has_several_forms(typed: Cell, sex: str) -> None:
    assert _entry(性别=typed).sex == sex


def test_birth_date_comes_from_the_number_if_it_must() -> None:
    assert _entry(出生日期=None).birth_date == date(1990, 3, 1)
    assert _entry(出生日期=None, 证件类型="护照", 证件号码="e12345678").birth_date is None


def test_passport_with_an_e_is_no_figure() -> None:
    assert _entry(证件类型="03", 证件号码="12E345").number == "12E345"


def test_synthetic_numbers_are_taken_only_where_they_are_allowed() -> None:
    verdict = _roster(RosterRules(firm_names=set())).feed(Row("", 2, _cells()))
    assert verdict == Rejected("", 2, Finding(Reason.ID_FORMAT, "证件号码"))


@given(st.permutations(range(len(COLUMNS))))
def test_columns_stand_in_any_order(order: list[int]) -> None:
    roster = Roster(_RULES)
    roster.feed(Row("", 1, tuple(COLUMNS[place] for place in order)))
    verdict = roster.feed(Row("", 2, tuple(_cells()[place] for place in order)))
    assert verdict == _verdict()


def test_header_is_found_under_titles_with_aliases_and_line_breaks() -> None:
    roster = Roster(_RULES)
    header = (
        "姓 名",
        "身份证\n号码",
        "登记日期（不是列）",
        "来镇登记日期",
        "是否流动人口",
        "人员类别",
        "证件类型",
        "手机号",
        "所在企业",
    )
    assert roster.feed(Row("职工名册", 1, ("姓名表", "证件号码请用文本"))) is None
    assert roster.feed(Row("职工名册", 4, header)) is None
    cells = ("张三", _number(), None, "2025-3-1", "Y", "家属", "02", "19900007280", "华星制衣")
    verdict = roster.feed(Row("职工名册", 6, cells))
    assert isinstance(verdict, Accepted)
    assert (verdict.row, verdict.entry.is_employee, verdict.entry.phone) == (6, False, "19900007280")
    assert roster.tallies["职工名册"].missing == ()


@pytest.mark.parametrize("total", ["合计", "总 计", "小计"])
def test_everything_from_the_totals_on_is_ignored(total: str) -> None:
    roster = _roster()
    assert isinstance(roster.feed(Row("", 2, _cells())), Accepted)
    assert roster.feed(Row("", 3, (None, " ", total, "1人"))) is None
    assert roster.feed(Row("", 4, _cells(证件号码="x"))) is None
    assert roster.tallies[""].rows == 1


def test_blank_rows_and_notes_are_no_data() -> None:
    roster = Roster(_RULES)
    assert roster.feed(Row("说明", 1, _HEADER)) is None
    assert roster.feed(Row("说明", 2, _cells())) is None
    roster.feed(Row("名册", 1, _HEADER))
    assert roster.feed(Row("名册", 2, (" ", "\u3000", None))) is None
    assert isinstance(roster.feed(Row("名册", 3, _cells())), Accepted)
    assert {sheet: tally.rows for sheet, tally in roster.tallies.items()} == {"名册": 1}


def test_total_in_the_middle_of_a_row_is_data() -> None:
    assert isinstance(_verdict(岗位="合计"), Accepted)


def test_missing_columns_are_named() -> None:
    roster = Roster(_RULES)
    roster.feed(Row("", 1, ("姓名", "证件号码", "登记日期")))
    assert roster.tallies[""].missing == ("人员类别", "证件类型", "是否流动")


def test_file_without_a_header_is_refused_in_words() -> None:
    roster = Roster(_RULES)
    roster.feed(Row("", 1, ("姓名", "电话")))
    with pytest.raises(BadInput, match="header row"):
        roster.finish()


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.sampled_from("/-"), st.booleans())
def test_written_days_are_read(day: date, mark: str, is_padded: bool) -> None:
    month, number = (f"{day.month:02d}", f"{day.day:02d}") if is_padded else (str(day.month), str(day.day))
    assert roster_day(f"{day.year:04d}{mark}{month}{mark}{number}") == day
    assert roster_day(f"'{day.year:04d}{day.month:02d}{day.day:02d} ") == day


@pytest.mark.parametrize(
    "cell",
    [
        "2025-3/1",
        "25-3-1",
        "2025年3月1日",
        "2025/13/1",
        "20250230",
        "2025-3-1 10:00",
        "６月",
        45717,
        20250301,
        0.5,
    ],
)
def test_other_days_are_refused(cell: Cell) -> None:
    with pytest.raises(ValueError, match=r".*"):
        roster_day(cell)
