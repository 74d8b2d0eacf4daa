"""The lines of a delivery note as they are typed: empty ones are passed over, half of one is told."""

from __future__ import annotations

from typing import Any

from core.sdk import Form
from core.sdk import gettext_noop as _
from plugins.supplies.pages.stock_forms import LINES
from plugins.supplies.services.expiry import parse_expiry
from plugins.supplies.services.vouchers import Line

__all__ = ["arrival_lines"]


def arrival_lines(form: Form[Any]) -> list[Line]:
    """Faults are told at their fields."""
    asked, lines = form.value, list[Line]()
    for number in range(1, LINES + 1):
        told = {name: getattr(asked, f"{name}_{number}") for name in ("sku", "lot", "expiry", "quantity")}
        if not any(told.values()):
            continue
        for name, value in told.items():
            if not value:
                form.refuse(f"{name}_{number}", _("Fill this in, or empty the whole line."))
        try:
            expiry = parse_expiry(told["expiry"]) if told["expiry"] else None
        except ValueError:
            form.refuse(f"expiry_{number}", _("Write 202706 for the end of June 2027, or 2027-06-15."))
            expiry = None
        if all(told.values()) and expiry is not None:
            lines.append(Line(sku=told["sku"], lot=told["lot"], quantity=told["quantity"], expiry=expiry))
    if not lines and form.is_valid:
        form.refuse("sku_1", _("Enter at least one product."))
    return lines
