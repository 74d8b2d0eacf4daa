"""The home page."""

from __future__ import annotations


async def test_home_answers_a_member(visit):
    clerk = await visit("station_staff")
    answer = await clerk.get("/t/t01")
    assert answer.status_code == 200, answer.text
