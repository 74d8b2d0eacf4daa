"""The first hour: its words are those of the screens, and its steps do what they say."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from core.app import Platform, plugins
from core.host.jobs import job_handlers
from core.kernel import clock, i18n
from core.kernel.runner import Runner
from core.testing import Town, Visitor
from tests.docs.pages import DOCS, ROOT, Page

HOUR = Page(DOCS / "tutorials" / "first_hour.md")
PROSE = " ".join(HOUR.prose.split())
WORDS = re.findall(r"\*\*([^*]+)\*\*\s+\(([^()]+)\)", PROSE)
ROSTER = "/t/t01/registration/roster"
PRESENT = "SELECT num FROM figures.figure WHERE tenant_id = $1 AND indicator = 'POP-01' AND cut = '' AND period = $2"

Visit = Callable[[str], Awaitable[Visitor]]


@pytest.mark.parametrize(("english", "chinese"), sorted(set(WORDS)))
def test_word_stands_on_the_screen_in_both_languages(english: str, chinese: str) -> None:
    """A number on the page stands where the sentence counts."""
    plugins()
    sentence, meant = (re.sub(r"\d+", "%(count)s", words) for words in (english, chinese))
    assert i18n.translator("zh")(sentence) == meant


def test_every_word_in_bold_has_its_chinese() -> None:
    bold = re.findall(r"\*\*([^*]+)\*\*", PROSE)
    assert sorted(bold) == sorted(english for english, _chinese in WORDS)


def test_logins_are_those_of_the_demonstration() -> None:
    generator = (ROOT / "core/demo/town.py").read_text(encoding="utf-8")
    logins = set(re.findall(r"`((?:w01|ws)\.\w+)`", PROSE))
    assert logins == {"w01.desk", "ws.admin"}
    assert '("desk", "station_staff")' in generator
    assert '("ws.admin", "town_admin")' in generator


def roster() -> bytes:
    [table] = re.findall(r"^```text\n(姓名.*?)^```$", HOUR.text, re.MULTILINE | re.DOTALL)
    return table.replace("TODAY", clock.today().isoformat()).encode()


@pytest.mark.slow
async def test_a_worker_and_a_roster_become_figures(
    visit: Visit, platform: Platform, town: Town, settled: Callable[[], Awaitable[None]], in_tenant
) -> None:
    clerk = await visit("station_staff")
    form = {"name": "李梅", "phone": "13800000000", "village": "东巷", "is_floating": "1"}
    await clerk.get("/t/t01/registration/register")
    answer = await clerk.post("/t/t01/registration/register", form, follow=True)
    assert "李梅" in answer.text
    again = await clerk.post("/t/t01/registration/register", form, follow=True)
    assert again.url.path == "/t/t01/registration/register"
    runner = Runner(platform.database, job_handlers(platform.server))
    await clerk.get(ROSTER)
    answer = await clerk.post(ROSTER, files={"upload": ("roster.csv", roster())})
    incoming = answer.headers["Location"]
    for step in ("plan", "apply"):
        await runner.drain()
        await clerk.get(incoming)
        await clerk.post(f"{incoming}/{step}")
    await runner.drain()
    await settled()
    async with in_tenant() as tx:
        assert await tx.fetchval(PRESENT, town.t01.id, clock.month_of(clock.today())) == 3


@pytest.mark.slow
async def test_the_plan_says_two_new_and_one_rejected(visit: Visit, platform: Platform) -> None:
    clerk = await visit("station_staff")
    runner = Runner(platform.database, job_handlers(platform.server))
    await clerk.get(ROSTER)
    incoming = (await clerk.post(ROSTER, files={"upload": ("roster.csv", roster())})).headers["Location"]
    await runner.drain()
    await clerk.get(incoming)
    await clerk.post(f"{incoming}/plan")
    await runner.drain()
    text = " ".join((await clerk.get(incoming)).text.split())
    assert re.search(r"新增</p>.{0,200}?>2<", text)
    assert re.search(r"退回</p>.{0,200}?>1<", text)
    assert "何满江" in text
