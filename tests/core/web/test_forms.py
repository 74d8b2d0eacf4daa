"""Forms: all errors at once, what was typed is kept, dates as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

import pytest
from litestar.datastructures import FormMultiDict
from msgspec import Meta, Struct

from core.host.binding import Binding, bind_form
from core.kernel.clock import freeze
from core.kernel.errors import BadInput
from core.web.forms import Form, parse_day, parse_form, several_of


class Visit(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(max_length=5)]
    day: date
    kind: Literal["a", "b"] = "a"
    is_first: bool = False
    people: Annotated[int, Meta(ge=1)] | None = None
    note: Annotated[str, Meta(max_length=2000)] | None = None


def test_all_errors_are_told_at_once_and_what_was_typed_is_kept() -> None:
    typed = {"name": "much too long", "day": "someday", "kind": "c", "people": "0", "_csrf": "t"}
    form = parse_form(Visit, typed)
    assert set(form.errors) == {"name", "day", "kind", "people"}
    assert form.typed == {name: value for name, value in typed.items() if name != "_csrf"}
    with pytest.raises(BadInput) as refused:
        _ = form.value
    assert set(refused.value.fields) == set(form.errors)


def test_what_is_empty_is_missing_or_unknown_and_never_zero() -> None:
    form = parse_form(Visit, {"name": " ", "day": "", "people": ""})
    assert set(form.errors) == {"name", "day"}
    assert parse_form(Visit, {"name": "a", "day": "20250603", "people": " "}).value.people is None


@pytest.mark.requirement("R34")
def test_a_field_that_the_form_does_not_have_is_refused() -> None:
    assert set(parse_form(Visit, {"name": "a", "day": "20250603", "tenant_id": "1"}).errors) == {"tenant_id"}


def test_a_tick_and_lines_of_a_note_arrive() -> None:
    value = parse_form(Visit, {"name": "a", "day": "20250603", "is_first": "1", "note": " one\r\ntwo "}).value
    assert value.is_first
    assert value.note == "one\ntwo"


class Code(Struct, frozen=True, kw_only=True):
    code: Annotated[str, Meta(min_length=3, max_length=5)]


@pytest.mark.parametrize(
    ("typed", "said"), [("ab", "This is too short."), ("abcdef", "This is too long."), ("abcd", None)]
)
def test_a_text_of_the_wrong_length_is_told_which_way(typed: str, said: str | None) -> None:
    assert parse_form(Code, {"code": typed}).errors.get("code") == said


class Choice(Struct, frozen=True, kw_only=True):
    units: tuple[str, ...] = ()
    name: str = ""


def test_boxes_of_one_name_arrive_together_and_other_fields_once() -> None:
    assert several_of(Choice) == {"units"}
    binding = Binding(path={}, query=None, form=Choice, body=None, takes_upload=False, answer=None)
    sent = FormMultiDict([("units", "T01"), ("name", "a"), ("units", "T02"), ("name", "b")])
    form = bind_form(binding, sent)["form"]
    assert form.value == Choice(units=("T01", "T02"), name="b")
    assert Form.of(form.value).typed == form.typed == {"units": "T01,T02", "name": "b"}
    assert parse_form(Choice, {}).value.units == ()


@pytest.mark.parametrize(
    "text", ["20250603", "2025-6-3", "2025/06/03", "2025.6.3", "2025年6月3日", "6.3", "6-3"]
)
def test_a_day_is_understood_as_people_type_it(text: str) -> None:
    with freeze(datetime(2025, 12, 31, tzinfo=UTC)):
        assert parse_day(text) == date(2025, 6, 3)


@pytest.mark.parametrize("text", ["20250631", "2025-13-1", "3", "", "0000-1-1", "2025-6-3-4", "６.３x"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- any
        parse_day(text)


def test_a_form_shows_what_is_known() -> None:
    form = Form.of(Visit(name="a", day=date(2025, 6, 3), is_first=True))
    assert form.typed == {"name": "a", "day": "2025-06-03", "kind": "a", "is_first": "1"}
