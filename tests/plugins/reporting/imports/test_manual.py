"""reports/manual.csv: every verdict in its order, what is kept, and what a second load leaves alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.app import Platform
from core.figures.periods import parse_period
from core.figures.rebuild import rebuild
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.reports.desk import ReportDesk
from core.sdk.exchange import ExchangeFolder, ExchangeTenant
from core.sdk.reports import HandCell, Submission
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.town.exchange import load_folder
from plugins.reporting.imports.manual import COLUMNS, judge_reports
from tests.oracle.plain import Plain
from tests.oracle.spelling import write_table

FORM = "reporting.monthly"
GOOD = ("A1", "2024-03", "5", "6", "1", "20", "2024-04-05")
ROWS = (
    (GOOD, ()),
    (("X9", "2099", "-", "", "", "", ""), ("UNKNOWN_CODE", "tenant")),
    (("A2", "2024-02", "-1", "6", "1", "20", "2024-04-05"), ("PERIOD_NOT_EXPECTED", "month")),
    (("A1", "2025-03", "5", "6", "1", "20", "2024-04-05"), ("PERIOD_NOT_EXPECTED", "month")),
    (("A1", "2024-Q1", "5", "6", "1", "20", "2024-04-05"), ("PERIOD_NOT_EXPECTED", "month")),
    (("A1", "2024-03", "-5", "6", "1", "20", "2024-04-05"), ("DUPLICATE_ROW", "month")),
    (("A2", "2024-03", "5", "2.0", "x", "20", "2024-04-05"), ("BAD_QUANTITY", "employees_female")),
    (("A2", "2024-03", " 5", "2", "1", "20", "2024-04-05"), ("BAD_QUANTITY", "employees_male")),
    (("A2", "2024-03", "5", "2", "1", "", "never"), ("BAD_QUANTITY", "participants")),
    (("A2", "2024-03", "5", "2", "1", "9", "2024-02-30"), ("DATE_INVALID", "submitted_on")),
    # None of the four before was accepted, so this one is the first.
    (("A2", "2024-03", "0", "0", "0", "0", "2024-05-01"), ()),
)


def written(folder: Path, *rows: tuple[str, ...]) -> None:
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    write_table(folder / "reports" / "manual.csv", [COLUMNS, *rows])


def exchange(path: Path) -> ExchangeFolder:
    tenants = {
        code: ExchangeTenant(
            id=new_id(),
            code=code,
            opened_on=opened,
            starts_on=opened,
            plugins=frozenset({"reporting"}),
            firm_names=frozenset(),
        )
        for code, opened in (("A1", date(2020, 1, 1)), ("A2", date(2024, 3, 31)))
    }
    return ExchangeFolder(
        path=path,
        town_code="1",
        year=2024,
        months=12,
        covered_to=date(2024, 12, 31),
        exported_on=date(2025, 1, 10),
        factor_set="",
        synthetic_ids=True,
        known_id_prefixes=frozenset(),
        tenants=tenants,
    )


def test_each_row_gets_the_first_verdict_that_fits(tmp_path: Path):
    written(tmp_path, *(row for row, _verdict in ROWS))
    accepted, outcome = judge_reports(exchange(tmp_path))
    assert outcome is not None
    assert [(note.row, note.reason, note.column) for note in outcome.notes] == [
        (number, *verdict) for number, (_row, verdict) in enumerate(ROWS, start=2) if verdict
    ]
    assert (outcome.rows, outcome.accepted, outcome.rejected) == (11, 2, 9)
    assert [(one.tenant, one.month.name, one.numbers["employees_male"]) for one in accepted] == [
        ("A1", "2024-03", 5),
        ("A2", "2024-03", 0),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"tenant,month\nA1,2024-03\n", b"\xff\xfe", (",".join(COLUMNS) + '\nA1,"x"y\n').encode()]
)
def test_a_file_that_is_no_such_table_is_broken_as_a_whole(tmp_path: Path, data: bytes):
    written(tmp_path)
    (tmp_path / "reports" / "manual.csv").write_bytes(data)
    accepted, outcome = judge_reports(exchange(tmp_path))
    assert outcome is not None
    assert outcome.broken
    assert accepted == []


def test_without_the_file_nothing_is_told(tmp_path: Path):
    assert judge_reports(exchange(tmp_path)) == ([], None)


async def cells_of(platform: Platform, town: str) -> dict[str, object]:
    """By unit: state, day of receipt, and every cell with its source, of March."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, town)
    assert region is not None
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        tenants = await list_tenants(tx)
        told: dict[str, object] = {}
        for tenant in tenants:
            desk = ReportDesk(tx, tenant.id)
            report = await desk.find(FORM, "2024-03")
            if report is not None:
                cells = await desk.submitted(report)
                told[tenant.code] = (
                    report,
                    {
                        (cell.figure.indicator, cell.figure.cut): (cell.figure.value, cell.source)
                        for cell in cells
                    },
                )
    return told


async def test_a_file_is_taken_once_and_overwrites_no_report_of_the_portal(
    platform: Platform, tmp_path: Path
):
    plain = Plain(tmp_path / "town", 2024, "000009901")
    plain.roster("A1", p1="2020-01-01").roster("A2")
    tenants = plain.path / "tenants.csv"
    text = tenants.read_text(encoding="utf-8")
    tenants.write_text(text.replace(",registration", ",registration;reporting"), encoding="utf-8")

    async def load() -> None:
        await load_folder(platform.server, plain.path, lambda _what, _done, _total: None)

    await load()
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, "000009901")
    assert region is not None
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        second = next(tenant for tenant in await list_tenants(tx) if tenant.code == "A2")
    async with platform.database.transaction(Scope.of_tenant(second.id, ["reports"], new_id())) as tx:
        desk = ReportDesk(tx, second.id)
        report = await desk.open(FORM, 1, parse_period("2024-03"))
        hand = [HandCell(indicator="COM-02", cut="", value=9)]
        await desk.submit(report, report.version, Submission(hand=hand, computed=()))
    written(plain.path, GOOD, ("A2", "2024-03", "1", "1", "1", "1", "2024-04-01"))
    await load()
    told = await cells_of(platform, "000009901")
    first, cells = told["A1"]  # type: ignore[misc]
    assert (first.state, first.received_on, first.is_on_time) == ("submitted", date(2024, 4, 5), True)
    assert cells["EMP-01", ""] == (11, "hand")
    assert cells["POP-01", ""] == (1, "computed")
    assert told["A2"][1]["COM-02", ""] == (9, "hand")  # type: ignore[index]
    # By the second load the books have more people, and cells that were not there.
    plain.roster("A1", p1="2020-01-01", p2="2020-01-01/湖北").roster("A2")
    await load()
    assert (await cells_of(platform, "000009901"))["A1"] == told["A1"]
    assert await rebuild(platform.database, platform.catalogue) == 0
