"""The methods by their codes, with those of WHO's list for digital records (value set HIV.D.DE569)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from core.sdk import gettext_noop as _

__all__ = ["METHODS", "Method", "method_title"]


class Method(Struct, frozen=True, kw_only=True):
    """`title` is a message id; `who` is empty where WHO's list has no code of its own for it."""

    title: str
    who: str = ""


METHODS: Mapping[str, Method] = {
    "MALE_CONDOM": Method(title=_("male condom"), who="DE585"),
    "FEMALE_CONDOM": Method(title=_("female condom"), who="DE586"),
    "COC": Method(title=_("combined pill"), who="DE578"),
    "POP": Method(title=_("progestogen-only pill"), who="DE577"),
    "LONG_PILL": Method(title=_("monthly pill")),
    "VISIT_PILL": Method(title=_("visiting pill")),
    "ECP": Method(title=_("emergency pill"), who="DE583"),
    "INJ_1M": Method(title=_("monthly injectable")),
    "DMPA_IM": Method(title=_("three-monthly injectable, into the muscle"), who="DE574"),
    "DMPA_SC": Method(title=_("three-monthly injectable, under the skin"), who="DE575"),
    "NET_EN": Method(title=_("two-monthly injectable"), who="DE576"),
    "SPERMICIDE": Method(title=_("spermicide")),
    "CU_IUD": Method(title=_("copper IUD"), who="DE570"),
    "LNG_IUD": Method(title=_("hormonal IUD"), who="DE571"),
    "IMPLANT_ETG": Method(title=_("implant of one rod"), who="DE572"),
    "IMPLANT_LNG2": Method(title=_("implant of two rods"), who="DE573"),
    "PATCH": Method(title=_("patch"), who="DE579"),
    "RING": Method(title=_("combined ring"), who="DE580"),
    "PROGESTERONE_RING": Method(title=_("progesterone ring"), who="DE581"),
    "LAM": Method(title=_("full breastfeeding"), who="DE582"),
    "FERTILITY_AWARENESS": Method(title=_("fertility awareness"), who="DE584"),
    "WITHDRAWAL": Method(title=_("withdrawal"), who="DE587"),
    "NONE": Method(title=_("no method"), who="DE592"),
}
"""What is done in an operating theatre is no product and no service of this platform, and has no code here."""


def method_title(code: str) -> str:
    """A message id; a code that a town brought along stands for itself."""
    return METHODS[code].title if code in METHODS else code
