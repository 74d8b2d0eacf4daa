"""March 2025 in the town, with figures stored for both units and the town."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest

from core.app import Platform, create_app
from core.kernel.clock import freeze
from core.testing import Visitor
from tests.cells import Cells, store_cells

T01: Cells = {
    ("2025-02", "POP-01", ""): (1200, None),
    ("2025-03", "POP-01", ""): (1234, None),
    ("2025-03", "POP-02", ""): (3, None),
    ("2025-03", "POP-04", ""): (12, None),
    ("2025-03", "POP-05", ""): (40, None),
}
T02: Cells = {
    ("2025-02", "POP-01", ""): (310, None),
    ("2025-03", "POP-01", ""): (300, None),
    ("2025-03", "POP-02", ""): (50, None),
    ("2025-03", "POP-05", ""): (9, None),
}
TOWN_CELLS: Cells = {
    ("2025-02", "POP-01", ""): (1500, None),
    ("2025-03", "POP-01", ""): (1520, None),
    ("2025-03", "POP-01", "sex=1"): (1000, None),
    ("2025-03", "POP-01", "sex=2"): (517, None),
    ("2025-03", "POP-01", "sex=9"): (3, None),
    ("2025-03", "POP-02", ""): (53, None),
    ("2025-03", "POP-04", ""): (12, None),
    ("2025-03", "POP-05", ""): (49, None),
}


@pytest.fixture
async def march(platform, town):
    await store_cells(platform, town.t01.id, town.region.id, T01)
    await store_cells(platform, town.t02.id, town.region.id, T02)
    await store_cells(platform, town.region.id, town.region.id, TOWN_CELLS)
    with freeze(datetime(2025, 3, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
async def browse():
    """The town's administrator at another process of the same town."""
    async with AsyncExitStack() as stack:

        async def come(other: Platform) -> Visitor:
            transport = httpx.ASGITransport(cast(Any, create_app(other)), raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
            visitor = Visitor(await stack.enter_async_context(client))
            await visitor.sign_in("town_admin")
            return visitor

        yield come
