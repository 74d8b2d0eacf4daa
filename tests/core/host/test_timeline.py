"""One line of time of all modules, newest first; a module from before there were moments still shows its piece."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from core.sdk import Moment, Widget
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import counter as counter
from tests.plugins.registration.conftest import registration

PAGE = "/t/t01/registration/people"


@pytest.fixture
async def person(counter: Any) -> UUID:
    async with counter() as ctx:
        return await register(ctx, registration())


def added(platform: Any, plugin: str, *widgets: Widget) -> None:
    platform.server.widgets = (*platform.server.widgets, *((plugin, widget) for widget in widgets))


async def test_each_reader_sees_the_compartments_of_her_roles(
    platform: Any, person: UUID, visit: Any, program: Any
) -> None:
    async def lent(ctx: Any, person: UUID) -> list[Moment]:
        return [Moment(day=ctx.today.replace(year=year), title="lent a lamp") for year in (2019, 2026)]

    added(platform, "lantern", Widget(slot="PERSON_TIMELINE", handler=lent, permission="lantern.lamp.light"))
    page = (await (await visit("station_staff")).get(f"{PAGE}/{person}")).text
    line = page.partition('id="timeline"')[2].partition("</section>")[0]
    days = re.findall(r'datetime="([\d-]+)"', line)
    assert days == sorted(days, reverse=True)
    assert (days[-1][:4], line.count("lent a lamp"), line.count("灯笼")) == ("2019", 2, 2)
    moments = (await (await program("station_staff")).get(f"/api/v1{PAGE}/{person}/timeline")).json()[
        "moments"
    ]
    assert [one["compartments"] for one in moments if one["service"] == "灯笼"] == [["supplies"]] * 2
    nurse = (await (await visit("medical_staff")).get(f"{PAGE}/{person}")).text
    assert "lent a lamp" not in nurse


async def test_a_piece_of_html_stands_below_the_line_and_a_wrong_thing_nowhere(
    platform: Any, person: UUID, visit: Any
) -> None:
    async def piece(ctx: Any, person: UUID) -> str:
        return "<p>an older module</p>"

    async def late(ctx: Any, person: UUID) -> list[Moment]:
        return [Moment(day=date(2019, 5, 1), title="lent a %(thing)s", params={"thing": "lamp <b>"})]

    async def wrong(ctx: Any, person: UUID) -> list[Any]:
        return [Moment(day=date(2018, 5, 1), title="half a list"), "text"]

    widget = Widget(slot="PERSON_TIMELINE", handler=piece, permission="registration.person.read")
    added(
        platform,
        "registration",
        *(structs.replace(widget, handler=handler) for handler in (piece, late, wrong)),
    )
    page = (await (await visit("station_staff")).get(f"{PAGE}/{person}")).text
    assert page.index("lent a lamp &lt;b&gt;") < page.index("<p>an older module</p>")
    assert "half a list" not in page
