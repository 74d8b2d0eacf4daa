"""Who did what in the town, in plain sentences."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from core.identity.accounts import account_by_login
from core.identity.town_roles import revoke_town_role
from core.kernel import audit
from core.kernel.clock import freeze, today
from core.kernel.scope import Scope
from core.testing import TOWN

RECORDS = f"/town/{TOWN}/audit"
CODE = re.compile(r"\b[a-z]+\.[a-z_-]+\.[a-z_-]+\b")


def told(page: str) -> list[str]:
    """The lines of the table as text."""
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


async def test_acts_stand_there_as_sentences_the_newest_first(visit) -> None:
    admin = await visit("town_admin")
    await admin.post(f"/town/{TOWN}/plugins/lantern/require")
    page = (await (await visit("auditor")).get(RECORDS)).text
    assert told(page)[0].endswith("town admin 把服务模块“灯笼”设为必用")
    assert any("授予auditor镇协会的“审计员”角色" in line for line in told(page))


async def test_no_raw_code_reaches_a_reader(platform, town, visit) -> None:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        audit.record(tx, "town.moon.paint", "moon", None, detail={"colour": "red"})
    page = (await (await visit("auditor")).get(RECORDS)).text
    assert "尚无文字说明的操作" in told(page)[0]
    assert not [line for line in told(page) if CODE.search(line)]
    assert ">moon<" not in page


async def test_the_filter_keeps_who_what_and_when(platform, town, visit) -> None:
    with freeze(datetime(2025, 3, 20, 4, tzinfo=UTC)):
        first = today()
    async with platform.database.transaction(Scope.nobody()) as tx:
        admin = await account_by_login(tx, "town_admin")
        analyst = await account_by_login(tx, "town_analyst")
    assert admin is not None
    assert analyst is not None
    async with platform.database.transaction(Scope.town(town.region.id, admin.id)) as tx:
        await revoke_town_role(tx, analyst.id, "town_analyst", reason="换岗")
    auditor = await visit("auditor")
    mine = (await auditor.get(f"{RECORDS}?who=town_admin")).text
    assert len(told(mine)) == 1
    assert "原因：换岗" in mine
    assert all("角色" in line for line in told((await auditor.get(f"{RECORDS}?about=town_role")).text))
    assert "没有符合条件的记录" in (await auditor.get(f"{RECORDS}?until={first}")).text
    assert "没有符合条件的记录" in (await auditor.get(f"{RECORDS}?who=nobody-of-that-name")).text
    assert len(told((await auditor.get(f"{RECORDS}?since={today()}")).text)) > 1
    assert len(told((await auditor.get(f"{RECORDS}?since=0001-01-01&until=9999-12-31")).text)) > 1
    assert "没有符合条件的记录" in (await auditor.get(f"{RECORDS}?since=9999-12-31")).text


async def test_older_records_follow_without_a_gap(platform, town, visit) -> None:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        for number in range(60):
            audit.record(tx, "town.plugin.withdraw", "lamp", None, detail={"plugin": f"m{number}"})
    auditor = await visit("auditor")
    first = (await auditor.get(f"{RECORDS}?about=lamp")).text
    assert len(told(first)) == 50
    more = re.search(r'href="([^"]+after=[\w-]+)"', first)
    assert more
    second = (await auditor.get(more[1].replace("&amp;", "&"))).text
    assert len(told(second)) == 10
    assert "after=" not in second
    assert told(first)[-1].endswith("“m10”")
    assert told(second)[0].endswith("“m9”")


async def test_another_towns_records_are_not_there(platform, town, visit) -> None:
    async with platform.database.transaction(Scope.town(town.t01.id)) as tx:
        audit.record(tx, "town.plugin.withdraw", "secret", None, detail={"plugin": "elsewhere"})
    assert "elsewhere" not in (await (await visit("auditor")).get(RECORDS)).text
