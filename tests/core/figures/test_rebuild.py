from __future__ import annotations

from datetime import date

from core.figures.indicators import Catalogue
from core.figures.loop import settle
from core.figures.periods import parse_period
from core.figures.rebuild import check_figures, rebuild
from core.kernel.scope import Scope
from tests.core.figures.town import Town


async def filled(town: Town, catalogue: Catalogue) -> None:
    for tenant in (town.a, town.b, town.c):
        await town.newcomer(tenant, date(2026, 3, 1), pseudonym="5e1f")
        await town.newcomer(tenant, date(2026, 4, 2), sex="1")
    await settle(town.database, catalogue)


async def tamper(town: Town, sql: str, *arguments: object) -> None:
    async with town.database.transaction(Scope.nobody(), login="figures") as tx:
        await tx.execute(sql, *arguments)


async def test_a_rebuild_from_nothing_gives_what_the_changes_gave(town: Town, catalogue: Catalogue) -> None:
    await filled(town, catalogue)
    before = [await town.cells(place, "TST-01") for place in (town.a, town.xinghe, town.county)]
    await tamper(town, "DELETE FROM figures.figure")
    assert await rebuild(town.database, catalogue) > 0
    assert [await town.cells(place, "TST-01") for place in (town.a, town.xinghe, town.county)] == before
    assert await rebuild(town.database, catalogue) == 0


async def test_a_wrong_cell_is_found_by_the_check_and_mended_by_the_rebuild(
    town: Town, catalogue: Catalogue
) -> None:
    await filled(town, catalogue)
    assert await check_figures(town.database, catalogue) == []
    cell = "WHERE tenant_id = $1 AND period = '2026-04' AND indicator = 'TST-02' AND cut = ''"
    await tamper(town, f"UPDATE figures.figure SET num = 7 {cell}", town.a)
    found = await check_figures(town.database, catalogue)
    assert [(d.place, d.period, d.indicator, d.stored, d.computed) for d in found] == [
        (town.a, "2026-04", "TST-02", "7", "1"),
        *sorted(
            [
                (town.xinghe, "2026-04", "TST-02", "2", "8"),
                (town.county, "2026-04", "TST-02", "3", "9"),
            ],
            key=lambda told: told[0],
        ),
    ]
    assert await rebuild(town.database, catalogue) == 1
    assert await check_figures(town.database, catalogue) == []


async def test_cells_too_many_and_too_few_are_found(town: Town, catalogue: Catalogue) -> None:
    await filled(town, catalogue)
    await tamper(
        town,
        "INSERT INTO figures.figure (tenant_id, region_id, period, indicator, cut, num) "
        "VALUES ($1, $2, '2019-01', 'TST-01', 'sex=1', 3)",
        town.a,
        town.xinghe,
    )
    await tamper(
        town,
        "DELETE FROM figures.figure WHERE tenant_id = $1 AND indicator = 'TST-07' AND period = '2026'",
        town.b,
    )
    found = {(d.place, d.period, d.stored, d.computed) for d in await check_figures(town.database, catalogue)}
    assert found == {(town.a, "2019-01", "3", None), (town.b, "2026", None, "2")}
    assert await rebuild(town.database, catalogue) == 2


async def test_one_period_is_rebuilt_alone(town: Town, catalogue: Catalogue) -> None:
    await filled(town, catalogue)
    await tamper(town, "UPDATE figures.figure SET num = num + 1 WHERE indicator = 'TST-01' AND cut = ''")
    assert (
        await rebuild(town.database, catalogue, parse_period("2026-03")) == 6
    )  # three tenants, three regions
    assert await rebuild(town.database, catalogue, parse_period("2026-03")) == 0
    assert await rebuild(town.database, catalogue) == 6 * 6 + 3, "the regions have January as well"


async def test_what_waits_to_be_worked_off_is_stale_not_wrong(town: Town, catalogue: Catalogue) -> None:
    await filled(town, catalogue)
    await town.newcomer(town.a, date(2026, 5, 1))
    assert await check_figures(town.database, catalogue) == []
    await settle(town.database, catalogue)
    assert await check_figures(town.database, catalogue) == []
