"""Single questions about a year and the one after it, each asked of the product and of the oracle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from core.app import Platform
from core.commands.proofs import read_books, transfers
from core.kernel import clock
from tests.oracle.oracle import Oracle
from tests.oracle.plain import Plain
from tests.oracle.product import books_of, differences, load, tenants_of

Folders = Callable[..., Plain]


async def check_held(platform: Platform, *folders: Plain) -> None:
    """Loaded in this order, and once more, each says what the oracle says, and nothing changes."""
    oracles = [Oracle.of(folder.path) for folder in folders]
    reports = [await load(platform, folder.path) for folder in folders]
    for oracle, report in zip(oracles, reports, strict=True):
        assert await differences(platform, oracle, report) == []
    before = await books_of(platform, folders[0].town)
    for folder in folders:
        await load(platform, folder.path)
    assert await books_of(platform, folders[0].town) == before
    for oracle in oracles:
        assert await differences(platform, oracle) == []


async def test_who_is_away_over_the_new_year_is_not_away_in_the_new_one(
    deployment: Platform, plain: Folders
) -> None:
    old = plain(2023).roster("A1", p1="2020-01-01", p2="2020-01-01").roster("A2")
    old.move("2023-12-20", "A1", "TEMP_LEAVE", 1).move("2023-12-20", "A1", "TEMP_LEAVE", 2)
    new = plain(2024).roster("A1", p1="2020-01-01", p2="2020-01-01").roster("A2")
    new.move("2024-01-01", "A1", "TEMP_LEAVE", 1).move("2024-01-05", "A1", "RETURN", 2)
    await check_held(deployment, old, new)
    assert {note[4] for note in Oracle.of(new.path).notes} == {"STATE_CONFLICT"}


async def test_references_are_unique_in_their_year_alone(deployment: Platform, plain: Folders) -> None:
    old = plain(2023).roster("A1", p1="2020-01-01", p2="2020-01-01").roster("A2", p1="2023-03-01")
    new = plain(2024).roster("A1", p1="2020-01-01", p2="2020-01-01").roster("A2", p1="2020-01-01")
    for folder in (old, new):
        day = f"{folder.year}-04-01"
        folder.move(day, "A1", "DEPART", 2, ref="2023-2024-1").move(day, "A1", "ARRIVE", 2, ref="2024/2")
        folder.move(day, "A1", "DEPART", 1, ref="2").move(day, "A1", "ARRIVE", 1, ref="2024/2023/2")
    old.move("2023-05-01", "A1", "CHANGE_EMPLOYER", 1, "A2", ref="2023-2024-2")
    new.move("2024-05-01", "A2", "DEPART", 1, ref="2023-2024-2")
    await check_held(deployment, old, new)


async def test_long_and_strange_references_are_told_apart(deployment: Platform, plain: Folders) -> None:
    folder = plain().roster("A1", p1="2020-01-01", p2="2020-01-01").roster("A2")
    for number, end in enumerate("ab", start=1):
        folder.move("2024-02-01", "A1", "DEPART", number, ref="9" * 5000 + end)
        folder.move("2024-02-02", "A1", "ARRIVE", number, ref="\u200bMV\u0007" + end)
    await check_held(deployment, folder)


async def test_movements_before_the_opening_neither_fail_nor_change_a_second_time(
    deployment: Platform, plain: Folders
) -> None:
    folder = plain(opened={"A1": "2024-03-03"})
    folder.roster("A1", p1="2024-03-03", p2="2024-05-01", p3="2024-05-01", p4="2020-01-01").roster("A2")
    folder.move("2024-02-01", "A1", "ARRIVE", 1).move("2024-02-02", "A1", "ARRIVE", 2)
    folder.move("2024-02-02", "A1", "TEMP_LEAVE", 1).move("2024-02-03", "A1", "DEPART", 4)
    folder.move("2024-03-01", "A1", "ARRIVE", 3).move("2024-03-04", "A1", "TEMP_LEAVE", 1)
    folder.move("2024-03-05", "A1", "DEPART", 2).move("2024-03-05", "A1", "ARRIVE", 4)
    await check_held(deployment, folder)


async def test_a_tenant_of_next_year_waits_for_its_own_folder(deployment: Platform, plain: Folders) -> None:
    old = plain(2023, opened={"A1": "2024-02-29"}).roster("A1", p1="2020-01-01").roster("A2", p2="2023-01-01")
    new = plain(2024, opened={"A1": "2024-02-29"}).roster("A1", p1="2020-01-01", p2="2020-01-01")
    new.roster("A2", p2="2023-01-01").move("2024-02-29", "A2", "CHANGE_EMPLOYER", 2, "A1")
    new.move("2024-03-01", "A2", "CHANGE_EMPLOYER", 2, "A1").move("2024-02-29", "A1", "DEPART", 2)
    new.move("2024-02-29", "A2", "CHANGE_EMPLOYER", 2, "A1").move(
        "2024-03-01", "A1", "CHANGE_EMPLOYER", 2, "A2"
    )
    await check_held(deployment, old, new)


async def test_years_out_of_order_are_refused_in_two_sentences_and_leave_the_later_year_alone(
    deployment: Platform, plain: Folders
) -> None:
    new, old = (
        plain(2024).roster("A1", p1="2020-01-01"),
        plain(2023).roster("A1", p1="2020-01-01", p2="2020-01-01"),
    )
    await load(deployment, new.path)
    told = await differences(deployment, Oracle.of(new.path))
    (broken,) = (await load(deployment, old.path)).broken
    assert broken.file == "movements.csv"
    assert broken.broken == (
        "A1: Its books begin in 2024, and a year before cannot be put before them. "
        "Load the years in their order, the oldest first, into a new home."
    )
    assert await differences(deployment, Oracle.of(new.path)) == told == []
    unlike = await differences(deployment, Oracle.of(old.path))
    assert all("missing" in line or "'NA'" in line for line in unlike), "unknown, not 0"


async def test_the_names_of_the_latest_year_stay(deployment: Platform, plain: Folders) -> None:
    old = plain(2023, name="旧协会").roster("A1", p1="2020-01-01").roster("A2")
    new = plain(2024, name="新协会", closed={"A2": "2024-06-30"}).roster("A1", p1="2020-01-01").roster("A2")
    await check_held(deployment, old, new)
    first, second = await tenants_of(deployment, old.town)
    assert (first.name_zh, second.name_zh) == ("新协会A1", "新协会A2")
    assert second.closed_on == date(2024, 6, 30)


async def test_a_later_opening_in_the_next_folder_takes_no_figures_away(
    deployment: Platform, plain: Folders
) -> None:
    old = plain(2023).roster("A1", p1="2020-01-01").roster("A2")
    new = plain(2024, opened={"A1": "2024-03-01"}).roster("A1", p1="2020-01-01").roster("A2")
    for folder in (old, new):
        await load(deployment, folder.path)
    assert await differences(deployment, Oracle.of(old.path)) == []
    told = await differences(deployment, Oracle.of(new.path))
    assert all("too much" in line and line.endswith("('0', ''))") for line in told)


async def test_a_tenant_without_registration_has_verdicts_and_no_books(
    deployment: Platform, plain: Folders
) -> None:
    folder = (
        plain(without=["A2"]).roster("A1", p1="2020-01-01").roster("A2", p1="2024-02-01", p2="2020-01-01")
    )
    folder.move("2024-03-01", "A1", "CHANGE_EMPLOYER", 1, "A2").move("2024-03-02", "A2", "DEPART", 1)
    folder.move("2024-03-03", "A1", "ARRIVE", 1)
    await check_held(deployment, folder)
    lone, _ = await transfers(await read_books(deployment))
    assert lone == []


@pytest.mark.parametrize("missing", ["rosters/A2.csv", "movements.csv"])
async def test_a_file_that_is_not_there_is_an_empty_one(
    deployment: Platform, plain: Folders, missing: str
) -> None:
    folder = plain().roster("A1", p1="2020-01-01").roster("A2", p2="2020-01-01")
    (folder.path / missing).unlink()
    await check_held(deployment, folder)


async def test_rosters_and_movements_without_a_line_give_nought(deployment: Platform, plain: Folders) -> None:
    await check_held(deployment, plain().roster("A1").roster("A2"))


async def test_a_year_that_is_not_over_has_all_months_that_its_files_cover(
    deployment: Platform, plain: Folders
) -> None:
    year = clock.today().year
    folder = plain(year).roster("A1", p1="2020-01-01").roster("A2", p2=f"{year}-12-31", p3="2020-01-01")
    await check_held(deployment, folder.move(f"{year}-12-31", "A2", "ARRIVE", 2))


@pytest.mark.parametrize("months", [1, 6])
async def test_months_that_are_not_covered_are_not_told(
    deployment: Platform, plain: Folders, months: int
) -> None:
    await check_held(deployment, plain(months=months).roster("A1", p1="2020-01-01").roster("A2"))


async def test_a_year_that_was_covered_in_part_stays_so_when_others_follow(
    deployment: Platform, plain: Folders
) -> None:
    told = {"services": {"A1": "registration;reporting", "A2": "reporting"}, "closed": {"A2": "2022-12-31"}}
    folders = [plain(year, months=months, **told) for year, months in ((2021, 12), (2022, 6), (2024, 3))]
    await check_held(deployment, *(folder.roster("A1", p1="2020-01-01") for folder in folders))


async def test_the_latest_roster_says_where_somebody_comes_from_in_every_year(
    deployment: Platform, plain: Folders
) -> None:
    old = plain(2023).roster("A1", p1="2020-01-01/湖南", p2="2020-01-01").roster("A2")
    new = plain(2024).roster("A1", p1="2020-01-01/境外", p2="2020-01-01").roster("A2")
    for folder in (old, new, old):
        await load(deployment, folder.path)
    assert await differences(deployment, Oracle.of(new.path)) == []
    told = await differences(deployment, Oracle.of(old.path))
    assert all("origin=43" in line or "origin=FOR" in line for line in told)
    assert any("too much" in line and "'2023-01', 'POP-01', 'origin=FOR'" in line for line in told)


async def test_columns_that_may_be_empty_may_be_left_out(deployment: Platform, plain: Folders) -> None:
    folder = plain().roster("A1", p1="2020-01-01").roster("A2").move("2024-03-01", "A1", "DEPART", 1)
    path = folder.path / "movements.csv"
    lines = [line.rsplit(",", 2)[0] for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = await load(deployment, folder.path)
    assert (report.notes, report.broken) == ([], [])
    assert await differences(deployment, Oracle.of(folder.path), report) == []


async def test_the_oldest_and_the_latest_days_are_days(deployment: Platform, plain: Folders) -> None:
    folder = plain().roster("A1", p1="00010101", p2="9999-12-31", p3="0000-01-01").roster("A2")
    await check_held(deployment, folder.move("2024-03-01", "A1", "ARRIVE", 2))
