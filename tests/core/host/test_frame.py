"""The navigation gives every entry a letter of its own."""

from __future__ import annotations

from typing import Any

from core.host.frame import navigation
from core.web.pages import Nav, Page


async def nothing(ctx: Any) -> Any: ...


def letters(*navs: Nav) -> dict[str, str]:
    pages = [("/t/t01", Page(path=nav.title, handler=nothing, permission="p", nav=nav)) for nav in navs]
    return {entry.title: entry.key for entry in navigation(pages, frozenset({"p"}), "/t/t01")}


def test_the_first_letter_that_is_free_opens_an_entry() -> None:
    found = letters(
        Nav(title="Home", order=0), Nav(title="Reports"), Nav(title="Records"), Nav(title="Roster")
    )
    assert found == {"Home": "h", "Records": "r", "Reports": "e", "Roster": "o"}


def test_who_asks_for_a_letter_gets_it_and_the_first_of_two_keeps_it() -> None:
    found = letters(Nav(title="Home", order=0), Nav(title="Figures", key="H"), Nav(title="Grants", key="h"))
    assert (found["Figures"], found["Home"], found["Grants"]) == ("h", "o", "g")


def test_a_title_without_free_letters_gets_another_one() -> None:
    found = letters(
        Nav(title="A", order=0), Nav(title="B", order=1), Nav(title="AB", order=2), Nav(title="首页")
    )
    assert sorted(found.values()) == ["a", "b", "c", "d"]
