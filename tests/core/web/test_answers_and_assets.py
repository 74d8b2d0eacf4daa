"""Answers stay on this site; files are found by their hash alone."""

from __future__ import annotations

import pytest

from core.testing import without_chance
from core.web import assets
from core.web.answers import download, redirect


@pytest.mark.requirement("R26")
@pytest.mark.parametrize(
    "path", ["https://example.org", "//example.org", "/\\example.org", "javascript:x", ""]
)
def test_a_redirect_stays_on_this_site(path: str) -> None:
    with pytest.raises(ValueError, match="stay"):
        redirect(path)


def test_a_file_is_an_attachment_under_a_chinese_name() -> None:
    answer = download("名单 1.csv", "text/csv", b"x")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95%201.csv"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_files_are_kept_for_ever_under_their_hash_and_are_not_there_under_another(visit) -> None:
    nobody = await visit()
    address = assets.address("townbridge.css")
    answer = await nobody.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert (await nobody.get(address.replace(address.split("/")[2], "0" * 16))).status_code == 404


@pytest.mark.parametrize(
    "name", ["../../app.py", "..%2f..%2fapp.py", "%2e%2e/templates/error.html", "no.css"]
)
async def test_nothing_but_the_static_files_is_served(visit, name: str) -> None:
    assert (await (await visit()).get(f"/static/0/{name}")).status_code == 404


@pytest.mark.parametrize("coding", ["br", "gzip"])
async def test_pages_and_files_come_packed_to_whom_can_unpack(visit, coding: str) -> None:
    nobody = await visit()
    for path in ("/sign-in", assets.address("townbridge.css")):
        bare = await nobody.get(path, **{"Accept-Encoding": "identity"})
        packed = await nobody.get(path, **{"Accept-Encoding": coding})
        assert "Content-Encoding" not in bare.headers
        assert packed.headers["Content-Encoding"] == coding
        assert without_chance(packed.text) == without_chance(bare.text)
        assert int(packed.headers["Content-Length"]) < len(bare.content) / 2
