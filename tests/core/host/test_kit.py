"""The kit of pages is there in a demonstration, and nowhere else."""

from __future__ import annotations

import html

import httpx
from msgspec import structs

from core.app import create_app
from core.web.kit import icons, pieces


async def test_the_kit_shows_every_piece_and_how_it_is_written(platform) -> None:
    kept = platform.settings
    platform.settings = structs.replace(kept, demo=True)
    try:
        app = create_app(platform)
    finally:
        platform.settings = kept
    transport = httpx.ASGITransport(app=app)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        page = (await client.get("/town/kit?sort=-born")).text
    for piece in pieces():
        assert f'id="{piece.name}"' in page
        assert piece.source.strip().splitlines()[0] in html.unescape(page)
    assert page.index("阿依古丽") < page.index("陈素荷") < page.index("吕一")
    assert "请填写一个合理的整数" in page
    assert len(icons()) > 60


async def test_elsewhere_there_is_no_kit(visit) -> None:
    assert (await (await visit()).get("/town/kit")).status_code in (303, 404)
