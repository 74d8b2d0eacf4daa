"""Names as people have them: any script, any length, never a key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from core.kernel.text import clean

__all__ = ["COMPOUND_SURNAMES", "NameKeys", "fits", "masked", "normal_name", "search_keys"]

_DOT = "·"
_DOTS = re.compile(r"\s*[·•・‧．･]\s*")
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BLANK_BESIDE_HAN = re.compile(f"(?<=[{_HAN}])\\s+|\\s+(?=[{_HAN}])")
_BLANKS = re.compile(r"\s+")
_HAN_RUN = re.compile(f"[{_HAN}]+")

_COMPOUNDS = (
    "欧阳司马上官诸葛尉迟令狐皇甫东方公孙慕容宇文赫连呼延夏侯轩辕淳于濮阳太史申屠仲孙"
    "钟离司徒司空闾丘鲜于拓跋独孤南宫西门百里端木公羊公冶乐正长孙单于澹台万俟闻人完颜"
    "纳兰耶律贺兰东郭巫马亓官谷梁梁丘左丘"
)

COMPOUND_SURNAMES = frozenset(_COMPOUNDS[place : place + 2] for place in range(0, len(_COMPOUNDS), 2))

# Where the surname sounds unlike the word; pypinyin reads the word.
_SURNAME_SOUNDS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "员": "yun", "缪": "miao", "覃": "qin", "翟": "zhai", "召": "shao", "黑": "he", "折": "she", "秘": "bi",
    "种": "chong", "繁": "po", "都": "du", "乐": "yue",
}  # fmt: skip


class NameKeys(Struct, frozen=True):
    """Lower-case keys to search and sort by: `zhangsanfeng`, `zsf`."""

    pinyin: str
    initials: str


def normal_name(text: str) -> str:
    """NFC, the name dot as U+00B7, no blanks beside Han characters, one between other words."""
    text = _DOTS.sub(_DOT, clean(text))
    return _BLANKS.sub(" ", _BLANK_BESIDE_HAN.sub("", text))


def masked(name: str) -> str:
    """张三 -> 张*, 张小明 -> 张*明, 欧阳小明 -> 欧阳**; with a dot or a blank the first part alone stays."""
    for mark in (_DOT, " "):
        first, found, _rest = name.partition(mark)
        if found:
            return first + mark + "*"
    if name[:2] in COMPOUND_SURNAMES:
        return name[:2] + "*" * max(len(name) - 2, 1)
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def search_keys(name: str) -> NameKeys:
    """Keys of a normal name; what has no pinyin is kept as its own letters, so every name can be found."""
    syllables = [sound for sound in _syllables(name) if sound]
    return NameKeys("".join(syllables), "".join(syllable[0] for syllable in syllables))


def fits(words: str, text: str) -> bool:
    """Whether `words` stand in the text, or begin its pinyin or its initials: how a thing is found as one types."""
    looked_for, known = normal_name(words).casefold(), normal_name(text).casefold()
    if not looked_for:
        return False
    keys = search_keys(known)
    letters = looked_for.replace(" ", "")
    return looked_for in known or keys.pinyin.startswith(letters) or keys.initials.startswith(letters)


def _syllables(name: str) -> Iterable[str]:
    rest = name
    if _DOT not in name and name[:2] not in COMPOUND_SURNAMES and len(name) > 1:
        surname = _SURNAME_SOUNDS.get(name[:1])
        if surname:
            yield surname
            rest = name[1:]
    if rest.startswith("乐正"):
        yield "yue"
        rest = rest[1:]
    end = 0
    for run in _HAN_RUN.finditer(rest):
        yield from _words(rest[end : run.start()])
        yield from _pinyin(run.group())
        end = run.end()
    yield from _words(rest[end:])


def _pinyin(han: str) -> Iterable[str]:
    from pypinyin import lazy_pinyin  # its dictionaries cost a tenth of a second and many megabytes

    for sound in lazy_pinyin(han):
        # Characters that it does not know come back together, as they are.
        yield from sound if _HAN_RUN.fullmatch(sound) else [sound]


def _words(text: str) -> Iterable[str]:
    """Words of other scripts in lower case, without accents."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", bare).casefold())
