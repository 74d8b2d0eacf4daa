"""Who may hand out what: the gates of the catalogue. Condoms stand behind none, whatever a catalogue says of them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import Gate, Product
from plugins.supplies.services.entitlement import CONDOMS

__all__ = ["Ruling", "rule"]

REFUSED: dict[Gate, str] = {
    "clinician_first": _(
        "Medical staff makes the first issue of this method, the station those that follow. Condoms can be had now."
    ),
    "clinician_each": _("Medical staff hands this out each time. Condoms can be had now."),
    "facility": _("Medical staff hands this out, at a clinic. Condoms can be had here and now."),
}


class Ruling(Struct, frozen=True, kw_only=True):
    """`refusal` is a message id, '' where the product may be handed out."""

    refusal: str = ""
    asks_advice: bool = False
    """Whoever hands it out has told how it is used."""
    asks_eligibility: bool = False
    """Medical staff is shown what to look for, and notes the category."""


def rule(
    product: Product,
    *,
    by: Literal["medical", "station"],
    is_clinic: bool,
    had_method: bool,
) -> Ruling:
    """`had_method`: this unit has given her the method before, whichever product of it."""
    gate: Gate = "none" if product.method in CONDOMS else product.gate
    if gate == "none":
        return Ruling()
    is_medical = by == "medical"
    if gate == "counsel":
        return Ruling(asks_advice=True, asks_eligibility=is_medical)
    is_open = (
        (is_medical and is_clinic)
        if gate == "facility"
        else is_medical or (gate == "clinician_first" and had_method)
    )
    return Ruling(refusal="" if is_open else REFUSED[gate], asks_eligibility=is_medical)
