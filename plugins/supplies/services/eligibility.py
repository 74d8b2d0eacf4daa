"""What the WHO Medical Eligibility Criteria say of a method: shown to medical staff, deciding and blocking nothing.

1 no restriction, 2 the advantages generally outweigh the risks, 3 the risks usually outweigh, 4 an unacceptable risk.
Kept is that it was looked at, the category that was found and by whom; what she answered is kept nowhere.
"""

from __future__ import annotations

from msgspec import Struct

from core.sdk import gettext_noop as _

__all__ = ["CATEGORIES", "Prompt", "prompts_for"]

CATEGORIES = {
    1: _("no restriction"),
    2: _("the advantages generally outweigh the risks"),
    3: _("the risks usually outweigh the advantages"),
    4: _("an unacceptable risk to health"),
}


class Prompt(Struct, frozen=True):
    """`category`: as the criteria write it; I is to begin with it, C to go on."""

    condition: str
    category: str
    needs_confirmation: bool
    """Not verified against the source: to be confirmed locally before anybody relies on it."""


COLUMNS = {
    "COC": 0,
    "INJ_1M": 1,
    "POP": 2,
    "DMPA_IM": 3,
    "IMPLANT_LNG2": 4,
    "IMPLANT_ETG": 4,
    "LNG_IUD": 5,
    "CU_IUD": 6,
}

VERIFIED = (
    (_("35 or older, smokes fewer than 15 a day"), ("3", "2", "1", "1", "1", "1", "1")),
    (_("35 or older, smokes 15 a day or more"), ("4", "3", "1", "1", "1", "1", "1")),
    (_("had high blood pressure, cannot be measured now"), ("3", "3", "2", "2", "2", "2", "1")),
    (_("blood pressure 140-159 / 90-99"), ("3", "3", "1", "2", "1", "1", "1")),
    (_("blood pressure from 160 / 100"), ("4", "4", "2", "3", "2", "2", "1")),
    (_("vascular disease"), ("4", "4", "2", "3", "2", "2", "1")),
    (_("had a thrombosis or a pulmonary embolism"), ("4", "4", "2", "2", "2", "2", "1")),
    (_("acute thrombosis or pulmonary embolism"), ("4", "4", "3", "3", "3", "3", "1")),
    (_("several risks for heart and vessels"), ("3/4", "3/4", "2", "3", "2", "2", "1")),
)
UNVERIFIED = (
    (_("ischaemic heart disease or stroke"), ("4", "4", "2 I / 3 C", "3", "2/3", "2/3", "1")),
    (_("migraine with aura"), ("4", "4", "2/3", "2/3", "2/3", "2/3", "1")),
    (_("breastfeeding, less than 6 weeks"), ("4", "4", "2", "3", "2", "", "")),
    (_("breastfeeding, 6 weeks to 6 months"), ("3", "3", "1", "1", "1", "1", "1")),
    (_("unexplained vaginal bleeding"), ("2", "2", "2", "3", "3", "4 I / 2 C", "4 I / 2 C")),
    (
        _("current pelvic inflammation or purulent cervicitis"),
        ("1", "1", "1", "1", "1", "4 I / 2 C", "4 I / 2 C"),
    ),
    (_("current breast cancer"), ("4", "4", "4", "4", "4", "4", "1")),
    (_("takes rifampicin or another enzyme inducer"), ("3", "2-3", "3", "1-2", "2", "1", "1")),
)
EMERGENCY_PILL = (
    (_("severe disease of heart and vessels"), "2"),
    (_("disease of the liver"), "2"),
    (_("migraine"), "2"),
)


def prompts_for(method: str) -> tuple[Prompt, ...]:
    """The conditions that restrict the method, as the criteria list them; () where they say nothing of it."""
    if method == "ECP":
        return tuple(Prompt(condition, category, False) for condition, category in EMERGENCY_PILL)
    if method not in COLUMNS:
        return ()
    column = COLUMNS[method]
    return tuple(
        Prompt(condition, categories[column], needs_confirmation)
        for rows, needs_confirmation in ((VERIFIED, False), (UNVERIFIED, True))
        for condition, categories in rows
        if categories[column] not in ("", "1")
    )
