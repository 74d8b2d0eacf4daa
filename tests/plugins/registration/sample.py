"""The published sample year in the tables that the figures read, without the rest of the import."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

from core.kernel.db import Database, Transaction
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.sdk.values import read_sheets
from plugins.registration.imports.movements import (
    AcceptedMovement,
    Key,
    MovementLine,
    MovementRules,
    Movements,
)
from plugins.registration.imports.roster import Accepted, Roster, RosterEntry, RosterRules

__all__ = ["SAMPLE", "Tenant", "load_sample"]

SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "xinghe-2025"


class Tenant:
    """One tenant of the sample while it is loaded."""

    def __init__(self, row: dict[str, str]) -> None:
        self.id = new_id()
        self.code = row["code"]
        self.opened_on = date.fromisoformat(row["opened_on"])
        self.start = max(date(2025, 1, 1), self.opened_on)
        self.entries: dict[Key, RosterEntry] = {}
        self.people: dict[Key, UUID] = {}
        self.present: dict[Key, date] = {}
        self.episodes: list[tuple[UUID, date, date | None]] = []
        self.movements: list[tuple[UUID, str, date]] = []

    async def read_roster(self, path: Path) -> None:
        roster = Roster(RosterRules(firm_names=frozenset(), synthetic_ids=True))
        async for row in read_sheets(path):
            verdict = roster.feed(row)
            if isinstance(verdict, Accepted):
                self.entries[verdict.entry.key] = verdict.entry
                self.people[verdict.entry.key] = new_id()
        known = self.entries.items()
        self.present = {key: self.start for key, entry in known if entry.registered_on <= self.start}

    def enter(self, key: Key, kind: str, day: date) -> None:
        self.movements.append((self.people[key], kind, day))
        self.present[key] = day

    def leave(self, key: Key, kind: str, day: date) -> None:
        self.movements.append((self.people[key], kind, day))
        started = self.present.pop(key)
        if started < day:
            self.episodes.append((self.people[key], started, day))

    def close(self) -> None:
        self.episodes += [(self.people[key], started, None) for key, started in self.present.items()]


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


async def load_sample(database: Database) -> dict[str, Tenant]:
    """All five tenants with their people, movements and residence; the town is `000001101`."""
    tenants = {row["code"]: Tenant(row) for row in _lines(SAMPLE / "tenants.csv")}
    for tenant in tenants.values():
        path = next((SAMPLE / "rosters").glob(f"{tenant.code}.*"))
        await tenant.read_roster(path)
    _move(tenants)
    region = await _town(database, tenants)
    for tenant in tenants.values():
        async with database.transaction(Scope.of_tenant(tenant.id, ["registry"])) as tx:
            await _write(tx, tenant, region)
    return tenants


def _move(tenants: dict[str, Tenant]) -> None:
    def registered_on(code: str, key: Key) -> date | None:
        entry = tenants[code].entries.get(key)
        return entry.registered_on if entry else None

    starts_on = {code: tenant.start for code, tenant in tenants.items()}
    rules = MovementRules(year=2025, starts_on=starts_on, registered_on=registered_on)
    numbered = enumerate(_lines(SAMPLE / "movements.csv"), start=2)
    lines = [MovementLine(row=number, **line) for number, line in numbered]
    accepted = [one for one in Movements(rules).judge(lines) if isinstance(one, AcceptedMovement)]
    for one in sorted(accepted, key=lambda one: (one.day, one.row)):
        here = tenants[one.tenant]
        if one.type == "ARRIVE":
            here.enter(one.key, "ARRIVE", one.day)
        elif one.type in {"DEPART", "OPT_OUT"}:
            here.leave(one.key, one.type, one.day)
        elif one.type == "CHANGE_EMPLOYER":
            here.leave(one.key, "CHANGE_EMPLOYER_OUT", one.day)
            tenants[one.to_tenant].enter(one.key, "CHANGE_EMPLOYER_IN", one.day)
    for tenant in tenants.values():
        tenant.close()


async def _town(database: Database, tenants: dict[str, Tenant]) -> UUID:
    town = tomllib.loads((SAMPLE / "town.toml").read_text(encoding="utf-8"))
    region = new_id()
    async with database.transaction(Scope.town(region)) as tx:
        await tx.execute(
            "INSERT INTO tenancy.region (id, code, level, name_zh, name_en, time_zone) "
            "VALUES ($1, $2, 'town', $3, $4, $5)",
            region, town["code"], town["name_zh"], town["name_en"], town["time_zone"],
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO host.plugin_offer (id, region_id, plugin, mode, changed_at) "
            "VALUES ($1, $2, 'registration', 'offered', now())",
            new_id(),
            region,
        )
        for tenant in tenants.values():
            await tx.execute(
                "INSERT INTO tenancy.tenant "
                "(id, region_id, code, slug, kind, name_zh, name_en, opened_on, books_from) "
                "VALUES ($1, $2, $3, $4, 'joint_branch', $3, $3, $5, $6)",
                tenant.id, region, tenant.code, tenant.code.lower(), tenant.opened_on, tenant.start,
            )  # fmt: skip
    return region


async def _write(tx: Transaction, tenant: Tenant, region: UUID) -> None:
    await tx.execute(
        "INSERT INTO tenancy.activation (tenant_id, id, region_id, plugin, is_on, changed_at) "
        "VALUES ($1, $2, $3, 'registration', true, now())",
        tenant.id,
        new_id(),
        region,
    )
    entries = [(tenant.people[key], key, entry) for key, entry in tenant.entries.items()]
    await tx.execute(
        "INSERT INTO people.person (tenant_id, id, name, pinyin, initials, sex, birth_date, origin, "
        "is_floating, is_employee, source, registered_on) "
        "SELECT $1, id, 'x', '', '', sex, born, origin, floating, true, 'IMPORT', $7 "
        "FROM unnest($2::uuid[], $3::text[], $4::date[], $5::text[], $6::boolean[]) "
        "AS p(id, sex, born, origin, floating)",
        tenant.id,
        [person for person, _, _ in entries],
        [entry.sex for _, _, entry in entries],
        [entry.birth_date for _, _, entry in entries],
        [entry.origin for _, _, entry in entries],
        [entry.is_floating for _, _, entry in entries],
        tenant.start,
    )
    await tx.execute(
        "INSERT INTO people.pseudonym (tenant_id, id, person_id, pseudonym) "
        "SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::text[])",
        tenant.id,
        [new_id() for _ in entries],
        [person for person, _, _ in entries],
        [f"{space}{number}" for _, (space, number), _ in entries],
    )
    await tx.execute(
        "INSERT INTO people.residence (tenant_id, id, person_id, started_on, ended_on) "
        "SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[])",
        tenant.id,
        [new_id() for _ in tenant.episodes],
        *map(list, zip(*tenant.episodes, strict=True)),
    )
    await tx.execute(
        "INSERT INTO people.movement (tenant_id, id, person_id, kind, day, sequence, recorded_at) "
        "SELECT $1, id, person_id, kind, day, n, now() "
        "FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[]) "
        "WITH ORDINALITY AS m(id, person_id, kind, day, n)",
        tenant.id,
        [new_id() for _ in tenant.movements],
        *map(list, zip(*tenant.movements, strict=True)),
    )
