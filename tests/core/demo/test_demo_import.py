"""The product's own import finds in the demonstration rosters what the independent reading finds."""

from __future__ import annotations

from collections import Counter
from contextlib import aclosing
from datetime import date
from typing import TYPE_CHECKING

from core.kernel.sheets.reading import read_sheets
from core.people.documents import space
from plugins.registration.imports.movements import (
    Key,
    MovementLine,
    MovementRules,
    Movements,
    RejectedMovement,
)
from plugins.registration.imports.roster import Accepted, Rejected, Roster, RosterRules

if TYPE_CHECKING:
    from .conftest import Reading


async def test_the_import_gives_the_same_verdicts_as_the_independent_reading(demo: Reading) -> None:
    rejects, warnings = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    firms = demo.table("enterprises.csv")
    for path in sorted((demo.folder / "rosters").iterdir()):
        own = [row for row in firms if row["tenant"] == path.stem]
        names = frozenset(row[key] for row in own for key in ("name_zh", "short_zh", "former_zh") if row[key])
        roster = Roster(
            RosterRules(firm_names=names, synthetic_ids=True, known_divisions=frozenset({"000000"}))
        )
        file = f"rosters/{path.name}"
        async with aclosing(read_sheets(path)) as rows:
            async for row in rows:
                verdict = roster.feed(row)
                if isinstance(verdict, Rejected):
                    rejects[file, verdict.finding.reason, verdict.finding.column] += 1
                elif isinstance(verdict, Accepted):
                    warnings.update((file, each.reason, each.column) for each in verdict.warnings)
    assert rejects == Counter(
        {key: count for key, count in demo.rejects.items() if key[0] != "movements.csv"}
    )
    assert warnings == demo.warnings


def test_the_ledger_gives_the_same_verdicts_as_the_independent_reading(demo: Reading) -> None:
    tenants = demo.table("tenants.csv")
    starts = {row["code"]: max(date(2026, 1, 1), date.fromisoformat(row["opened_on"])) for row in tenants}
    registered: dict[tuple[str, Key], date] = {
        (who.tenant, (space(who.id_type), who.number)): who.registered for who in demo.people.values()
    }
    rules = MovementRules(
        year=2026, starts_on=starts, registered_on=lambda tenant, key: registered.get((tenant, key))
    )
    lines = [MovementLine(row=place, **row) for place, row in enumerate(demo.table("movements.csv"), 2)]
    rejects = Counter[tuple[str, str, str]]()
    for verdict in Movements(rules).judge(lines):
        if isinstance(verdict, RejectedMovement):
            rejects["movements.csv", verdict.finding.reason, verdict.finding.column] += 1
    assert rejects == Counter(
        {key: count for key, count in demo.rejects.items() if key[0] == "movements.csv"}
    )
