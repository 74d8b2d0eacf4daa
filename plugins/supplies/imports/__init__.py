"""Files in: catalogue, points, recalls and ledger of an exchange folder; and out: what lay where at its end."""

from __future__ import annotations

from core.sdk import Answer, Import
from core.sdk import gettext_noop as _
from plugins.supplies.imports.balances import COLUMNS, balances_of
from plugins.supplies.imports.load import load_supplies

__all__ = ["IMPORTS"]

IMPORTS = (
    Import(
        name="supplies.ledger",
        files=("supplies/*",),
        load=load_supplies,
        order=20,
        answers=(
            Answer(
                name="stock",
                title=_("What lay of every lot at every service point at the end of the year."),
                columns=COLUMNS,
                rows=balances_of,
            ),
        ),
    ),
)
