"""Who received supplies, behind the figure: for those who hand out, and nobody whose link is put away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.kernel import clock
from core.kernel.scope import ARCHIVE
from core.testing import Program, Visitor
from plugins.supplies.services.ledger import post
from plugins.supplies.services.recipients import retire
from tests.plugins.supplies.conftest import Store, act, line, person_at, receive

PATH = "/t/t01/supplies/figures/SUP-05"
API = f"/api/v1{PATH}"
MONTH = "2026-03"

Visit = Callable[..., Awaitable[Visitor]]
Come = Callable[..., Awaitable[Program]]


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with clock.freeze(datetime(2026, 3, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
async def served(store: Store, settled: Callable[[], Awaitable[None]]) -> list[UUID]:
    """王小明 received something yesterday and 李梅 today; two came without a name."""
    async with store() as ctx:
        await receive(ctx, 100, day=ctx.today - timedelta(days=5))
        people = [await person_at(ctx), await person_at(ctx, "李梅")]
        for person, days in zip(people, (1, 0), strict=True):
            given = act(ctx, "ISSUE", day=ctx.today - timedelta(days=days), person=person)
            await post(ctx, given, [line(10)])
        for _time in range(2):
            await post(ctx, act(ctx, "ISSUE"), [line(1)])
    await settled()
    return people


async def test_who_hands_out_sees_whom_the_figure_counts(served: list[UUID], visit: Visit) -> None:
    for role in ("station_staff", "medical_staff"):
        page = (await (await visit(role)).get(f"{PATH}?period={MONTH}")).text
        assert "2 位不同的领取人" in page
        assert "王小明" in page
        assert "李梅" in page
        assert "封存" not in page
    clerk = await visit("station_staff")
    part = (await clerk.get(f"{PATH}?period={MONTH}&cut=sex=1")).text
    assert "没有人记名领取" in part
    figures = (await clerk.get(f"/t/t01/figures?period={MONTH}")).text
    assert f"{PATH}?period={MONTH}&amp;cut=mode%3DIDENTIFIED" in figures


async def test_times_without_a_name_are_counted_and_list_nobody(
    served: list[UUID], visit: Visit, program: Come
) -> None:
    page = (await (await visit("station_staff")).get(f"{PATH}?period={MONTH}&cut=mode=ANONYMOUS")).text
    assert "不记名领取的 2 次" in page
    assert "王小明" not in page
    clerk = await program("station_staff")
    told = (await clerk.get(API, period=MONTH, cut="mode=ANONYMOUS")).json()
    assert told == {"count": 2, "put_away": 0, "people": [], "next": None}


async def test_who_is_put_away_is_counted_and_not_named(
    served: list[UUID], store: Store, visit: Visit, program: Come, settled: Callable[[], Awaitable[None]]
) -> None:
    async with store(None, "registry", "supplies", ARCHIVE) as ctx:
        assert await retire(ctx, 0) == 1
    await settled()
    page = (await (await visit("station_staff")).get(f"{PATH}?period={MONTH}")).text
    assert "2 位不同的领取人" in page
    assert "其中 1 人计入数字但不列姓名" in page
    assert "李梅" in page
    assert "王小明" not in page
    told = (await (await program("station_staff")).get(API, period=MONTH)).json()
    assert (told["count"], told["put_away"]) == (2, 1)
    assert [one["id"] for one in told["people"]] == [str(served[1])]


async def test_a_program_reads_them_page_by_page(served: list[UUID], program: Come) -> None:
    clerk = await program("station_staff")
    first = (await clerk.get(API, period=MONTH, limit=1)).json()
    last = (await clerk.get(API, period=MONTH, limit=1, after=first["next"])).json()
    assert [one["id"] for page in (first, last) for one in page["people"]] == sorted(map(str, served))
    assert (first["count"], last["next"]) == (2, None)
    other = await clerk.get(API, period="2026-02", after=first["next"])
    assert other.status_code == 400


async def test_nobody_else_sees_them_and_no_other_figure_is_opened_so(
    served: list[UUID], visit: Visit, program: Come
) -> None:
    for role in ("tenant_officer", "tenant_reporter", "rights_consultant"):
        visitor, it = await visit(role), await program(role)
        assert (await visitor.get(f"{PATH}?period={MONTH}")).status_code == 403, role
        assert (await it.get(API, period=MONTH)).status_code == 403, role
        assert PATH not in (await visitor.get(f"/t/t01/figures?period={MONTH}")).text, role
    clerk = await visit("station_staff")
    for wrong in ("SUP-05?period=soon", "SUP-05", "POP-01?period=2026-03", f"SUP-01?period={MONTH}"):
        assert (await clerk.get(f"/t/t01/supplies/figures/{wrong}")).status_code == 404, wrong
    # The other service module's page opens no compartment of this one.
    behind = await clerk.get(f"/t/t01/registration/figures/SUP-05?period={MONTH}&cut=mode=IDENTIFIED")
    assert "王小明" not in behind.text
