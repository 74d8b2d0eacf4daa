"""The disk is full: what would be written is refused in so many words, what is there can be read, nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from core.testing import passing_folder
from tests.faults.home import Home
from tests.faults.oracle import examine
from tests.faults.sizes import SIZES
from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.table import Tally
from tests.faults.town_under_load import TownUnderLoad, open_town, until

pytestmark = [pytest.mark.slow, pytest.mark.full_size, pytest.mark.mounts]

MOST = 3000
"""Commands that find room in what the database has taken already."""


@pytest.fixture
async def disk(town_on_a_small_disk: tuple[TownUnderLoad, SmallDisk]) -> SmallDisk:
    return town_on_a_small_disk[1]


@pytest.fixture
async def town(town_on_a_small_disk: tuple[TownUnderLoad, SmallDisk]) -> TownUnderLoad:
    return town_on_a_small_disk[0]


@pytest.fixture
async def town_on_a_small_disk() -> AsyncIterator[tuple[TownUnderLoad, SmallDisk]]:
    with passing_folder() as folder, small_disk((home := Home(folder)).path) as disk:
        assert home.run("migrate").status() == 0
        async with open_town(home) as town:
            yield town, disk
        home.discard()


async def test_a_full_disk_refuses_and_forgets_nothing(
    town: TownUnderLoad, disk: SmallDisk, tally: Callable[[str], Tally]
) -> None:
    cost = tally("disk: full")
    for _time in range(SIZES.full_disks):
        disk.fill()
        told = await refused(town)
        assert "disk is full" in told, told
        assert await town.desk.read() == 200
        disk.free()
        await until(town.takes_commands, 30)
        cost.add(1, await examine(town))
    assert cost.is_clean, cost


async def refused(town: TownUnderLoad) -> str:
    """Register people until one cannot be; what is said then."""
    async with httpx.AsyncClient(timeout=30) as client:
        for _command in range(MOST):
            if await town.desk.give(client, town.ledger.command()) != "201":
                return town.desk.said
    raise AssertionError("there was room for all of them")
