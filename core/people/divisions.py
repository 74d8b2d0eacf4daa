"""The provinces of GB/T 2260, by which an origin is counted: county codes change, these do not."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from msgspec import Struct

__all__ = [
    "FOREIGN",
    "LOCAL",
    "NOT_STATED",
    "PROVINCES",
    "Province",
    "is_known_division",
    "origin_of_division",
    "origin_of_name",
]

FOREIGN = "FOR"
LOCAL = "00"
"""The province of the town itself in synthetic data."""
NOT_STATED = "NS"

_DIVISION = re.compile("[0-9]{2,12}")
_TWO_DIGITS = re.compile("[0-9]{2}")


class Province(Struct, frozen=True):
    zh: str
    en: str


PROVINCES: dict[str, Province] = {
    code: Province(zh, en)
    for code, zh, en in (
        ("11", "北京", "Beijing"),
        ("12", "天津", "Tianjin"),
        ("13", "河北", "Hebei"),
        ("14", "山西", "Shanxi"),
        ("15", "内蒙古", "Inner Mongolia"),
        ("21", "辽宁", "Liaoning"),
        ("22", "吉林", "Jilin"),
        ("23", "黑龙江", "Heilongjiang"),
        ("31", "上海", "Shanghai"),
        ("32", "江苏", "Jiangsu"),
        ("33", "浙江", "Zhejiang"),
        ("34", "安徽", "Anhui"),
        ("35", "福建", "Fujian"),
        ("36", "江西", "Jiangxi"),
        ("37", "山东", "Shandong"),
        ("41", "河南", "Henan"),
        ("42", "湖北", "Hubei"),
        ("43", "湖南", "Hunan"),
        ("44", "广东", "Guangdong"),
        ("45", "广西", "Guangxi"),
        ("46", "海南", "Hainan"),
        ("50", "重庆", "Chongqing"),
        ("51", "四川", "Sichuan"),
        ("52", "贵州", "Guizhou"),
        ("53", "云南", "Yunnan"),
        ("54", "西藏", "Tibet"),
        ("61", "陕西", "Shaanxi"),
        ("62", "甘肃", "Gansu"),
        ("63", "青海", "Qinghai"),
        ("64", "宁夏", "Ningxia"),
        ("65", "新疆", "Xinjiang"),
        ("71", "台湾", "Taiwan"),
        ("81", "香港", "Hong Kong"),
        ("82", "澳门", "Macao"),
    )
}

_NAMES = {province.zh: code for code, province in PROVINCES.items()} | {"本地": LOCAL, "境外": FOREIGN}


def is_known_division(division: str, known: AbstractSet[str] = frozenset()) -> bool:
    """Whether the first six digits of an identity number are plausible; if not, a warning is enough."""
    return division in known or division[:2] in PROVINCES


def origin_of_division(code: str) -> str:
    """The two digits by which a division counts, of whatever level: 43, 4305, 430500, 430501002000; else NS."""
    return code[:2] if _DIVISION.fullmatch(code) else NOT_STATED


def origin_of_name(text: str) -> str:
    """The origin of a province given as its name, long or short, or as its two digits; else NS."""
    if _TWO_DIGITS.fullmatch(text):
        return text
    return next((code for name, code in _NAMES.items() if text.startswith(name)), NOT_STATED)
