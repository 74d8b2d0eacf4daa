"""Every check of the contract suite finds the plug-ins that break it, says what to do, and finds nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.app import migration_apps, open_platform, plugins
from core.contract import LIVED, STATED, given
from core.contract.check import Bench, Lived, Stated
from core.host.discovery import Found
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.migrations import migrate
from core.kernel.scope import Scope
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.testing import TOWN, Server, Town, furnish, platform_settings, watching
from tests.contract import bad
from tests.specimens import importable

EXAMPLES = {"clinging.loan": {"words": "欧阳晓岚"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the bad plug-ins are importable."""
    with importable(tmp_path_factory.mktemp("bad")) as made:
        yield made


@pytest.fixture(scope="module")
def stated(folder: Path) -> Sequence[Found]:
    return [bad.install(folder, specimen) for specimen in bad.STATED]


@asynccontextmanager
async def town_with(
    server: Server, template: str, home: Path, found: Sequence[Found]
) -> AsyncIterator[tuple[str, Sequence[Found]]]:
    """The name of a furnished database with these plug-ins in it, to be copied."""
    name = f"bad_{new_id().hex}"
    await server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    await server.run(f'GRANT CREATE ON DATABASE "{name}" TO owner')
    migrator = await Database.connect({"migrator": server.address(name, "migrator")}, 1)
    await migrate(migrator, migration_apps(plugins(found)))
    await migrator.close()
    async with open_platform(platform_settings(server, name, home), found=found) as platform:
        await furnish(platform)
        await server.run(*watching(platform), database=name)
    yield name, found
    await server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def bench_in(
    server: Server, furnished: tuple[str, Sequence[Found]], home: Path
) -> AsyncIterator[Bench]:
    template, found = furnished
    name = f"bad_{new_id().hex}"
    await server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    settings = platform_settings(server, name, home)
    async with open_platform(settings, ("app", "figures", "dispatch"), found=found) as platform:
        async with platform.database.transaction(Scope.nobody()) as tx:
            region = await region_by_code(tx, TOWN)
        assert region is not None
        async with platform.database.transaction(Scope.town(region.id)) as tx:
            t01, t02 = await list_tenants(tx)
        town = Town(region=region, t01=t01, t02=t02)
        yield Bench(
            platform=platform, server=server, town=town, examples=EXAMPLES, held={one.name for one in found}
        )
    await server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
async def furnished(
    database_server: Server, template_database: str, home: Path, folder: Path
) -> AsyncIterator[tuple[str, Sequence[Found]]]:
    found = [bad.install(folder, specimen) for specimen in bad.LIVED]
    async with town_with(database_server, template_database, home, found) as made:
        yield made


def wrong(check: str, specimens: Sequence[bad.Specimen], faults: Sequence[str]) -> list[str]:
    """What the check should have said and did not, and whom it blamed for nothing."""
    guilty = {specimen.name for specimen in specimens if check in specimen.told}
    missing = [
        f"not told of {specimen.name}: {words}"
        for specimen in specimens
        for words in specimen.told.get(check, ())
        if not any(words in fault for fault in faults)
    ]
    innocent = {specimen.name for specimen in specimens} - guilty
    return missing + [fault for fault in faults if fault.split(":")[0] in innocent]


@pytest.mark.parametrize("check", STATED, ids=lambda check: check.name)
def test_what_is_stated_wrongly_is_told(check: Stated, stated: Sequence[Found]) -> None:
    faults = list(check.find(given(stated)))
    assert not wrong(check.name, bad.STATED, faults), "\n".join(faults)


@pytest.mark.parametrize("check", LIVED, ids=lambda check: check.name)
async def test_what_is_lived_wrongly_is_told(
    check: Lived, database_server: Server, furnished: tuple[str, Sequence[Found]], home: Path
) -> None:
    async with bench_in(database_server, furnished, home) as bench:
        faults = await check.find(bench)
    assert not wrong(check.name, bad.LIVED, faults), "\n".join(faults)


async def test_a_table_that_figures_may_not_read_is_told(
    database_server: Server, template_database: str, home: Path, folder: Path
) -> None:
    (check,) = [check for check in LIVED if check.name in bad.BLIND.told]
    found = [bad.install(folder, bad.BLIND)]
    async with (
        town_with(database_server, template_database, home, found) as made,
        bench_in(database_server, made, home) as bench,
    ):
        faults = await check.find(bench)
    assert not wrong(check.name, [bad.BLIND], faults), "\n".join(faults)


def test_every_check_has_a_plugin_that_breaks_it(record_property: Callable[[str, object], None]) -> None:
    specimens = (*bad.STATED, *bad.LIVED, bad.BLIND)
    broken = {check for specimen in specimens for check in specimen.told}
    checks = {check.name for check in (*STATED, *LIVED)}
    record_property("contract", f"{len(checks)} checks, {len(specimens)} bad plug-ins")
    assert broken == checks
