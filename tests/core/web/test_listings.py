"""What a list makes of its address."""

from __future__ import annotations

import pytest

from core.web.listings import ListColumn, Listing, ListQuery, Order, arranged, order_of

COLUMNS = (
    ListColumn(name="name", title="Name", can_sort=True),
    ListColumn(name="born", title="Birth year", can_sort=True, is_number=True),
    ListColumn(name="firm", title="Firm"),
    ListColumn(name="sex", title="Sex", is_shown=False),
)


def listing(**asked: object) -> Listing:
    query = ListQuery(**asked)  # pyright: ignore[reportArgumentType]
    return Listing.of(COLUMNS, query, "/people", filters={"q": "李", "firm": None, "present": ""}, rows=[])


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", Order("name")),
        ("-name", Order("name", descends=True)),
        ("born", Order("born")),
        ("firm", Order("name")),
        ("nothing", Order("name")),
        ("-", Order("name")),
    ],
)
def test_a_list_is_sorted_by_what_it_can_sort_by(sort: str, order: Order) -> None:
    assert order_of(COLUMNS, ListQuery(sort=sort)) == order
    assert order_of(COLUMNS, ListQuery(sort=order.word)) == order


def test_another_click_turns_the_order_round_and_keeps_filters_and_columns() -> None:
    name, born, *_rest = COLUMNS
    plain = listing(columns=("born",))
    assert plain.sorted_by(born) == "/people?q=%E6%9D%8E&sort=born&columns=born"
    assert plain.sorted_by(name) == "/people?q=%E6%9D%8E&sort=-name&columns=born"
    turned = listing(sort="-born")
    assert [turned.stands(column) for column in (name, born)] == ["none", "descending"]
    assert turned.sorted_by(born) == "/people?q=%E6%9D%8E&sort=born"
    assert turned.at(after="x") == "/people?q=%E6%9D%8E&sort=-born&after=x"


def test_the_thing_itself_is_always_shown_and_unknown_columns_are_passed_over() -> None:
    assert [column.name for column in listing().shown] == ["name", "born", "firm"]
    assert [column.name for column in listing(columns=("sex",)).shown] == ["name", "sex"]
    assert [column.name for column in listing(columns=("none",)).shown] == ["name", "born", "firm"]


def test_files_hold_what_is_shown() -> None:
    files = listing(sort="born", columns=("sex",)).with_files({"CSV": "/people.csv"}).exports
    assert files == {"CSV": "/people.csv?q=%E6%9D%8E&sort=born&columns=sex"}


def test_what_has_no_value_stands_last_both_ways() -> None:
    things = [3, None, 1, 2]
    for descends, told in ((False, [1, 2, 3, None]), (True, [3, 2, 1, None])):
        assert arranged(things, Order("n", descends), {"n": lambda thing: thing}) == told
