"""Names in every script survive, are masked with tact and can be found by sound."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.names import NameKeys, fits, masked, normal_name, search_keys


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("张  三", "张三"),
        ("  张\u3000三 ", "张三"),
        ("张\n三", "张三"),
        ("古丽娜尔•买合木提", "古丽娜尔·买合木提"),
        ("努尔兰・叶尔波力", "努尔兰·叶尔波力"),
        ("帕提古丽‧热西提", "帕提古丽·热西提"),
        ("阿依古丽 ． 艾合买提", "阿依古丽·艾合买提"),
        ("𬭎宇·卓玛", "𬭎宇·卓玛"),
        ("Nguyen   Van  An", "Nguyen Van An"),
        ("Jose\u0301", "José"),
        ("Anna 王", "Anna王"),
    ],
)
def test_name_has_one_form(typed: str, name: str) -> None:
    assert normal_name(typed) == name


@given(st.text(max_size=30))
def test_normal_form_is_stable_and_composed(text: str) -> None:
    name = normal_name(text)
    assert normal_name(name) == name
    assert unicodedata.is_normalized("NFC", name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小明", "张*明"),
        ("欧阳小明", "欧阳**"),
        ("欧阳明", "欧阳*"),
        ("张王小明", "张**明"),
        ("龘", "龘*"),
        ("买买提·吐尔逊", "买买提·*"),
        ("John Smith", "John *"),
        ("𬭎宇", "𬭎*"),
        ("", "*"),
    ],
)
def test_mask_keeps_what_a_clerk_needs(name: str, shown: str) -> None:
    assert masked(name) == shown


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张三丰", "zhangsanfeng", "zsf"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("单于明", "chanyuming", "cym"),
        ("曾国强", "zengguoqiang", "zgq"),
        ("尉迟建", "yuchijian", "ycj"),
        ("万俟明", "moqiming", "mqm"),
        ("乐正明", "yuezhengming", "yzm"),
        ("吕布", "lvbu", "lb"),
        ("𬭎宇·卓玛", "hongyuzhuoma", "hyzm"),
        ("John O'Neil", "johnoneil", "jon"),
        ("Müller王", "mullerwang", "mw"),
        ("Ольга", "ольга", "о"),
        ("", "", ""),
    ],
)
def test_name_is_found_by_sound(name: str, pinyin: str, initials: str) -> None:
    assert search_keys(name) == NameKeys(pinyin, initials)


@pytest.mark.parametrize("name", ["\U00030edd三", "\U000323af", "㛃龘", "🙂", "・"])
def test_rare_characters_never_fail(name: str) -> None:
    assert search_keys(normal_name(name)).pinyin is not None


@given(st.text(max_size=12))
def test_keys_are_lower_case_and_without_blanks(text: str) -> None:
    keys = search_keys(normal_name(text))
    assert not any(c.isspace() for c in keys.pinyin + keys.initials)
    assert len(keys.initials) <= len(keys.pinyin)


@pytest.mark.parametrize("words", ["通知", "知", "tongzhi", "tong z", "tz", "TZ"])
def test_a_thing_is_found_as_one_types(words: str) -> None:
    assert fits(words, "通知")


@pytest.mark.parametrize("words", ["", " ", "zhi", "通知书", "·"])
def test_what_does_not_begin_it_finds_nothing(words: str) -> None:
    assert not fits(words, "通知")


def test_dictionaries_are_loaded_only_when_needed() -> None:
    code = "import sys, core.people.names; print('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
