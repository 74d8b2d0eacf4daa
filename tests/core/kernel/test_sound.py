"""Names stand in the order of their sound."""

from __future__ import annotations

from core.kernel.sound import sound_of


def test_names_of_every_script_are_in_the_order_of_their_sound() -> None:
    names = ["张三", "阿依古丽", "李红", "Li Na", "𠮷田", "陈一", "吕二", "23号厂"]
    assert sorted(names, key=sound_of) == [
        "23号厂",
        "阿依古丽",
        "陈一",
        "Li Na",
        "李红",
        "吕二",
        "张三",
        "𠮷田",
    ]
