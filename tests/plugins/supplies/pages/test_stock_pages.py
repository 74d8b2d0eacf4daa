"""Stock keeping over HTTP: a delivery, a lot, a count, a point, outlets; what is wrong is told and nothing lost."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.kernel import clock
from core.tenancy.firms import add_firm
from core.testing import Visitor
from plugins.supplies.services import keeping
from plugins.supplies.services.points import list_points, open_point
from plugins.supplies.services.stocking import lots
from plugins.supplies.tables import Entry
from tests.plugins.supplies.conftest import Store, receive

BASE = "/t/t01/supplies"
API = f"/api/v1{BASE}"


@pytest.fixture
async def clerk(store: Store, visit) -> Visitor:
    return await visit("station_staff")


def hidden(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def note(page: str, **changes: str) -> dict[str, str]:
    told = {"point": "S1", "day": f"{clock.today()}", "reference": "DN-1", "key": hidden(page, "key")[0]}
    lines = {"sku_1": "CON-M", "lot_1": "007", "expiry_1": "202912", "quantity_1": "30"}
    return told | lines | {"checked": ",".join(keeping.CHECKS)} | changes


async def test_a_delivery_is_entered_once_and_seen_in_the_stock(clerk: Visitor, store: Store) -> None:
    page = (await clerk.get(f"{BASE}/stock/arrive")).text
    told = note(page, sku_3="COC-LNG21", lot_3="C1", expiry_3="2028-05-31", quantity_3="7")
    answers = [await clerk.post(f"{BASE}/stock/arrive", told, follow=True) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "007" in answers[-1].text
    assert "C1" in (await clerk.get(f"{BASE}/stock?point=S1")).text
    assert "C1" not in (await clerk.get(f"{BASE}/stock?point=B1")).text
    async with store() as ctx:
        assert {(lot.sku, lot.balance) for lot in await lots(ctx)} == {("CON-M", 30), ("COC-LNG21", 7)}
    sheet = await clerk.get(f"{BASE}/exports/ledger/csv")
    assert (sheet.status_code, sheet.text.count("007")) == (200, 1)
    assert (await clerk.get(f"{BASE}/exports/stock/xlsx")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"expiry_1": "2029-13"}, "expiry_1"),
        ({"lot_1": ""}, "lot_1"),
        ({"quantity_1": "0"}, "quantity_1"),
        ({"quantity_1": "-1"}, "quantity_1"),
        ({"checked": "unit"}, "checked"),
        ({"day": "2999-01-01"}, "day"),
        ({"reference": ""}, "reference"),
        ({"sku_1": "", "lot_1": "", "expiry_1": "", "quantity_1": ""}, "sku_1"),
        ({"made_by": "me"}, "made_by"),
    ],
)
async def test_a_wrong_delivery_keeps_what_was_typed(
    clerk: Visitor, store: Store, changes: dict[str, str], field: str
) -> None:
    page = (await clerk.get(f"{BASE}/stock/arrive")).text
    answer = await clerk.post(f"{BASE}/stock/arrive", note(page, reference="<b>") | changes)
    assert answer.status_code == 400
    assert f"#field-{field}" in answer.text
    assert ('value="&lt;b&gt;"' in answer.text) == ("reference" not in changes)
    async with store():
        assert await Entry.count() == 0


async def test_a_lot_is_set_aside_released_inspected_and_lost(clerk: Visitor, store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
        row = (await lots(ctx))[0].id
    page = f"{BASE}/stock/lots/{row}"
    assert (await clerk.post(f"{page}/hold", {"reason": "DAMP"}, follow=True)).status_code == 200
    assert (await clerk.post(f"{page}/hold", {"reason": "DAMP"})).status_code == 409
    assert (await clerk.post(f"{page}/release")).status_code == 303
    assert (await clerk.post(f"{page}/inspect", {"result": "SOUND"})).status_code == 303
    lost = {"day": f"{clock.today()}", "quantity": "4", "reason": "DAMAGED", "note": "<i>湿</i>"}
    over = await clerk.post(f"{page}/lose", lost | {"quantity": "11"})
    assert over.status_code == 409
    assert "&lt;i&gt;湿" in over.text
    assert (await clerk.post(f"{page}/lose", lost, follow=True)).status_code == 200
    assert (await clerk.post(f"{page}/lose", lost | {"reason": "EXPIRED"})).status_code == 400
    async with store() as ctx:
        assert (await lots(ctx))[0].balance == 6
    assert (await clerk.get(f"{BASE}/stock/inspections")).status_code == 200


async def test_an_expiry_is_corrected_as_it_stands_on_the_pack(clerk: Visitor, store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
        row = (await lots(ctx))[0].id
    page = f"{BASE}/stock/lots/{row}"
    assert f"{page}/expiry" in (await clerk.get(page)).text
    assert (await clerk.get(f"{page}/expiry")).status_code == 200
    for wrong in ({"expiry": "Juni 2030"}, {"expiry": ""}, {"note": ""}, {"made_by": "me"}):
        answer = await clerk.post(f"{page}/expiry", {"expiry": "203006", "note": "<b>包装"} | wrong)
        assert answer.status_code == 400
        assert ('value="&lt;b&gt;包装"' in answer.text) == ("note" not in wrong)
    assert (
        await clerk.post(f"{page}/expiry", {"expiry": "203006", "note": "包装"}, follow=True)
    ).status_code == 200
    async with store() as ctx:
        assert [(lot.expiry, lot.balance) for lot in await lots(ctx)] == [(date(2030, 6, 30), 10)]


async def test_a_point_is_counted_without_seeing_the_books(clerk: Visitor, store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 4711)
        spot = next(each.id for each in await list_points() if each.code == "S1")
    started = await clerk.post(f"{BASE}/counts", {"spot": f"{spot}"}, follow=True)
    assert "4711" not in started.text
    assert "4,711" not in started.text
    count = re.search(r"/counts/([0-9a-f-]{36})/enter", started.text)
    assert count is not None
    (line,) = hidden(started.text, "lines")
    page = f"{BASE}/counts/{count[1]}"
    assert (await clerk.post(f"{page}/enter", {"lines": line, "numbers": ""})).status_code == 400
    assert (await clerk.post(f"{page}/enter", {"lines": line, "numbers": "4710"})).status_code == 303
    assert "-1" in (await clerk.get(page)).text
    assert (await clerk.post(f"{page}/apply", {"note": "少一只"}, follow=True)).status_code == 200
    assert (await clerk.post(f"{page}/apply", {"note": ""})).status_code == 409
    again = await clerk.post(f"{BASE}/counts", {"spot": f"{spot}"}, follow=True)
    other = re.search(r"/counts/([0-9a-f-]{36})/enter", again.text)
    assert other is not None
    assert (await clerk.post(f"{BASE}/counts/{other[1]}/cancel")).status_code == 303


async def test_points_are_opened_changed_and_closed(clerk: Visitor, store: Store) -> None:
    assert (await clerk.get(f"{BASE}/points/new")).status_code == 200
    told = {"code": "M9", "name": "自助机", "kind": "MACHINE", "min_months": "1", "max_months": "2",
            "emergency_tenths": "5"}  # fmt: skip
    assert (await clerk.post(f"{BASE}/points/new", told | {"max_months": "0"})).status_code == 400
    assert (await clerk.post(f"{BASE}/points/new", told)).status_code == 303
    assert (await clerk.post(f"{BASE}/points/new", told)).status_code == 400
    async with store():
        spot = next(each.id for each in await list_points() if each.code == "M9")
    page = f"{BASE}/points/{spot}"
    changed = {"name": "二号机", "min_months": "1", "max_months": "2", "emergency_tenths": "5"}
    assert (await clerk.post(page, changed)).status_code == 303
    assert "二号机" in (await clerk.get(page)).text
    assert (await clerk.post(f"{page}/close")).status_code == 303
    assert (await clerk.post(f"{page}/reopen")).status_code == 303
    upload = {"upload": ("m.csv", "流水号,日期,品种,数量\r\n1,2026-01-01,CON-M,1\r\n".encode())}
    sent = await clerk.post(f"{BASE}/machines/{spot}", files=upload, follow=True)
    assert sent.status_code == 200
    assert (await clerk.get(f"{BASE}/machines")).status_code == 200


async def test_an_outreach_page_says_how_many_there_are(clerk: Visitor, store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
    told = {"point": "S1", "day": f"{clock.today()}", "place": "厂门口", "sku": "CON-M", "quantity": "11"}
    assert (await clerk.post(f"{BASE}/outreach", told)).status_code == 409
    assert (await clerk.post(f"{BASE}/outreach", told | {"sku": "COC-LNG21"})).status_code == 400
    assert (await clerk.post(f"{BASE}/outreach", told | {"quantity": "10"})).status_code == 303


async def test_a_program_keeps_stock_by_the_same_rules(store: Store, program) -> None:
    it = await program("station_staff")
    body = {
        "point": "S1", "day": f"{clock.today()}", "reference": "DN-7", "checked": list(keeping.CHECKS),
        "lines": [{"sku": "CON-M", "lot": "A", "expiry": "202912", "quantity": 5}],
    }  # fmt: skip
    assert (await it.send("POST", f"{API}/stock/arrive", body)).status_code == 201
    wrong = body | {"lines": [{"sku": "CON-M", "lot": "A", "expiry": "2029", "quantity": 5}]}
    assert (await it.send("POST", f"{API}/stock/arrive", wrong)).status_code == 400
    (lot,) = (await it.get(f"{API}/stock")).json()["lots"]
    assert (lot["balance"], lot["expiry"]) == (5, "2029-12-31")
    assert (
        await it.send("POST", f"{API}/stock/lots/{lot['id']}/hold", {"reason": "DAMP"})
    ).status_code == 200
    assert (await it.get(f"{API}/recalled")).json() == {"recalls": []}


async def test_an_employers_officer_and_medical_staff_do_not_keep_stock(store: Store, visit) -> None:
    officer = await visit("tenant_officer")
    for path in ("stock", "points", "counts", "recalled", "machines", "outreach"):
        assert (await officer.get(f"{BASE}/{path}")).status_code in (403, 404)
    nurse = await visit("medical_staff")
    assert (await nurse.get(f"{BASE}/stock")).status_code == 200
    assert (await nurse.get(f"{BASE}/stock/arrive")).status_code == 403


async def test_goods_at_a_firm_are_brought_and_counted(clerk: Visitor, store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 50)
        firm = (await add_firm(ctx.transaction, name_zh="华星制衣", served_from=ctx.today)).id
        levels = {"min_months": 2, "max_months": 3, "emergency_tenths": 5}
        spot = await open_point(ctx, "C1", "华星前台", "CONSIGNMENT", firm, levels)
        source = next(each.id for each in await list_points() if each.code == "S1")
    page = f"{BASE}/consignment/{spot}"
    assert "华星前台" in (await clerk.get(page)).text
    told = {"source": f"{source}", "sku": "CON-M", "quantity": "30", "day": f"{clock.today()}"}
    assert (await clerk.post(f"{page}/restock", told | {"quantity": "51"})).status_code == 409
    assert (await clerk.post(f"{page}/restock", told)).status_code == 303
    (line,) = hidden((await clerk.get(page)).text, "lines")
    assert (await clerk.post(f"{page}/count", {"lines": line, "numbers": ""})).status_code == 400
    assert (await clerk.post(f"{page}/count", {"lines": line, "numbers": "12"})).status_code == 303
    async with store() as ctx:
        assert {lot.point: lot.balance for lot in await lots(ctx)} == {"S1": 20, "C1": 12}
    assert (await clerk.get(f"{BASE}/consignment/{source}")).status_code == 404
