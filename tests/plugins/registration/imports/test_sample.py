"""The sample town, row by row: the same verdicts as the answers published with it."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import date

import pytest

from core.kernel.sheets.reading import read_sheets
from plugins.registration.imports.movements import AcceptedMovement, RejectedMovement
from plugins.registration.imports.roster import Accepted, Rejected, Roster, Tally
from tests.plugins.registration.imports.sample import (
    FOLDER,
    YEAR,
    Line,
    Roll,
    expected,
    figures,
    judged,
    lines,
    roster_rules,
    starts_on,
    table,
)


class Loaded:
    """All rosters of the sample, judged once for all tests."""

    def __init__(self) -> None:
        self.roll: Roll = {}
        self.told: set[Line] = set()
        self.tallies: dict[tuple[str, str], Tally] = {}

    def take(self, tenant: str, file: str, verdict: Accepted | Rejected | None) -> None:
        if isinstance(verdict, Rejected):
            finding = verdict.finding
            self.told.add((file, verdict.sheet, verdict.row, "reject", finding.reason, finding.column))
        elif verdict:
            self.roll[tenant, verdict.entry.key] = verdict.entry
            for finding in verdict.warnings:
                self.told.add((file, verdict.sheet, verdict.row, "warning", finding.reason, finding.column))


@pytest.fixture(scope="module")
async def loaded() -> Loaded:
    loaded = Loaded()
    for path in sorted((FOLDER / "rosters").iterdir()):
        roster, file = Roster(roster_rules(path.stem)), f"rosters/{path.name}"
        async for row in read_sheets(path):
            loaded.take(path.stem, file, roster.feed(row))
        roster.finish()
        loaded.tallies |= {(file, sheet): tally for sheet, tally in roster.tallies.items()}
    return loaded


def test_rosters_are_judged_as_published(loaded: Loaded) -> None:
    assert loaded.told == expected("rosters/")


def test_rosters_are_counted_as_published(loaded: Loaded) -> None:
    published = {
        (r["file"], r["sheet"]): Tally(
            (), int(r["rows"]), int(r["accepted"]), int(r["rejected"]), int(r["warnings"])
        )
        for r in table("expected/imports.csv")
        if r["file"].startswith("rosters/")
    }
    assert loaded.tallies == published


def test_everybody_is_there_once(loaded: Loaded) -> None:
    employees = {key: entry for (_, key), entry in loaded.roll.items() if entry.is_employee}
    assert len(employees) == 4_800
    assert sum(entry.is_floating for entry in employees.values()) == 3_100


def test_movements_are_judged_as_published(loaded: Loaded) -> None:
    _, verdicts = judged(loaded.roll, lines())
    told = {
        ("movements.csv", "", v.row, "reject", v.finding.reason, v.finding.column)
        for v in verdicts
        if isinstance(v, RejectedMovement)
    }
    assert told == expected("movements.csv")
    assert (len(verdicts), len(verdicts) - len(told)) == (2_690, 2_634)


def _month_ends() -> list[date]:
    return [date(YEAR, month, monthrange(YEAR, month)[1]) for month in range(1, 13)]


def test_presence_gives_the_floating_population_of_every_month(loaded: Loaded) -> None:
    present = Counter[tuple[str, str]]()
    for end in _month_ends():
        book, _ = judged(loaded.roll, [line for line in lines() if line.date <= end.isoformat()])
        for (tenant, key), entry in loaded.roll.items():
            if end >= starts_on()[tenant] and entry.is_floating:
                present[tenant, f"{end:%Y-%m}"] += book.state(tenant, key, end) != "absent"
    assert dict(present) == figures("POP-01")


@pytest.mark.parametrize(("kind", "indicator"), [("ARRIVE", "POP-02"), ("DEPART", "POP-04")])
def test_accepted_movements_give_arrivals_and_departures(loaded: Loaded, kind: str, indicator: str) -> None:
    _, verdicts = judged(loaded.roll, lines())
    count = Counter(
        (v.tenant, f"{v.day:%Y-%m}")
        for v in verdicts
        if isinstance(v, AcceptedMovement) and v.type == kind and loaded.roll[v.tenant, v.key].is_floating
    )
    published = figures(indicator)
    assert {unit: count[unit] for unit in published} == published
    assert set(count) <= set(published)


def test_order_of_the_lines_does_not_matter(loaded: Loaded) -> None:
    _, forwards = judged(loaded.roll, lines())
    _, backwards = judged(loaded.roll, lines()[::-1])
    assert sorted(forwards, key=lambda v: v.row) == sorted(backwards, key=lambda v: v.row)
