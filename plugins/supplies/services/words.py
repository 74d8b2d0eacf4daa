"""What stands in a catalogue, in words: fields, gates, storage. All are message ids."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import gettext_noop as _

__all__ = ["FIELD_TITLES", "GATE_WORDS", "STORAGE_WORDS", "storage_words"]

GATE_WORDS: Mapping[str, str] = {
    "none": _("for everybody"),
    "counsel": _("with advice"),
    "clinician_first": _("first by medical staff"),
    "clinician_each": _("by medical staff each time"),
    "facility": _("at a clinic only"),
}

STORAGE_WORDS: Mapping[str, str] = {
    "COOL_DRY_DARK": _("below 40 °C, dry, dark, away from chemicals and ozone"),
    "DRY_DARK": _("dry and dark"),
    "UPRIGHT": _("upright, below 40 °C"),
    "ROOM": _("15 to 30 °C"),
    "BELOW_40": _("below 40 °C"),
    "BELOW_30": _("below 30 °C"),
    "COOL": _("2 to 30 °C"),
}

FIELD_TITLES: Mapping[str, str] = {
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "method": _("Method"),
    "unit_zh": _("Unit in Chinese"),
    "unit_en": _("Unit in English"),
    "pack": _("Units in a box"),
    "cyp": _("Couple-years of protection of a unit"),
    "figure": _("Counted in"),
    "is_anonymous_allowed": _("Handed out without a name"),
    "is_tracer": _("Days without it are counted"),
    "gate": _("Who may hand it out"),
    "shelf_life_months": _("Shelf life"),
    "storage": _("Storage"),
    "substitutes": _("Substitutes"),
    "max_per_year": _("At most in a year"),
    "max_per_visit": _("At most at a time"),
    "max_per_30d": _("At most in 30 days"),
    "min_interval_days": _("Days until the next time"),
    "min_age": _("From the age of"),
    "days_per_unit": _("Days that a unit lasts"),
    "factor_set": _("Set of factors"),
}
"""By the names of `services.catalogue.Product`."""


def storage_words(storage: str) -> str:
    """A message id; what a town wrote in its own words stays."""
    return STORAGE_WORDS.get(storage, storage)
