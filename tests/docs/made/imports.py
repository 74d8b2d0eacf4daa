"""Verdicts on the rows of an exchange folder, and the columns of a roster."""

from __future__ import annotations

from plugins.registration.imports import columns
from plugins.registration.imports.verdicts import Finding, Reason, sentence
from tests.docs.made.table import code, table

WARNINGS = {
    Reason.DIVISION_UNKNOWN,
    Reason.ENTERPRISE_UNKNOWN,
    Reason.PHONE_MALFORMED,
    Reason.SEX_ID_MISMATCH,
}
OF_THE_PORTAL = {Reason.DATE_TO_COME}


def verdicts() -> str:
    rows = [(code(reason), _effect(reason), _sentence(reason)) for reason in Reason]
    return table(("code", "the row is", "what a clerk reads"), rows)


def _effect(reason: Reason) -> str:
    if reason in OF_THE_PORTAL:
        return "rejected, in the portal alone"
    return "taken, with a warning" if reason in WARNINGS else "rejected"


def _sentence(reason: Reason) -> str:
    return sentence(Finding(reason, "..."), lambda message: message)


def roster_columns() -> str:
    other = {name: alias for alias, name in columns._ALIASES.items() if alias != name}
    rows = [
        (name, other.get(name, ""), "yes" if name in columns.REQUIRED else "") for name in columns.COLUMNS
    ]
    return table(("column", "also headed", "needed"), rows)


BLOCKS = {"verdicts": verdicts, "roster-columns": roster_columns}
