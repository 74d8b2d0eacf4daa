"""The stock of the units and the table of the year, as the town reads them."""

from __future__ import annotations

from core.testing import TOWN

BASE = f"/town/{TOWN}/supplies"
API = f"/api/v1{BASE}"


async def test_a_town_without_any_figure_is_told_so(visit, program) -> None:
    analyst = await visit("town_analyst")
    for path in (
        "network",
        "network?period=2025-03",
        "network?period=x",
        "yearly",
        "yearly?year=2020",
        "yearly?year=x",
    ):
        assert (await analyst.get(f"{BASE}/{path}")).status_code == 200
    it = await program("town_analyst")
    assert (await it.get(f"{API}/network", period="2025")).status_code == 400
    assert (await it.get(f"{API}/network", period="2025-03")).json()["period"] == "2025-03"
    assert (await it.get(f"{API}/yearly")).status_code == 200


async def test_no_unit_reads_the_network(visit) -> None:
    for role in ("station_staff", "tenant_officer"):
        visitor = await visit(role)
        assert (await visitor.get(f"{BASE}/network")).status_code in (403, 404)
