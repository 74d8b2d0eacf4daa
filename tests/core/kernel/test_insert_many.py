"""Many rows in one statement: written, brought up to date, and never in another tenant."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from core.kernel.db import Transaction
from core.kernel.ids import derived_id, new_id
from core.tenancy.tables import Setting
from core.testing import Town

Open = Callable[..., AbstractAsyncContextManager[Transaction]]

NAMES = ("plugin", "name", "value")
KEY = ("plugin", "name")


async def kept() -> dict[str, str]:
    rows = await Setting.select(Setting.name, Setting.value).where(Setting.plugin == "tests")
    return {row["name"]: row["value"] for row in rows}


async def test_rows_are_written_once_and_brought_up_to_date(in_tenant: Open) -> None:
    rows = [("tests", f"n{number}", str(number)) for number in range(300)]
    async with in_tenant():
        assert await Setting.insert_many(NAMES, rows, key=KEY) == 300
        assert await Setting.insert_many(NAMES, rows, key=KEY) == 0
        changed = [("tests", "n7", "70"), ("tests", "new", "1")]
        assert await Setting.insert_many(NAMES, changed, key=KEY) == 2
        assert (await kept())["n7"] == "70"
        assert len(await kept()) == 301


async def test_rows_belong_to_the_open_tenant_alone(in_tenant: Open, town: Town) -> None:
    async with in_tenant():
        await Setting.insert_many(NAMES, [("tests", "n", "1")], key=KEY)
    async with in_tenant(tenant=town.t02):
        assert await kept() == {}
        assert await Setting.insert_many(NAMES, [("tests", "n", "2")], key=KEY) == 1
    async with in_tenant():
        assert await kept() == {"n": "1"}


async def test_nothing_to_write_is_no_statement(in_tenant: Open) -> None:
    async with in_tenant():
        assert await Setting.insert_many(NAMES, []) == 0


def test_the_same_name_has_the_same_id_within_one_space() -> None:
    space, other = new_id(), new_id()
    assert derived_id(space, "MV-1") == derived_id(space, "MV-1")
    assert len({derived_id(space, "MV-1"), derived_id(space, "MV-2"), derived_id(other, "MV-1")}) == 3
