"""The demonstration town keeps to the exchange format and exercises all of it."""

from __future__ import annotations

import csv
import io
import re
import tomllib
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from core.demo import generate
from core.people.documents import fault_of
from core.tenancy.uscc import uscc_fault

if TYPE_CHECKING:
    from .conftest import Reading

ROSTER_REJECTS = {
    ("MISSING_REQUIRED", "姓名"),
    ("UNKNOWN_CODE", "证件类型"),
    ("MISSING_REQUIRED", "证件号码"),
    ("ID_AS_NUMBER", "证件号码"),
    ("ID_FORMAT", "证件号码"),
    ("ID_DATE_INVALID", "证件号码"),
    ("ID_CHECK_DIGIT", "证件号码"),
    ("UNKNOWN_CODE", "性别"),
    ("DATE_INVALID", "出生日期"),
    ("MISSING_REQUIRED", "登记日期"),
    ("DATE_INVALID", "登记日期"),
    ("DATE_INVALID", "入职日期"),
    ("UNKNOWN_CODE", "是否流动"),
    ("UNKNOWN_CODE", "人员类别"),
    ("DUPLICATE_IN_FILE", "证件号码"),
}
MOVEMENT_REJECTS = {
    ("DATE_INVALID", "date"),
    ("DATE_OUT_OF_YEAR", "date"),
    ("UNKNOWN_CODE", "tenant"),
    ("UNKNOWN_CODE", "type"),
    ("UNKNOWN_CODE", "to_tenant"),
    ("DUPLICATE_ROW", "ref"),
    ("UNKNOWN_PERSON", "id_no"),
    ("STATE_CONFLICT", "type"),
}
WARNINGS = {"PHONE_MALFORMED", "SEX_ID_MISMATCH", "DIVISION_UNKNOWN", "ENTERPRISE_UNKNOWN"}
LIMITS, FLAGS = "cap_per_person_year,shelf_life_months", "anonymous_allowed,tracer,gate"
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ROLES = {
    "town_admin",
    "town_analyst",
    "auditor",
    "rights_consultant",
    "tenant_officer",
    "station_staff",
    "medical_staff",
    "tenant_reporter",
}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_arguments_give_the_same_bytes(demo: Reading, tmp_path: Path) -> None:
    generate(tmp_path, today=date(2026, 11, 24))
    assert files(tmp_path) == files(demo.folder)


def test_another_seed_gives_other_people(demo: Reading, tmp_path: Path) -> None:
    generate(tmp_path, today=date(2026, 11, 24), seed=2)
    assert files(tmp_path)["movements.csv"] != files(demo.folder)["movements.csv"]


def test_the_folder_holds_exactly_the_files_of_the_format(demo: Reading) -> None:
    assert set(files(demo.folder)) == {
        "town.toml",
        "enterprises.csv",
        "tenants.csv",
        "staff.csv",
        "movements.csv",
        "reports/manual.csv",
        *(f"supplies/{name}.csv" for name in ("catalogue", "points", "recalls", "stock")),
        *(
            f"rosters/{name}"
            for name in ("W01.xlsx", "W02.xlsx", "W03.xlsx", "W06.xlsx", "W04.csv", "W05.csv")
        ),
    }


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("enterprises.csv", "uscc,name_zh,short_zh,name_en,former_zh,industry,tenant"),
        ("tenants.csv", "code,name_zh,name_en,kind,opened_on,closed_on,plugins"),
        ("staff.csv", "login,tenant,name,role"),
        ("movements.csv", "ref,date,tenant,type,id_type,id_no,to_tenant,reason"),
        (
            "reports/manual.csv",
            "tenant,month,employees_male,employees_female,activities,participants,submitted_on",
        ),
        (
            "supplies/catalogue.csv",
            f"sku,name_zh,name_en,method,unit_zh,unit_en,cyp_factor,{LIMITS},figure,{FLAGS}",
        ),
        ("supplies/points.csv", "tenant,point,name_zh,kind"),
        ("supplies/recalls.csv", "sku,lot,recalled_on,reason"),
        (
            "supplies/stock.csv",
            "ref,date,tenant,point,sku,lot,expiry,kind,quantity,reason,id_type,id_no,reference",
        ),
    ],
)
def test_machine_files_are_plain_utf8_with_the_agreed_header(demo: Reading, name: str, header: str) -> None:
    data = (demo.folder / name).read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    assert ",".join(lines[0]) == header
    assert {len(line) for line in lines} == {len(lines[0])}


def test_the_master_file_describes_the_year_up_to_today(demo: Reading) -> None:
    town = tomllib.loads((demo.folder / "town.toml").read_text(encoding="utf-8"))
    assert town["format"] == "town-exchange/1"
    assert re.fullmatch(r"0000\d{5}", town["code"])
    assert (town["year"], town["months"], town["exported_on"]) == (2026, 11, date(2026, 11, 24))
    assert town["synthetic_ids"] is True
    assert town["known_id_prefixes"] == ["000000"]
    assert town["reporting"]["due_working_day"] == 5
    assert (town["disclosure"]["k_normal"], town["disclosure"]["k_high"]) == (5, 10)
    assert town["disclosure"]["min_unit_population"] == 30


@pytest.mark.parametrize(("year", "working_days"), [(2025, 248), (2026, 248)])
def test_announced_years_have_their_known_number_of_working_days(
    tmp_path: Path, year: int, working_days: int
) -> None:
    generate(tmp_path, today=date(year, 6, 1), size=0.05)
    calendar = tomllib.loads((tmp_path / "town.toml").read_text(encoding="utf-8"))["calendar"]
    days = [
        date.fromordinal(number)
        for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    ]
    off, worked = set(calendar["holidays"]), set(calendar["worked_weekend_days"])
    assert sum(day in worked or (day.weekday() < 5 and day not in off) for day in days) == working_days


def test_a_year_without_announced_holidays_gets_none_and_says_so(tmp_path: Path) -> None:
    generate(tmp_path, today=date(2031, 6, 1), size=0.05)
    text = (tmp_path / "town.toml").read_text(encoding="utf-8")
    calendar = tomllib.loads(text)["calendar"]
    assert calendar == {"holidays": [], "worked_weekend_days": []}
    assert "# 2031: breaks not announced" in text


def test_every_enterprise_has_a_valid_code_of_no_real_place(demo: Reading) -> None:
    codes = [row["uscc"] for row in demo.table("enterprises.csv")]
    for code in codes:
        values = [USCC_LETTERS.index(letter) for letter in code]
        total = sum(value * weight for value, weight in zip(values, USCC_WEIGHTS, strict=False))
        assert values[17] == (31 - total % 31) % 31
        assert code[2:6] == "0000"
    assert len(set(codes)) == len(codes)
    assert any(code.endswith("0") for code in codes)


def test_tenants_are_the_towns_own_station_and_those_of_the_format_one_of_which_opens_in_march(
    demo: Reading,
) -> None:
    tenants = demo.table("tenants.csv")
    kinds = Counter(row["kind"] for row in tenants)
    assert kinds == {"enterprise_association": 3, "joint_branch": 3, "town_station": 1}
    new = {row["code"]: row["opened_on"] for row in tenants if row["opened_on"] >= "2026"}
    assert new == {"W00": "2026-11-01", "W05": "2026-03-09"}
    assert {row["plugins"] for row in tenants} == {"registration;supplies;reporting"}
    firms = Counter(row["tenant"] for row in demo.table("enterprises.csv"))
    assert all((firms[row["code"]] > 1) == (row["kind"] == "joint_branch") for row in tenants)


def test_staff_cover_every_role_with_unique_logins(demo: Reading) -> None:
    staff = demo.table("staff.csv")
    tenants = {row["code"] for row in demo.table("tenants.csv")}
    assert {row["role"] for row in staff} == ROLES
    assert len({row["login"] for row in staff}) == len(staff)
    assert {row["tenant"] for row in staff} == {*tenants, ""}


def test_one_workbook_counts_its_days_from_1904(demo: Reading) -> None:
    flags = {}
    for path in sorted((demo.folder / "rosters").glob("*.xlsx")):
        with zipfile.ZipFile(path) as archive:
            flags[path.stem] = b'date1904="1"' in archive.read("xl/workbook.xml")
    assert flags == {"W01": False, "W02": True, "W03": False, "W06": False}
    rows = CalamineWorkbook.from_path(str(demo.folder / "rosters/W02.xlsx")).get_sheet_by_index(0).to_python()
    days = [cell for row in rows for cell in row if isinstance(cell, date)]
    assert len(days) > 100
    assert all(1960 < day.year <= 2026 for day in days)


def test_workbooks_have_notes_merged_titles_totals_and_gaps(demo: Reading) -> None:
    books = {
        path.stem: openpyxl.load_workbook(path) for path in sorted((demo.folder / "rosters").glob("*.xlsx"))
    }
    assert books["W03"].sheetnames == ["说明", "职工名册", "随行家属"]
    assert books["W01"].sheetnames == ["职工名册", "随行家属", "说明"]
    for book in books.values():
        sheet = book["职工名册"]
        assert "A1:R1" in {str(area) for area in sheet.merged_cells.ranges}
        first = [row[0] for row in sheet.iter_rows(values_only=True)]
        assert first[-2] in ("合计", "总计")
        assert str(first[-1]).startswith("填表人")
        header = next(place for place, cell in enumerate(first) if cell == "序号")
        assert None in first[header + 1 :]


def test_text_rosters_use_both_encodings_with_windows_line_ends(demo: Reading) -> None:
    older = (demo.folder / "rosters/W04.csv").read_bytes()
    newer = (demo.folder / "rosters/W05.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        older.decode("utf-8")
    assert newer.startswith(b"\xef\xbb\xbf")
    for text in (older.decode("gb18030"), newer.decode("utf-8-sig")):
        assert text.count("\n") == text.count("\r\n") > 100
        assert "\r\n合计," in text
    assert older.decode("gb18030").startswith("望舒镇东片联合分会2026年度")
    assert newer.decode("utf-8-sig").startswith("序号,")


def test_no_two_offices_lay_their_roster_out_alike(demo: Reading) -> None:
    headers = set()
    for path in sorted((demo.folder / "rosters").glob("*.xlsx")):
        sheet = openpyxl.load_workbook(path)["职工名册"]
        headers.add(next(row for row in sheet.iter_rows(values_only=True) if row[0] == "序号"))
    assert len(headers) == 4
    words = {str(word) for header in headers for word in header}
    assert {"身份证号码", "证件\n号码", "手机号", "来镇登记日期", "是否流动人口", "户籍地区划代码"} <= words


def test_rosters_show_every_reason_and_every_warning(demo: Reading) -> None:
    assert demo.reasons("rosters") == ROSTER_REJECTS
    assert {warning for _, warning, _ in demo.warnings} == WARNINGS


def test_bad_rows_are_a_realistic_share(demo: Reading) -> None:
    bad = sum(number for (file, *_), number in demo.rejects.items() if file.startswith("rosters"))
    rows = sum(number for file, number in demo.rows.items() if file.startswith("rosters"))
    assert 0.015 < bad / rows < 0.04


def test_movements_show_every_reason(demo: Reading) -> None:
    assert demo.reasons("movements") == MOVEMENT_REJECTS


def test_every_true_movement_is_about_a_known_person_and_takes_effect(demo: Reading) -> None:
    kinds = Counter(row["type"] for row in demo.movements)
    assert set(kinds) == {"ARRIVE", "DEPART", "CHANGE_EMPLOYER", "TEMP_LEAVE", "RETURN", "OPT_OUT"}
    assert kinds["OPT_OUT"] == 1
    assert all(not row["ref"].startswith("MV-2026-9") for row in demo.movements)
    refused = sum(number for (file, *_), number in demo.rejects.items() if file == "movements.csv")
    assert demo.rows["movements.csv"] == len(demo.movements) + refused
    true = [row for row in demo.table("movements.csv") if not row["ref"].startswith("MV-2026-9")]
    assert len({row["ref"] for row in true}) == len(demo.movements)


def test_the_ledger_is_not_sorted_and_ends_today(demo: Reading) -> None:
    days = [row["date"] for row in demo.movements]
    listed = [row["date"] for row in demo.table("movements.csv")]
    assert max(days) <= "2026-11-24"
    assert listed != sorted(listed)


def test_people_arrive_after_the_spring_festival_and_leave_before_it(demo: Reading) -> None:
    arrivals = Counter(row["date"][:7] for row in demo.movements if row["type"] == "ARRIVE")
    visits = [row["date"] for row in demo.movements if row["type"] == "TEMP_LEAVE"]
    assert arrivals["2026-03"] > 5 * max(arrivals[f"2026-{month:02d}"] for month in range(5, 12))
    assert all("2026-02-03" <= day < "2026-02-17" for day in visits)


def test_everybody_registered_after_the_first_day_arrives_or_changes_over(demo: Reading) -> None:
    opened = {row["code"]: row["opened_on"] for row in demo.table("tenants.csv")}
    came = {(row["tenant"], row["id_no"].upper()) for row in demo.movements if row["type"] == "ARRIVE"}
    came |= {(row["to_tenant"], row["id_no"].upper()) for row in demo.movements}
    late = {
        key for key, who in demo.people.items() if str(who.registered) > max("2026-01-01", opened[key[0]])
    }
    assert late <= came


def test_the_town_has_its_size_and_one_branch_below_the_threshold(demo: Reading) -> None:
    assert 1400 < len({number for _, number in demo.people}) < 1600
    assert 0 < sum(tenant == "W06" for tenant, _ in demo.people) < 30
    assert all(
        sum(tenant == code for tenant, _ in demo.people) > 150 for code in ("W01", "W02", "W03", "W04", "W05")
    )


def test_papers_of_every_type_occur_and_all_numbers_are_impossible(demo: Reading) -> None:
    assert {who.id_type for who in demo.people.values()} == {"01", "02", "03", "04"}
    for who in demo.people.values():
        assert who.number.startswith({"03": "ZZ0", "04": "H000"}.get(who.id_type, "00"))
    assert {who.sex for who in demo.people.values()} >= {"1", "2", "9"}
    assert any(who.born is None for who in demo.people.values())
    assert {"43", "42", "36", "52", "41", "65", "00", "81", "境外"} <= {
        who.origin for who in demo.people.values()
    }


def test_the_product_finds_no_fault_in_the_good_numbers_and_codes(demo: Reading) -> None:
    for who in demo.people.values():
        assert fault_of(who.id_type, who.number, allow_synthetic=True, today=date(2026, 11, 24)) is None
    assert all(uscc_fault(row["uscc"]) is None for row in demo.table("enterprises.csv"))


def test_names_are_as_hard_as_in_life(demo: Reading) -> None:
    names = [who.name for who in demo.people.values()]
    assert {dot for name in names for dot in name if dot in "·•・‧"} == set("·•・‧")
    assert any(ord(letter) > 0xFFFF for name in names for letter in name)
    assert any(re.search(r"\s", name) for name in names)
    assert any(name.startswith(("欧阳", "司马", "上官", "诸葛", "尉迟", "端木")) for name in names)


def test_some_people_have_two_tenants_and_nobody_worked_as_a_child(demo: Reading) -> None:
    tenants = Counter(number for _, number in demo.people)
    changed = {row["id_no"].upper() for row in demo.movements if row["type"] == "CHANGE_EMPLOYER"}
    assert sum(number > 1 for number in tenants.values()) > len(changed) > 3
    for who in demo.people.values():
        assert who.born is None or who.born < who.registered
        if who.category == "职工" and who.born:
            assert who.registered.toordinal() - who.born.toordinal() >= 16 * 365.24
    children = [who for who in demo.people.values() if who.born and who.born > date(2011, 1, 1)]
    assert len(children) > 50
    assert all(who.category == "家属" for who in children)


def test_reports_cover_the_months_that_are_over(demo: Reading) -> None:
    rows = demo.table("reports/manual.csv")
    assert {row["month"] for row in rows} == {f"2026-{month:02d}" for month in range(1, 11)}
    assert all(row["submitted_on"] < "2026-11-24" for row in rows)
    opened = {row["code"]: row["opened_on"][:7] for row in demo.table("tenants.csv")}
    places = Counter((row["tenant"], row["month"]) for row in rows)
    assert any(row["tenant"] not in opened for row in rows)
    assert any(row["month"] < opened.get(row["tenant"], "") for row in rows)
    assert any(not row["employees_male"].isdigit() for row in rows)
    assert max(places.values()) == 2
    assert ("W03", "2026-04") not in places


def test_a_later_day_of_the_year_goes_on_with_the_same_story(demo: Reading, tmp_path: Path) -> None:
    generate(tmp_path, today=date(2026, 7, 15))
    with (tmp_path / "movements.csv").open(encoding="utf-8") as file:
        earlier = {
            row["ref"]: (row["date"], row["id_no"]) for row in csv.DictReader(file) if "-9" not in row["ref"]
        }
    now = {row["ref"]: (row["date"], row["id_no"]) for row in demo.movements if row["date"] <= "2026-07-15"}
    assert earlier == now


def test_workbooks_carry_no_clock(demo: Reading) -> None:
    created = openpyxl.load_workbook(demo.folder / "rosters/W01.xlsx").properties.created
    assert created == datetime(2026, 11, 24, 8)  # noqa: DTZ001


@pytest.mark.parametrize(
    "today", [date(2026, 1, 1), date(2027, 2, 28), date(2028, 2, 29), date(2025, 12, 31)]
)
def test_any_day_of_any_year_gives_a_sound_folder(
    tmp_path: Path, today: date, reader: Callable[[Path, int], Reading]
) -> None:
    generate(tmp_path, today=today, size=0.2)
    reading = reader(tmp_path, today.year)
    assert reading.reasons("rosters") == ROSTER_REJECTS
    assert {warning for _, warning, _ in reading.warnings} == WARNINGS
    assert reading.reasons("movements") >= MOVEMENT_REJECTS - {("DUPLICATE_ROW", "ref")}
    assert all(row["date"] <= str(today) for row in reading.movements)
    assert all("-9" not in row["ref"] for row in reading.movements)
