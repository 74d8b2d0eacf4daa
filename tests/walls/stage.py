"""Two units that look alike, a third, and another town: everything that an address can name, in each of them.

Made through the product's own services, once for a session; the tests work on copies of the database.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from litestar import Litestar
from msgspec import Struct

from core.app import Platform, create_app
from core.figures.loop import settle
from core.host.background import tenant_background
from core.host.jobs import job_handlers
from core.host.offers import offer_plugin, switch_plugin
from core.host.personal import PersonalDoor
from core.identity import sessions
from core.identity.accounts import Account, account_by_login, add_account
from core.identity.memberships import grant_role, revoke_role
from core.identity.roles import TENANT_ROLES, TOWN_ROLES
from core.identity.tokens import issue_token
from core.identity.town_roles import grant_town_role
from core.kernel.runner import Runner
from core.kernel.scope import COMPARTMENTS, Scope
from core.notices.posting import Draft, post_notice
from core.sdk import Upload
from core.sdk.ctx import Actor, TenantCtx
from core.tenancy.firms import add_firm
from core.tenancy.regions import Region, open_region, region_by_code
from core.tenancy.tenants import Tenant, list_tenants, open_tenant
from core.tenancy.town_settings import TownSettings, keep_town_settings
from core.testing import OPENED, TOWN
from plugins.registration.imports import uploads
from plugins.registration.imports.lines import plan_rows
from plugins.registration.services import households, offers
from plugins.registration.services.records import Residence
from plugins.registration.services.registering import Registration, register
from plugins.supplies.services.ledger import post
from plugins.supplies.services.vouchers import Act, Line
from plugins.supplies.tables import Entry, Point, Stock
from tests.cabinet.tables import DRAWERS
from tests.plugins.registration.conftest import resident, wang
from tests.plugins.registration.imports.small import HEADER, Worker
from tests.plugins.reporting.conftest import CELLS
from tests.walls.asking import Asker, Request, ask
from tests.walls.orders import fill_orders, make_stores
from tests.walls.stock import fill_stock, fill_town_stock

__all__ = [
    "CANARY",
    "DAY",
    "FAR_TOWN",
    "FEW",
    "MANY",
    "MARKS",
    "SECRET",
    "Mark",
    "Place",
    "Stage",
    "furnish",
    "phone_beside",
]

FAR_TOWN = "000001102"
DAY = date(2026, 10, 5)
CANARY = "匣中"
SECRET = ("supplies", "health", "rights")
FEW, MANY = 3, 17
VERSION = re.compile(r'name="version" value="(\d+)"')


class Mark(Struct, frozen=True):
    """Words that stand in what belongs to a place and nowhere else: of its people, and of the place itself."""

    people: str
    place: str


MARKS: Mapping[str, Mark] = {
    "t01": Mark("晴川", "晴阁"),
    "t02": Mark("鹦洲", "鹤楼"),
    "t03": Mark("汉阳", "芳草"),
    "t21": Mark("乡关", "烟波"),
    TOWN: Mark("龟山", "龟山"),
    FAR_TOWN: Mark("乡关", "烟波"),
}


class Place(Struct, kw_only=True):
    """A unit or a town, and what an address can name in it."""

    address: str
    region: Region
    tenant: Tenant | None = None
    things: dict[str, str] = {}

    @property
    def mark(self) -> Mark:
        return MARKS[self.address]


class Stage:
    """The places, and somebody of every role in each; `names` and `documents` are the people's."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.app: Litestar = create_app(platform)
        self.places: dict[str, Place] = {}
        self.askers: list[Asker] = [Asker(name="nobody")]
        self.names: dict[UUID, str] = {}
        self.documents: dict[UUID, str] = {}
        self.months: list[str] = []
        self._count = 0

    def asker(self, role: str, place: str) -> Asker:
        return next(each for each in self.askers if (each.role, each.place) == (role, place))

    @asynccontextmanager
    async def counter(self, place: str, plugin: str = "registration") -> AsyncIterator[TenantCtx]:
        tenant = self.tenant(place)
        scope = Scope.of_tenant(tenant.id, COMPARTMENTS)
        async with (
            self.platform.database.transaction(scope) as tx,
            tenant_background(self.platform.server, tx, tenant.id, plugin) as ctx,
        ):
            yield ctx

    def tenant(self, place: str) -> Tenant:
        tenant = self.places[place].tenant
        assert tenant is not None
        return tenant

    async def work(self) -> None:
        """Everything that waits in the background."""
        runner = Runner(
            self.platform.database, job_handlers(self.platform.server), back_off=lambda _attempt: 0.0
        )
        await runner.drain()

    def number(self) -> int:
        self._count += 1
        return self._count

    async def person(self, place: str, *, name: str = "") -> UUID:
        number = self.number()
        called = name or f"{self.places[place].mark.people}{number}号"
        document = resident(number, date(1990, 1 + number // 450, 1))
        draft = wang(name=called, is_employee=True, document=document, phone=phone_beside(document.number))
        home = Residence(village=f"{self.places[place].mark.people}村" if not name else "东村")
        async with self.counter(place) as ctx:
            person = await register(ctx, Registration(draft=draft, residence=home, day=DAY))
        self.names[person], self.documents[person] = called, document.number
        return person

    async def movement(self, place: str, person: UUID) -> UUID:
        async with self.counter(place) as ctx:
            return (await ctx.people.movements(person))[0].id

    async def household(self, place: str, head: UUID) -> UUID:
        member = await self.person(place)
        async with self.counter(place) as ctx:
            await households.add_member(ctx, head, member, "1")
        return member

    async def merge(self, place: str, kept: UUID) -> UUID:
        gone = await self.person(place)
        async with self.counter(place) as ctx:
            own = PersonalDoor(self.platform.server, ctx.transaction, ctx.tenant, ("station_staff",), Actor())
            merge = await own.merge(kept, gone, "SHE_SAYS_SO", [])
        await self.work()
        return merge

    async def offer(self, place: str, to: str) -> UUID:
        """Of a person whose name is of no place, because the other unit reads it too."""
        person = await self.person(place, name=f"往来{self.number()}号")
        async with self.counter(place) as ctx:
            await ctx.people.give_consent(person, "TRANSFER")
            return await offers.offer_move(ctx, person, to.upper(), DAY)

    async def incoming(self, place: str, state: str = "planned") -> UUID:
        """A roster of somebody new, and of somebody whose telephone number cannot be right, as far as `state`."""
        mark = self.places[place].mark.people
        workers = [
            Worker(f"{mark}册", 5000 + self.number(), "2026-10-01"),
            Worker(f"{mark}行", 5000 + self.number(), "2026-10-01", phone="12"),
        ]
        lines = [HEADER, *(worker.row() for worker in workers)]
        content = "\r\n".join(",".join(cells) for cells in lines).encode("utf-8-sig")
        async with self.counter(place) as ctx:
            incoming = await uploads.receive(ctx, Upload(name=f"{mark}.csv", content=content))
        await self.work()
        steps = {
            "read": (),
            "planned": (uploads.make_plan,),
            "applied": (uploads.make_plan, uploads.apply_plan),
        }
        for step in steps[state]:
            async with self.counter(place) as ctx:
                await step(ctx, incoming)
            await self.work()
        return incoming

    async def line(self, place: str, incoming: UUID) -> UUID:
        """The row of it that can be corrected."""
        async with self.counter(place):
            return next(row.id for row in await plan_rows(incoming) if row.is_open)

    async def notice(self, place: str) -> UUID:
        """From its town to the unit alone, or to all units of the town."""
        spot = self.places[place]
        to = f"unit:{spot.tenant.code}" if spot.tenant else "all"
        title = f"{spot.mark.place}通知{self.number()}"
        async with self.platform.database.transaction(
            Scope.town(spot.region.id, await self._admin(spot))
        ) as tx:
            return await post_notice(tx, Draft(title=title, body=title, needs_answer=True), (to,), DAY, None)

    async def shelf(self, place: str) -> UUID:
        """A service point with condoms; the row of its stock."""
        async with self.counter(place, "supplies") as ctx:
            await Point.insert(Point(code="S1", name="服务点", kind="CLINIC", opened_on=OPENED))
            ctx.changed(Point, OPENED, onwards=True)
            lines = [Line(sku="CON-M", lot="A", quantity=1000, expiry=date(2039, 12, 31))]
            await post(ctx, Act(kind="RECEIPT", day=ctx.today, point="S1"), lines)
            (row,) = await Stock.select(Stock.id)
            return row["id"]

    async def issue(self, place: str) -> tuple[UUID, UUID]:
        """Handed out without a name: the voucher and its line."""
        async with self.counter(place, "supplies") as ctx:
            lines = [Line(sku="CON-M", lot="A", quantity=2)]
            posted = await post(ctx, Act(kind="ISSUE", day=ctx.today, point="S1"), lines)
            (entry,) = await Entry.select(Entry.id).where(Entry.voucher_id == posted.voucher)
        return posted.voucher, entry["id"]

    async def drawers(self, place: str) -> None:
        """What lies in each drawer of the cabinet: of the three that no employer may see, too little to be counted."""
        for name, drawer in DRAWERS.items():
            label = f"{CANARY}{name}" if place == "t01" else f"{self.places[place].mark.people}{name}"
            count = FEW if name in SECRET else MANY
            async with self.counter(place, "cabinet"):
                await drawer.insert(*(drawer(label=label, day=DAY) for _each in range(count)))

    async def _admin(self, spot: Place) -> UUID:
        login = "town_admin" if spot.region.code == TOWN else "town_admin.far"
        async with self.platform.database.transaction(Scope.nobody()) as tx:
            found = await account_by_login(tx, login)
        assert found is not None
        return found.id

    async def colleague(self, place: str, role: str) -> UUID:
        """Somebody new with this role in the unit or the town."""
        spot, number = self.places[place], self.number()
        async with self.platform.database.transaction(Scope.town(spot.region.id)) as tx:
            account = await add_account(tx, f"colleague{number}", f"{spot.mark.place}{number}")
            if spot.tenant is None:
                await grant_town_role(tx, account.id, role)
        if spot.tenant is not None:
            async with self.platform.database.transaction(Scope.of_tenant(spot.tenant.id)) as tx:
                await grant_role(tx, account.id, role, OPENED)
        return account.id

    async def firm(self, place: str) -> UUID:
        async with self.platform.database.transaction(Scope.of_tenant(self.tenant(place).id)) as tx:
            name = f"{self.places[place].mark.place}厂{self.number()}"
            return (await add_firm(tx, name_zh=name, served_from=OPENED)).id

    async def unit(self, town: str, code: str = "") -> Tenant:
        """A unit of the town, with every service module on."""
        spot = self.places[town]
        async with self.platform.database.transaction(Scope.town(spot.region.id)) as tx:
            tenant = await open_tenant(
                tx,
                code=code or f"U{self.number()}",
                name_zh="华星制衣职工服务协会",
                name_en="Huaxing Garment Workers' Service Association",
                kind="enterprise_association",
                opened_on=OPENED,
            )
        await self.switch_on(tenant, [entry.name for entry in self.platform.registry.plugins])
        self.places[tenant.slug] = Place(address=tenant.slug, region=spot.region, tenant=tenant)
        MARKS.setdefault(tenant.slug, self.places[town].mark)  # pyright: ignore[reportAttributeAccessIssue]
        return tenant

    async def switch_on(self, tenant: Tenant, plugins: list[str]) -> None:
        async with self.platform.database.transaction(Scope.of_tenant(tenant.id)) as tx:
            for name in plugins:
                async with tenant_background(self.platform.server, tx, tenant.id, name) as ctx:
                    await switch_plugin(ctx, self.platform.registry, name, True)

    async def report(self, place: str, month: str, act: str) -> None:
        """Filled in by the unit's reporter, as she does it."""
        await settle(self.platform.database, self.platform.catalogue)
        reporter = self.asker("tenant_reporter", place)
        path = f"/t/{place}/reporting/{month}"
        await self._did(
            reporter, Request(method="POST", path=path, form={"version": "0", "act": act, **CELLS})
        )

    async def decide(self, month: str, act: str) -> None:
        path = f"/town/{TOWN}/reporting/T01/{month}/{act}"
        form = {"submission": "1", "reason": "look again"}
        await self._did(self.asker("town_admin", TOWN), Request(method="POST", path=path, form=form))

    async def _did(self, asker: Asker, request: Request) -> None:
        answer = await ask(self.app, asker, request)
        assert answer.is_done, f"{request} as {asker}: {answer.status} {answer.text()}"

    async def report_version(self, place: str, month: str) -> str:
        reporter = self.asker("tenant_reporter", place)
        answer = await ask(self.app, reporter, Request(method="GET", path=f"/t/{place}/reporting/{month}"))
        found = VERSION.search(answer.text())
        return found[1] if found else "0"


def phone_beside(number: str) -> str:
    """A telephone that does not end as the number does, so that one mask is not taken for the other."""
    return "13800138033" if number.endswith("77") else "13800138077"


async def furnish(stage: Stage) -> None:
    """Open the other places, sign everybody in, and put one of everything into each place."""
    await _open_places(stage)
    await _sign_in(stage)
    for address in ("t01", "t02", "t21"):
        await _fill_unit(stage, address)
        await stage.drawers(address)
    # Between units that are not t01: what crosses from there is not there for t01.
    stage.places["t02"].things["offer"] = str(await stage.offer("t02", "t03"))
    stage.places["t01"].things["offer"] = str(await stage.offer("t02", "t01"))
    for address in (TOWN, FAR_TOWN):
        await _fill_town(stage, address)
    await stage.work()
    for address in ("t01", "t02"):
        await stage.report(address, "2026-09", "submit")


async def _open_places(stage: Stage) -> None:
    platform = stage.platform
    far = await open_region(platform.database, code=FAR_TOWN, name_zh="星河镇", name_en="Xinghe Town")
    async with platform.database.transaction(Scope.nobody()) as tx:
        town = await region_by_code(tx, TOWN)
    assert town is not None
    for region in (town, far):
        stage.places[region.code] = Place(address=region.code, region=region)
        async with platform.database.transaction(Scope.town(region.id)) as tx:
            await keep_town_settings(tx, TownSettings(synthetic_ids=True, known_id_prefixes=("000000",)))
            for entry in platform.registry.plugins:
                await offer_plugin(tx, region.id, platform.registry, entry.name, "offered")
            tenants = await list_tenants(tx)
        for tenant in tenants:
            stage.places[tenant.slug] = Place(address=tenant.slug, region=region, tenant=tenant)
            await stage.switch_on(tenant, ["cabinet"])
    await stage.unit(TOWN, "T03")
    await make_stores(stage)
    await stage.unit(FAR_TOWN, "T21")


async def _sign_in(stage: Stage) -> None:
    await _hire(stage, "town_admin.far", "town_admin", FAR_TOWN)
    await _hire(stage, "station_staff.t21", "station_staff", "t21")
    former = await _hire(stage, "former", "station_staff", "t01")
    async with stage.platform.database.transaction(Scope.of_tenant(stage.tenant("t01").id)) as tx:
        await revoke_role(tx, former, "station_staff", "left")
    everybody = [("stranger", "", ""), ("former", "", ""), ("town_admin.far", "town_admin", FAR_TOWN)]
    everybody += [(role.name, role.name, "t01") for role in TENANT_ROLES]
    everybody += [(f"{role.name}.t02", role.name, "t02") for role in TENANT_ROLES]
    everybody += [(role.name, role.name, TOWN) for role in TOWN_ROLES]
    everybody += [("station_staff.t21", "station_staff", "t21")]
    async with stage.platform.database.transaction(Scope.town(stage.places[TOWN].region.id)) as tx:
        for login, role, place in everybody:
            account = await account_by_login(tx, login)
            assert account is not None
            stage.askers.append(
                Asker(
                    name=login,
                    role=role,
                    place=place,
                    session=await sessions.start(tx, account.id, is_of_town=False),
                    token=await issue_token(tx, account.id, "walls"),
                )
            )


async def _hire(stage: Stage, login: str, role: str, place: str) -> UUID:
    spot = stage.places[place]
    async with stage.platform.database.transaction(Scope.town(spot.region.id)) as tx:
        account: Account = await add_account(tx, login, login)
        if spot.tenant is None:
            await grant_town_role(tx, account.id, role)
    if spot.tenant is not None:
        async with stage.platform.database.transaction(Scope.of_tenant(spot.tenant.id)) as tx:
            await grant_role(tx, account.id, role, OPENED)
    return account.id


async def _fill_unit(stage: Stage, address: str) -> None:
    person = await stage.person(address)
    other = await stage.person(address)
    incoming = await stage.incoming(address)
    stock = await stage.shelf(address)
    voucher, entry = await stage.issue(address)
    stage.places[address].things |= await fill_orders(stage, address)
    stage.places[address].things |= {
        **await fill_stock(stage, address),
        "stock": str(stock),
        "voucher": str(voucher),
        "entry": str(entry),
        "person": str(person),
        "document": stage.documents[person],
        "other": str(other),
        "movement": str(await stage.movement(address, person)),
        "member": str(await stage.household(address, person)),
        "merge": str(await stage.merge(address, other)),
        "incoming": str(incoming),
        "line": str(await stage.line(address, incoming)),
        "notice": str(await stage.notice(address)),
        "before": str(await stage.notice(address)),
        "account": str(await stage.colleague(address, "station_staff")),
        "firm": str(await stage.firm(address)),
        "tenant": str(stage.tenant(address).id),
        "unit": stage.tenant(address).code,
    }


async def _fill_town(stage: Stage, address: str) -> None:
    unit = "t01" if address == TOWN else "t21"
    stage.places[address].things |= {
        "tenant": str(stage.tenant(unit).id),
        "unit": stage.tenant(unit).code,
        "firm": str(await stage.firm(unit)),
        "notice": str(await stage.notice(address)),
        "before": str(await stage.notice(address)),
        "account": str(await stage.colleague(address, "town_analyst")),
        "officer": str(await stage.colleague(unit, "tenant_officer")),
        **await fill_town_stock(stage, address),
    }
