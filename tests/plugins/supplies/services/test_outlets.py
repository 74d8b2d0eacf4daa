"""Outlets where nobody is asked for a name: outreach, machines, consignment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.kernel.errors import BadInput, Conflict
from core.sdk import Upload
from core.tenancy.firms import add_firm
from plugins.supplies.services import machines, outlets, points
from plugins.supplies.services.stocking import lots
from plugins.supplies.tables import Entry, Voucher
from tests.plugins.supplies.conftest import Store, receive

LEVELS = {"min_months": 2, "max_months": 3, "emergency_tenths": 5}
HEAD = "流水号,日期,品种,数量"


async def left(ctx, point: str) -> dict[str, int]:
    return {lot.lot: lot.balance for lot in await lots(ctx, point)}


async def test_an_outreach_is_one_entry_of_many_pieces_from_the_earliest_lots(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 100, "LATE", expiry=ctx.today + timedelta(days=500))
        await receive(ctx, 50, "SOON", expiry=ctx.today + timedelta(days=50))
        await receive(ctx, 50, "GONE", expiry=ctx.today - timedelta(days=1))
        for _again in range(2):
            await outlets.hand_out_many(ctx, "S1", ctx.today, "厂门口", "CON-M", 80, "outreach:1")
        assert await left(ctx, "S1") == {"LATE": 70, "GONE": 50}
        (voucher,) = await Voucher.select().where(Voucher.kind == "ISSUE")
        assert (voucher["is_anonymous"], voucher["reference"]) == (True, "厂门口")
    with pytest.raises(Conflict):
        async with store() as ctx:
            await outlets.hand_out_many(ctx, "S1", ctx.today, "厂门口", "CON-M", 71)
    with pytest.raises(BadInput):
        async with store() as ctx:
            await outlets.hand_out_many(ctx, "S1", ctx.today, "厂门口", "COC-LNG21", 1)


async def machine(ctx) -> points.ServicePoint:
    spot = await points.open_point(ctx, "M1", "自助机", "MACHINE", None, LEVELS)
    await receive(ctx, 10, point="M1")
    return await points.find_point(spot)


async def test_a_file_of_a_machine_is_looked_at_first_and_entered_once(store: Store) -> None:
    async with store() as ctx:
        spot = await machine(ctx)
        day, late = ctx.today, ctx.today + timedelta(days=1)
        rows = [
            HEAD, f"1,{day} 08:30,con-m,3", f"2,{day},CON-M,4", f"2,{day},CON-M,1", f"3,{late},CON-M,1",
            f"4,{day},NIX,1", f"5,{day},COC-LNG21,1", f"6,{day},CON-M,x", f",{day},CON-M,1", f"7,{day},CON-M,9",
            "8,nie,CON-M,1",
        ]  # fmt: skip
        upload = Upload(name="机.csv", content="\r\n".join(rows).encode("utf-8-sig"))
        file = await machines.send_file(ctx, spot.id, upload)
        known = await machines.find_file(file)
        verdicts = [row.verdict for row in known.rows]
        assert verdicts == ["", "", "TWICE", "DATE", "SKU", "NAMED", "QUANTITY", "REF", "STOCK", "DATE"]
        assert await left(ctx, "M1") == {"A": 10}
        assert await machines.apply_file(ctx, file) == 2
        assert await left(ctx, "M1") == {"A": 3}
        assert await Entry.count().where(Entry.kind == "ISSUE") == 2
    with pytest.raises(Conflict):
        async with store() as ctx:
            await machines.apply_file(ctx, file)
    async with store() as ctx:
        again = await machines.send_file(ctx, spot.id, upload)
        assert [row.verdict for row in (await machines.find_file(again)).rows][:2] == ["KNOWN", "KNOWN"]
        assert await machines.apply_file(ctx, again) == 0
        assert await left(ctx, "M1") == {"A": 3}


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b\r\n1,2"])
async def test_what_is_no_file_of_a_machine_is_refused(store: Store, content: bytes) -> None:
    with pytest.raises(BadInput):
        async with store() as ctx:
            spot = await machine(ctx)
            await machines.send_file(ctx, spot.id, Upload(name="x.csv", content=content))


async def test_what_is_missing_at_a_firm_was_taken_by_nobody_knows_whom(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 100)
        firm = (await add_firm(ctx.transaction, name_zh="华星制衣", served_from=ctx.today)).id
        spot = await points.open_point(ctx, "C1", "华星前台", "CONSIGNMENT", firm, LEVELS)
        station = next(each.id for each in await points.list_points() if each.code == "S1")
        await outlets.restock(ctx, spot, station, "CON-M", 60, ctx.today)
        assert (await left(ctx, "S1"), await left(ctx, "C1")) == ({"A": 40}, {"A": 60})
        (lot,) = await lots(ctx, "C1")
        assert await outlets.settle_consignment(ctx, spot, ctx.today, {lot.id: 25}) == 35
        assert await left(ctx, "C1") == {"A": 25}
        assert await outlets.settle_consignment(ctx, spot, ctx.today, {lot.id: 26}) == 0
        assert await left(ctx, "C1") == {"A": 26}
    with pytest.raises(BadInput):
        async with store() as ctx:
            await outlets.settle_consignment(ctx, spot, ctx.today, {})
