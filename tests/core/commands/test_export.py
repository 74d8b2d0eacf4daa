"""`townbridge export ...` and `townbridge figures rebuild`"""

from __future__ import annotations

import csv
from pathlib import Path

from core.app import Platform
from core.kernel import clock
from core.sdk.exchange import FileOutcome, Note
from core.testing import TOWN, Town
from core.town.exchange.outcomes import keep_outcomes
from tests.core.commands.conftest import DAY, Command

COLUMNS = ["level", "unit", "period", "indicator", "cut", "num", "den"]
OF_THE_FORMAT = {
    "POP-01", "POP-02", "POP-03", "POP-04", "POP-05", "EMP-01", "COM-02", "QUA-01",
    "SUP-01", "SUP-02", "SUP-03", "SUP-04", "SUP-05", "SUP-06", "SUP-08",
}  # fmt: skip
"""Its section 8, as far as the indicators exist."""


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def keep(platform: Platform, town: Town, year: int) -> None:
    note = Note(file="movements.csv", sheet="", row=3, severity="reject", reason="BAD_VALUE", column="type")
    outcome = FileOutcome(file="movements.csv", rows=5, accepted=4, notes=(note,))
    await keep_outcomes(platform.database, town.region.id, year, [outcome])


async def test_the_figures_are_written_with_the_columns_of_the_format(townbridge: Command, tmp_path: Path):
    out = tmp_path / "figures.csv"
    said = await townbridge("export", "figures", "--out", str(out))
    header, *rows = read(out)
    assert (said.status, header) == (0, COLUMNS)
    assert said.out == f"{out}: {len(rows)} rows.\n"
    month = clock.month_of(DAY)
    arrivals = {tuple(row[:5]): row[5:] for row in rows}
    assert arrivals["tenant", "T01", month, "POP-02", ""] == ["3", ""]
    assert arrivals["town", TOWN, month, "POP-02", ""] == ["3", ""]
    assert {row[3] for row in rows} == OF_THE_FORMAT
    assert names_in(tmp_path) == ["figures.csv"]


async def test_the_year_is_the_last_one_loaded_unless_another_is_named(
    townbridge: Command, platform: Platform, town: Town, tmp_path: Path
):
    out = tmp_path / "figures.csv"
    for year in (2024, 2025):
        await keep(platform, town, year)
    for words, years in (((), {"2025"}), (("--year", "2024"), set()), (("--all",), {"2025", str(DAY.year)})):
        await townbridge("export", "figures", "--out", str(out), *words)
        assert {row[2][:4] for row in read(out)[1:]} == years, words


async def test_all_means_the_indicators_beyond_the_format_too(townbridge: Command, tmp_path: Path):
    out = tmp_path / "figures.csv"
    await townbridge("export", "figures", "--all", "--out", str(out))
    assert {row[3] for row in read(out)[1:]} > {"POP-01", "POP-06", "POP-07", "POP-08"}


async def test_imports_tell_what_became_of_the_files(townbridge: Command, platform: Platform, town: Town):
    await keep(platform, town, 2025)
    said = await townbridge("export", "imports", "--out", "-")
    assert said.out.splitlines() == ["file,sheet,rows,accepted,rejected,warnings", "movements.csv,,5,4,1,0"]
    said = await townbridge("export", "imports", "--out", "-", "--year", "2024")
    assert len(said.out.splitlines()) == 1


async def test_without_a_loaded_folder_there_are_no_imports(townbridge: Command):
    said = await townbridge("export", "imports", "--out", "-")
    assert (said.status, said.err) == (1, "Nothing has been loaded yet. Run `townbridge load DIR` first.\n")


async def test_a_place_that_cannot_be_written_is_said_in_a_sentence(townbridge: Command, tmp_path: Path):
    said = await townbridge("export", "figures", "--out", str(tmp_path / "missing" / "figures.csv"))
    assert said.status == 1
    assert said.err.startswith("No such file or directory: ")
    assert "Traceback" not in said.err


async def test_a_rebuild_of_sound_figures_changes_nothing(townbridge: Command):
    assert (await townbridge("figures", "rebuild")).out.splitlines()[-1] == "changed cells: 0"


async def test_a_period_that_is_none_is_wrong_usage(townbridge: Command):
    said = await townbridge("figures", "rebuild", "--period", "2025-13")
    assert said.status == 2
    assert "2025-13 is not a period." in said.err


async def test_the_table_of_a_year_hides_small_numbers(townbridge: Command, tmp_path: Path):
    out = tmp_path / "published.csv"
    said = await townbridge("export", "published", "--year", str(DAY.year), "--out", str(out))
    header, *rows = read(out)
    assert (said.status, header) == (0, ["unit", "indicator", "cut", "shown"])
    columns = (("POP-01", ""), ("POP-05", ""), ("SUP-05", "mode=IDENTIFIED"))
    assert [tuple(row[:3]) for row in rows] == [
        (unit, *column) for column in columns for unit in ("T01", "T02", TOWN)
    ]
    # Three people moved in, one of them moved on: all of it is too small to be told.
    assert {row[3] for row in rows if row[1] == "POP-01"} <= {"<5", "*", "0"}
    assert {row[3] for row in rows if row[1] == "SUP-05"} == {"NS"}


async def test_a_service_module_answers_with_files_of_its_own(townbridge: Command, tmp_path: Path):
    out = tmp_path / "stock.csv"
    said = await townbridge("export", "stock", "--year", "2025", "--out", str(out))
    assert (said.status, read(out)) == (0, [["tenant", "point", "sku", "lot", "balance"]])
    assert "stock" in (await townbridge("export", "--help")).out
    said = await townbridge("export", "nothing", "--out", "-")
    assert said.status == 2
    assert "nothing" in said.err
