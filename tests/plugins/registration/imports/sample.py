"""The published sample town, which lies beside the project, and what its import must come to."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from plugins.registration.imports.movements import (
    AcceptedMovement,
    Key,
    MovementLine,
    MovementRules,
    Movements,
    RejectedMovement,
)
from plugins.registration.imports.roster import RosterEntry, RosterRules

__all__ = [
    "FOLDER",
    "YEAR",
    "Roll",
    "expected",
    "figures",
    "judged",
    "lines",
    "roster_rules",
    "starts_on",
]

FOLDER = Path(__file__).parents[4].parent / "shared" / "data" / "xinghe-2025"
YEAR = 2025

Roll = dict[tuple[str, Key], RosterEntry]
"""Who is known to which tenant."""

Line = tuple[str, str, int, str, str, str]


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def expected(start: str) -> set[Line]:
    """The lines of expected/rejects.csv about files whose name begins so."""
    return {
        (r["file"], r["sheet"], int(r["row"]), r["severity"], r["reason"], r["column"])
        for r in table("expected/rejects.csv")
        if r["file"].startswith(start)
    }


def figures(indicator: str, cut: str = "") -> dict[tuple[str, str], int]:
    """The months of the tenants: (tenant, month) -> number."""
    return {
        (r["unit"], r["period"]): int(r["num"])
        for r in table("expected/figures.csv")
        if (r["level"], r["indicator"], r["cut"]) == ("tenant", indicator, cut) and r["period"][5:].isdigit()
    }


def roster_rules(tenant: str) -> RosterRules:
    town = tomllib.loads((FOLDER / "town.toml").read_text(encoding="utf-8"))
    firms = [firm for firm in table("enterprises.csv") if firm["tenant"] == tenant]
    return RosterRules(
        firm_names={name for f in firms for name in (f["name_zh"], f["short_zh"], f["former_zh"]) if name},
        synthetic_ids=town["synthetic_ids"],
        known_divisions=frozenset(town["known_id_prefixes"]),
    )


@cache
def starts_on() -> dict[str, date]:
    first = date(YEAR, 1, 1)
    return {t["code"]: max(first, date.fromisoformat(t["opened_on"])) for t in table("tenants.csv")}


@cache
def lines() -> list[MovementLine]:
    return [MovementLine(row=row, **fields) for row, fields in enumerate(table("movements.csv"), start=2)]


def judged(
    roll: Roll, some: list[MovementLine]
) -> tuple[Movements, list[AcceptedMovement | RejectedMovement]]:
    """The verdicts of some lines, given who is on the rosters."""

    def registered_on(tenant: str, key: Key) -> date | None:
        entry = roll.get((tenant, key))
        return entry.registered_on if entry else None

    book = Movements(MovementRules(year=YEAR, starts_on=starts_on(), registered_on=registered_on))
    return book, list(book.judge(some))
