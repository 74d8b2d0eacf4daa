"""A county with two towns, and in one of them two tenants with people who look alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

from core.kernel.changes import changed
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from tests.core.figures.indicators import GROUP

__all__ = ["BOOKS_FROM", "TODAY", "Town"]

TODAY = datetime(2026, 5, 20, 4, tzinfo=UTC)
BOOKS_FROM = date(2026, 2, 10)


class Town:
    """Tenants A and B of Xinghe, C of Yunqiao, both towns of one county."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.county, self.xinghe, self.yunqiao = new_id(), new_id(), new_id()
        self.a, self.b, self.c = new_id(), new_id(), new_id()

    async def open(self) -> None:
        async with self.database.transaction(Scope.town(self.county)) as tx:
            for region, level, parent in (
                (self.county, "county", None),
                (self.xinghe, "town", self.county),
                (self.yunqiao, "town", self.county),
            ):
                await tx.execute(
                    "INSERT INTO tenancy.region (id, code, level, name_zh, name_en, parent_id, time_zone) "
                    "VALUES ($1, $2, $3, '星河', 'Xinghe', $4, 'Asia/Shanghai')",
                    region,
                    region.hex[-9:],
                    level,
                    parent,
                )
        for tenant, code, region in ((self.a, "T01", self.xinghe), (self.b, "T02", self.xinghe)):
            await self.open_tenant(tenant, code, region)
        await self.open_tenant(self.c, "T01", self.yunqiao)

    async def open_tenant(self, tenant: UUID, code: str, region: UUID, books_from: date = BOOKS_FROM) -> None:
        async with self.database.transaction(Scope.town(region)) as tx:
            await tx.execute(
                "INSERT INTO tenancy.tenant "
                "(id, region_id, code, slug, kind, name_zh, name_en, opened_on, books_from) "
                "VALUES ($1, $2, $3, $4, 'joint_branch', '联合分会', 'Branch', '2020-01-01', $5)",
                tenant,
                region,
                code,
                tenant.hex,
                books_from,
            )
            await tx.execute(
                "INSERT INTO host.plugin_offer (id, region_id, plugin, mode, changed_at) "
                "VALUES ($1, $2, $3, 'offered', now()) ON CONFLICT (region_id, plugin) DO NOTHING",
                new_id(),
                region,
                GROUP,
            )
        await self.switch(tenant, region, is_on=True)

    async def cover(self, tenant: UUID, *covered_to: date) -> None:
        """Files of the tenant go as far as these days, each of another year."""
        await self._set(tenant, "covered_to", list(covered_to))

    async def begin(self, tenant: UUID, books_from: date) -> None:
        """The books of the tenant begin on another day."""
        await self._set(tenant, "books_from", books_from)

    async def _set(self, tenant: UUID, column: str, value: date | list[date]) -> None:
        async with self.database.transaction(Scope.town(await self._region(tenant))) as tx:
            await tx.execute(f"UPDATE tenancy.tenant SET {column} = $2 WHERE id = $1", tenant, value)

    async def _region(self, tenant: UUID) -> UUID:
        async with self.database.transaction(Scope.of_tenant(tenant)) as tx:
            return await tx.fetchval("SELECT region_id FROM tenancy.tenant WHERE id = $1", tenant)

    async def switch(self, tenant: UUID, region: UUID, *, is_on: bool) -> None:
        async with self.database.transaction(Scope.of_tenant(tenant)) as tx:
            await tx.execute(
                "INSERT INTO tenancy.activation (tenant_id, id, region_id, plugin, is_on, changed_at) "
                "VALUES ($1, $2, $3, $4, $5, now()) "
                "ON CONFLICT (tenant_id, plugin) DO UPDATE SET is_on = excluded.is_on",
                tenant,
                new_id(),
                region,
                GROUP,
                is_on,
            )

    async def person(self, tenant: UUID, *, sex: str = "2", origin: str = "43", pseudonym: str = "") -> UUID:
        person = new_id()
        async with self.database.transaction(Scope.of_tenant(tenant, ["registry"])) as tx:
            await tx.execute(
                "INSERT INTO people.person (tenant_id, id, name, pinyin, initials, sex, origin, is_floating, "
                "is_employee, source, registered_on) "
                "VALUES ($1, $2, '王芳', '', '', $3, $4, true, true, 'STATION', '2026-03-01')",
                tenant,
                person,
                sex,
                origin,
            )
            if pseudonym:
                await tx.execute(
                    "INSERT INTO people.pseudonym (tenant_id, id, person_id, pseudonym) "
                    "VALUES ($1, $2, $3, $4)",
                    tenant,
                    new_id(),
                    person,
                    pseudonym,
                )
        return person

    async def arrive(self, tenant: UUID, person: UUID, day: date, kind: str = "ARRIVE") -> None:
        """A movement, and with an arrival an open residence; the marks are written with them."""
        async with self.database.transaction(Scope.of_tenant(tenant, ["registry"])) as tx:
            await tx.execute(
                "INSERT INTO people.movement (tenant_id, id, person_id, kind, day, sequence, recorded_at) "
                "SELECT $1, $2, $3, $4, $5, count(*), now() FROM people.movement WHERE tenant_id = $1",
                tenant,
                new_id(),
                person,
                kind,
                day,
            )
            changed(tx, "people.movement", day)
            if kind == "ARRIVE":
                await tx.execute(
                    "INSERT INTO people.residence (tenant_id, id, person_id, started_on) "
                    "VALUES ($1, $2, $3, $4)",
                    tenant,
                    new_id(),
                    person,
                    day,
                )
                changed(tx, "people.residence", day, onwards=True)

    async def newcomer(self, tenant: UUID, day: date, **what: str) -> UUID:
        person = await self.person(tenant, **what)
        await self.arrive(tenant, person, day)
        return person

    async def cells(self, place: UUID, indicator: str, cut: str = "") -> dict[str, Fraction | None]:
        """The stored values of one cell by period."""
        async with self.database.transaction(Scope.nobody(), login="figures") as tx:
            rows = await tx.fetch(
                "SELECT period, num, divisor FROM figures.figure "
                "WHERE tenant_id = $1 AND indicator = $2 AND cut = $3 ORDER BY period",
                place,
                indicator,
                cut,
            )
        return {
            row["period"]: None if row["num"] is None else Fraction(row["num"]) / row["divisor"]
            for row in rows
        }

    async def marks(self, place: UUID) -> list[tuple[str, date, bool]]:
        async with self.database.transaction(Scope.nobody(), login="figures") as tx:
            rows = await tx.fetch(
                "SELECT source, first_day, is_onward FROM figures.stale WHERE tenant_id = $1 ORDER BY source",
                place,
            )
        return [(row["source"], row["first_day"], row["is_onward"]) for row in rows]
