"""Every page is reached from the front door, and no link leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, Page, dead_links, pages, reached

DOORS = {"tutorials", "howto", "reference", "explanation"}
# `console` is checked by test_examples.py, `python`, `toml` and `html` by first_plugin/, `jinja` by test_kit.py.
# `sql` is made from the code.
KINDS = {"console", "python", "toml", "html", "jinja", "sql", "text"}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Page) -> None:
    assert dead_links(page) == []


def test_every_page_is_reached_from_the_index() -> None:
    assert set(DOCS.rglob("*.md")) <= reached(Page(DOCS / "index.md"))


def test_every_page_stands_behind_one_door() -> None:
    assert {path.relative_to(DOCS).parts[0] for path in DOCS.rglob("*.md")} == DOORS | {"index.md"}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_page_has_one_title_on_its_first_line(page: Page) -> None:
    assert page.text.startswith("# ")
    assert page.prose.count("\n# ") == 0


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_fenced_blocks_are_of_a_kind_that_is_checked(page: Page) -> None:
    fences = [line.strip()[3:] for line in page.text.splitlines() if line.startswith("```")]
    assert set(fences[::2]) <= KINDS
    assert set(fences[1::2]) <= {""}


def test_dead_links_and_lost_pages_are_seen(tmp_path: Path) -> None:
    first, second = tmp_path / "index.md", tmp_path / "second.md"
    first.write_text("# First\n[here](second.md#the-end) [there](gone.md) [lost](second.md#no)\n")
    second.write_text("# Second\n## The end\n")
    (tmp_path / "third.md").write_text("# Third\n")
    page = Page(first)
    links = [link for link in page.links if not page.target(link).exists()]
    assert links == ["gone.md"]
    assert Page(second).anchors == {"second", "the-end"}
    assert reached(page) == {first, second}
