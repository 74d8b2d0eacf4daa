"""A move between two units as their clerks see it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from core.testing import Visitor
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, Work, registration

Visit = Callable[..., Awaitable[Visitor]]

HERE, THERE = "/t/t01/registration", "/t/t02/registration"


async def test_an_offer_is_sent_shown_accepted_and_done(visit: Visit, counter: Counter, worked: Work) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
    clerk, other = await visit("station_staff"), await visit("station_staff.t02")
    form = f"{HERE}/people/{person}/offer"
    await clerk.get(form)
    unknown = await clerk.post(form, {"unit": "T99", "day": "2026-11-10", "agrees": "1"})
    assert unknown.status_code == 400
    assert 'value="T99"' in unknown.text
    async with counter() as ctx:
        # What is noted with an offer is noted only when it is made.
        given = [state.purpose.code for state in await ctx.people.consents(person) if state.is_given]
    assert given == ["RECORD"]
    sent = await clerk.post(form, {"unit": "t02", "day": "2026-11-10", "agrees": "1"}, follow=True)
    assert "等待答复" in sent.text
    await worked()
    home = (await other.get("/t/t02/", follow=True)).text
    assert f"{THERE}/offers/" in home
    assert "接收或谢绝" in home
    assert "2026年11月10日" in home
    listed = await other.get(f"{THERE}/offers")
    found = re.search(rf'href="({THERE}/offers/[0-9a-f-]{{36}})"', listed.text)
    assert found is not None
    assert "王小明" in listed.text
    offer = found[1]
    await other.get(offer)
    incomplete = await other.post(f"{offer}/accept", {"day": "2026-11-12"})
    assert incomplete.status_code == 400
    accepted = await other.post(f"{offer}/accept", {"day": "2026-11-12", "village": "南村"}, follow=True)
    assert accepted.url.path.startswith(f"{THERE}/people/")
    await worked()
    left = await clerk.get(f"{HERE}/people/{person}")
    assert "转往其他协会单位" in left.text
    assert "2026年11月12日" in left.text


async def test_a_declined_and_a_withdrawn_offer_end(visit: Visit, counter: Counter, worked: Work) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
    clerk, other = await visit("station_staff"), await visit("station_staff.t02")
    form = f"{HERE}/people/{person}/offer"
    for end in ("decline", "withdraw"):
        await clerk.get(form)
        shown = await clerk.post(form, {"unit": "T02", "day": "2026-11-10"}, follow=True)
        await worked()
        listed = await other.get(f"{THERE}/offers")
        assert "王小明" not in listed.text
        found = re.search(rf"{THERE}/offers/([0-9a-f-]{{36}})", listed.text)
        assert found is not None
        if end == "decline":
            await other.post(f"{THERE}/offers/{found[1]}/decline")
        else:
            own = await clerk.get(f"{HERE}/offers/{found[1]}")
            for page in (shown, own):
                assert f"{HERE}/offers/{found[1]}/withdraw" in page.text
            await clerk.post(f"{HERE}/offers/{found[1]}/withdraw")
        await worked()
        assert found[1] not in (await other.get(f"{THERE}/offers")).text
        assert found[1] not in (await clerk.get(f"{HERE}/people/{person}")).text
