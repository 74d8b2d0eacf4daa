"""Code lists of the register: kinds of dwelling, purposes of residence, reasons for leaving, family relations."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from core.sdk import gettext_noop as _

__all__ = [
    "DWELLINGS",
    "HEAD",
    "PERMIT_KINDS",
    "PURPOSES",
    "REASONS",
    "RELATIONS",
    "Choice",
    "as_code",
    "title_of",
]


class Choice(Struct, frozen=True):
    """`zh` is what rosters say; `title` is the message id."""

    zh: tuple[str, ...]
    title: str


DWELLINGS: Mapping[str, Choice] = {
    "DORM_ENTERPRISE": Choice(("企业宿舍", "宿舍"), _("dormitory of the firm")),
    "DORM_SITE": Choice(("工棚",), _("quarters on a building site")),
    "RENT_PRIVATE": Choice(("租房", "私人租房"), _("rented from a private owner")),
    "RENT_PUBLIC": Choice(("公租房", "廉租房"), _("public rented housing")),
    "OWNED": Choice(("自购房", "自有房"), _("own dwelling")),
    "WITH_RELATIVES": Choice(("亲友家",), _("with relatives or friends")),
    "EMPLOYER_HOME": Choice(("住家",), _("in the employer's home")),
    "HOTEL": Choice(("旅店", "旅馆"), _("hotel")),
    "OTHER": Choice(("其他",), _("other")),
}

PURPOSES: Mapping[str, Choice] = {
    "WORK": Choice(("务工",), _("work")),
    "BUSINESS": Choice(("经商",), _("business")),
    "STUDY": Choice(("学习培训", "学习"), _("study or training")),
    "FAMILY": Choice(("随迁", "投靠亲友"), _("coming along with family")),
    "CHILD_SCHOOL": Choice(("为子女就学",), _("a child's schooling")),
    "CARE_GRANDCHILD": Choice(("照料孙子女",), _("caring for grandchildren")),
    "MARRIAGE": Choice(("婚姻嫁娶",), _("marriage")),
    "MEDICAL": Choice(("治病疗养",), _("medical treatment")),
    "RETIRE": Choice(("养老", "康养"), _("retirement")),
    "OTHER": Choice(("其他",), _("other")),
    "NOT_STATED": Choice(("未说明",), _("not stated")),
}

REASONS: Mapping[str, Choice] = {
    "CONTRACT_END": Choice(("合同到期",), _("end of the contract")),
    "GO_HOME": Choice(("返乡",), _("going home")),
    "NEW_JOB_ELSEWHERE": Choice(("外地就业",), _("a new job elsewhere")),
    "FAMILY": Choice(("家庭原因",), _("family reasons")),
    "HOLIDAY": Choice(("休假探亲",), _("holiday or family visit")),
    "OTHER": Choice(("其他",), _("other")),
}

PERMIT_KINDS: Mapping[str, Choice] = {
    "APPLY": Choice(("申领",), _("application for a residence permit")),
    "ENDORSE": Choice(("签注",), _("yearly endorsement")),
}

HEAD = "0"

RELATIONS: Mapping[str, Choice] = {
    HEAD: Choice(("本人或户主", "户主", "本人"), _("head of the household")),
    "1": Choice(("配偶",), _("spouse")),
    "2": Choice(("子",), _("son")),
    "3": Choice(("女",), _("daughter")),
    "4": Choice(("孙子女", "外孙子女", "孙子、孙女或外孙子、外孙女"), _("grandchild")),
    "5": Choice(("父母",), _("parent")),
    "6": Choice(("祖父母", "外祖父母", "祖父母或外祖父母"), _("grandparent")),
    "7": Choice(("兄弟姐妹",), _("brother or sister")),
    "8": Choice(("其他",), _("other relation")),
}
"""GB/T 4761, one digit: what somebody is to the head of her household."""


def as_code(choices: Mapping[str, Choice], text: str) -> str | None:
    """The code of what a roster says; the words themselves where there is none, None where it says nothing."""
    return next((code for code, choice in choices.items() if text in choice.zh), text or None)


def title_of(choices: Mapping[str, Choice], code: str | None) -> str:
    """The message id of a code; words of a roster stay as they are."""
    if not code:
        return ""
    return choices[code].title if code in choices else code
