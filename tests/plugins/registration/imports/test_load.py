"""`townbridge load` of the published sample: the published verdicts, the published figures, and twice is once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

from core.app import Platform
from core.kernel.db import Transaction
from core.kernel.scope import Scope
from core.sdk.people import PersonEdit
from core.tenancy.tenants import list_tenants
from core.town.exchange import LoadReport, load_folder
from tests.plugins.registration.conftest import Counter
from tests.plugins.registration.imports.sample import FOLDER, expected, table
from tests.plugins.registration.imports.small import Folder, Worker

FILES = ("rosters/", "movements.csv", "reports/", "supplies/")
"""Those that the installed plug-ins take."""
COUNTED = (
    "people.person", "people.movement", "people.residence", "people.pseudonym",
    "registration.record", "kernel.audit", "figures.stale",
)  # fmt: skip


async def loaded(platform: Platform, path: Path) -> LoadReport:
    return await load_folder(platform.server, path, lambda _what, _done, _total: None)


async def state(platform: Platform, code: str) -> dict[str, int]:
    """How many rows each table of a tenant has, and how often its people were corrected."""
    async with platform.database.transaction(
        Scope.of_tenant(await _tenant(platform, code), ["registry"])
    ) as tx:
        counts = {name: await tx.fetchval(f"SELECT count(*) FROM {name}") for name in COUNTED}
        return counts | {"versions": await tx.fetchval("SELECT sum(version) FROM people.person")}


async def presence(platform: Platform, code: str, day: date) -> set[str]:
    """The names of those present at the end of a day."""
    async with platform.database.transaction(
        Scope.of_tenant(await _tenant(platform, code), ["registry"])
    ) as tx:
        return {row["name"] for row in await _present(tx, day)}


async def _present(tx: Transaction, day: date) -> list[Mapping[str, str]]:
    return await tx.fetch(
        "SELECT p.name FROM people.residence r JOIN people.person p ON p.id = r.person_id "
        "WHERE r.started_on <= $1 AND (r.ended_on IS NULL OR r.ended_on > $1)",
        day,
    )


async def _tenant(platform: Platform, code: str) -> UUID:
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await tx.fetchval("SELECT id FROM tenancy.region WHERE code = '000001101'")
    async with platform.database.transaction(Scope.town(region)) as tx:
        return next(tenant.id for tenant in await list_tenants(tx) if tenant.code == code)


async def test_the_sample_is_judged_as_published_and_twice_changes_nothing(platform: Platform) -> None:
    first = await loaded(platform, FOLDER)
    told = {(n.file, n.sheet, n.row, n.severity, n.reason, n.column) for n in first.notes}
    assert told == set[object]().union(*(expected(file) for file in FILES))
    published = {
        (row["file"], row["sheet"]): (int(row["rows"]), int(row["accepted"]), int(row["rejected"]))
        for row in table("expected/imports.csv")
        if row["file"].startswith(FILES)
    }
    assert {(o.file, o.sheet): (o.rows, o.accepted, o.rejected) for o in first.outcomes} == published

    before = {code: await state(platform, code) for code in ("T01", "T04")}
    again = await loaded(platform, FOLDER)
    assert again.notes == first.notes
    assert {code: await state(platform, code) for code in ("T01", "T04")} == before


def first_year(path: Path) -> Folder:
    folder = Folder(path / "2024", 2024)
    folder.roster(
        "T01",
        [Worker("留下的", 1), Worker("离开的", 2), Worker("不再列的", 3), Worker("来了的", 4, "2024-05-01")],
    )
    folder.roster("T02", [Worker("离开的", 2, "2024-07-01")])
    folder.move("ARRIVE", "2024-05-01", "T01", 4)
    folder.move("CHANGE_EMPLOYER", "2024-07-01", "T01", 2, "T02")
    return folder


def second_year(path: Path) -> Folder:
    folder = Folder(path / "2025", 2025)
    folder.roster("T01", [Worker("留下的", 1), Worker("来了的", 4, phone="13900139000"), Worker("新列的", 5)])
    folder.roster("T02", [Worker("离开的", 2)])
    folder.move("DEPART", "2025-01-01", "T01", 4)
    return folder


async def test_a_transfer_is_written_in_both_units_under_one_id(platform: Platform, tmp_path: Path) -> None:
    report = await loaded(platform, first_year(tmp_path).path)
    assert report.notes == []
    halves: list[tuple[str, UUID, date]] = []
    for code in ("T01", "T02"):
        scope = Scope.of_tenant(await _tenant(platform, code), ["registry"])
        async with platform.database.transaction(scope) as tx:
            rows = await tx.fetch(
                "SELECT kind, transfer_id, day FROM people.movement WHERE transfer_id IS NOT NULL"
            )
            halves += [(row["kind"], row["transfer_id"], row["day"]) for row in rows]
    assert [half[0] for half in halves] == ["CHANGE_EMPLOYER_OUT", "CHANGE_EMPLOYER_IN"]
    assert halves[0][1:] == halves[1][1:]
    assert await presence(platform, "T02", date(2024, 7, 1)) == {"离开的"}


async def test_a_following_year_begins_with_exactly_its_initial_stock(
    platform: Platform, tmp_path: Path
) -> None:
    await loaded(platform, first_year(tmp_path).path)
    at_the_end = await presence(platform, "T01", date(2024, 12, 31))
    assert at_the_end == {"留下的", "不再列的", "来了的"}
    folder = second_year(tmp_path)
    report = await loaded(platform, folder.path)
    assert report.notes == []
    assert await presence(platform, "T01", date(2024, 12, 31)) == at_the_end
    assert await presence(platform, "T01", date(2025, 1, 1)) == {"留下的", "新列的"}
    assert await presence(platform, "T02", date(2025, 1, 1)) == {"离开的"}
    before = {code: await state(platform, code) for code in ("T01", "T02")}
    await loaded(platform, folder.path)
    await loaded(platform, tmp_path / "2024")
    assert {code: await state(platform, code) for code in ("T01", "T02")} == before


async def test_loading_again_leaves_a_correction_at_the_counter_alone(
    platform: Platform, tmp_path: Path, counter: Counter
) -> None:
    folder = first_year(tmp_path)
    await loaded(platform, folder.path)
    async with counter() as ctx:
        (stayed,) = (await ctx.people.search("留下的")).people
        await ctx.people.edit(stayed.id, stayed.version, PersonEdit(name="改正的"))
    await loaded(platform, folder.path)
    async with counter() as ctx:
        assert (await ctx.people.get(stayed.id)).name == "改正的"


async def test_a_broken_file_is_refused_alone_and_closes_nobody(platform: Platform, tmp_path: Path) -> None:
    await loaded(platform, first_year(tmp_path).path)
    folder = second_year(tmp_path)
    (folder.path / "rosters" / "T01.csv").write_bytes(b"PK\x03\x04 cut off")
    report = await loaded(platform, folder.path)
    assert [outcome.file for outcome in report.broken] == ["rosters/T01.csv"]
    assert await presence(platform, "T01", date(2025, 1, 1)) == {"留下的", "不再列的", "来了的"}
    assert await presence(platform, "T02", date(2025, 1, 1)) == {"离开的"}


async def test_movements_without_their_columns_are_broken_as_a_whole(
    platform: Platform, tmp_path: Path
) -> None:
    folder = first_year(tmp_path)
    (folder.path / "movements.csv").write_text("ref,date\n1,2024-05-01\n", encoding="utf-8")
    report = await loaded(platform, folder.path)
    (broken,) = report.broken
    assert broken.file == "movements.csv"
    assert "no column tenant" in broken.broken
    assert await presence(platform, "T01", date(2024, 12, 31)) == {"留下的", "离开的", "不再列的"}
