"""The book of a month and the people behind a figure, page by page."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.sdk.people import MovementKind
from core.testing import Program
from plugins.registration.services.moving import move
from plugins.registration.services.registering import register
from tests.plugins.registration.api.conftest import HERE
from tests.plugins.registration.conftest import Counter, registration, resident

ARRIVALS = f"{HERE}/figures/POP-02"


async def test_a_month_is_told_with_whom_it_counts(desk: Program, officer: Program, counter: Counter) -> None:
    async with counter() as ctx:
        people = [
            str(
                await register(
                    ctx, registration(date(2026, 10, day), name=f"王{day}", document=resident(day))
                )
            )
            for day in (5, 9, 9 + 5)
        ]
        await move(ctx, UUID(people[0]), MovementKind.DEPART, date(2026, 10, 20))
    book = (await desk.get(f"{HERE}/book", month="2026-10")).json()
    floating = book["lines"][0]
    assert (book["first_day"], book["last_day"]) == ("2026-10-01", "2026-10-31")
    assert (floating["opening"], floating["closing"], floating["difference"]) == (0, 2, 0)
    assert floating["moves"] == {"ARRIVE": 3, "DEPART": 1}
    assert (await desk.get(f"{HERE}/book")).json()["lines"][0]["opening"] == 2
    for month in ("2026-13", "2026", "October"):
        wrong = await desk.get(f"{HERE}/book", month=month)
        assert (wrong.status_code, set(wrong.json()["fields"])) == (400, {"month"}), month
    assert (await officer.get(f"{HERE}/book")).status_code == 403

    page = (await desk.get(ARRIVALS, period="2026-10", limit=2)).json()
    rest = (await desk.get(ARRIVALS, period="2026-10", limit=2, after=page["next"])).json()
    told = page["people"] + rest["people"]
    assert (page["count"], rest["next"]) == (3, None)
    assert [(one["person"]["id"], one["day"][-2:]) for one in told] == list(
        zip(people, ("05", "09", "14"), strict=True)
    )
    assert (await desk.get(ARRIVALS, period="2026-10", cut="sex=1")).json()["count"] == 0
    other = await desk.get(ARRIVALS, period="2026-11", after=page["next"])
    assert other.status_code == 400
    for path, period in (
        (ARRIVALS, "soon"),
        (f"{HERE}/figures/POP-99", "2026-10"),
        (f"{HERE}/figures/POP-06", "2026"),
    ):
        assert (await desk.get(path, period=period)).status_code == 404, path
    assert (await officer.get(ARRIVALS, period="2026-10")).status_code == 403
