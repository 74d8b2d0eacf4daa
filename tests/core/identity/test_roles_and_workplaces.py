from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.identity.accounts import add_account
from core.identity.memberships import copy_tenant_names, grant_role, list_members, revoke_role
from core.identity.roles import ROLES, TENANT_ROLES, TOWN_ROLES, compartments_of, detail_of
from core.identity.town_roles import grant_town_role, list_town_members, revoke_town_role
from core.identity.workplaces import places_of, roles_at, town_at
from core.kernel import audit, clock
from core.kernel.db import Database
from core.kernel.errors import BadInput, NotFound
from core.kernel.ids import new_id
from core.kernel.scope import COMPARTMENTS, Scope
from core.tenancy.tenants import open_tenant


async def places(database: Database, account_id: Any) -> list[tuple[str, str]]:
    async with database.transaction(Scope.person_of(account_id)) as tx:
        return [(place.address, place.role) for place in await places_of(tx, account_id)]


async def granted(database: Database, tenant: Any, account_id: Any, role: str) -> bool:
    async with database.transaction(Scope.of_tenant(tenant.id)) as tx:
        return await grant_role(tx, account_id, role)


def test_the_table_of_roles_is_that_of_the_architecture() -> None:
    assert {role.name: role.compartments for role in TENANT_ROLES} == {
        "tenant_officer": {"registry", "membership"},
        "station_staff": {"registry", "supplies", "benefits", "membership"},
        "medical_staff": {"registry", "health", "supplies"},
        "tenant_reporter": {"reports"},
        "rights_consultant": {"registry", "rights"},
    }
    assert {role.name for role in TOWN_ROLES} == {"town_admin", "town_analyst", "auditor"}
    assert not any(role.compartments for role in TOWN_ROLES)
    assert all(role.compartments <= COMPARTMENTS for role in ROLES.values())
    for role in ROLES.values():
        assert (role.detail is not None) == ("registry" in role.compartments)


@pytest.mark.requirement("R06")
def test_an_employers_officer_never_sees_what_is_not_hers() -> None:
    officer = ROLES["tenant_officer"]
    assert officer.detail == "basic"
    assert not officer.compartments & {"supplies", "health", "rights", "benefits", "reports"}
    assert ROLES["rights_consultant"].appointed_by == "town"


def test_several_roles_open_what_any_of_them_opens() -> None:
    assert compartments_of(["tenant_reporter", "medical_staff", "gone"]) == {
        "reports",
        "registry",
        "health",
        "supplies",
    }
    assert compartments_of([]) == frozenset()
    assert detail_of(["medical_staff", "tenant_officer"]) == "basic"
    assert detail_of(["tenant_officer", "station_staff"]) == "full"
    assert detail_of(["tenant_reporter", "gone"]) is None


async def test_an_account_works_in_several_tenants(database: Database, world: Any) -> None:
    clerk = world.clerk.id
    assert await granted(database, world.ours, clerk, "station_staff")
    assert await granted(database, world.ours, clerk, "tenant_reporter")
    assert await granted(database, world.elsewhere, clerk, "medical_staff")
    assert await places(database, clerk) == [
        ("/t/t01", "station_staff"),
        ("/t/t01", "tenant_reporter"),
        ("/t/t01-000001102", "medical_staff"),
    ]
    async with database.transaction(Scope.person_of(clerk)) as tx:
        here = await roles_at(tx, clerk, "t01")
        assert [(place.tenant_id, place.role) for place in here] == [
            (world.ours.id, "station_staff"),
            (world.ours.id, "tenant_reporter"),
        ]
        assert here[0].title("zh") == "华星制衣职工服务协会"
        for slug in ("t02", "T01", "", "t01' OR true --"):
            assert await roles_at(tx, clerk, slug) == []


async def test_memberships_are_seen_by_their_owner_and_their_tenant(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        nurse = (await add_account(tx, "t02.clinic", "彭文辉")).id
    await granted(database, world.ours, world.clerk.id, "station_staff")
    await granted(database, world.theirs, world.clerk.id, "station_staff")
    await granted(database, world.theirs, nurse, "medical_staff")

    async def seen(scope: Scope) -> set[tuple[Any, Any]]:
        async with database.transaction(scope) as tx:
            rows = await tx.fetch("SELECT tenant_id, account_id FROM identity.membership")
        return {(row["tenant_id"], row["account_id"]) for row in rows}

    ours, theirs = world.ours.id, world.theirs.id
    assert await seen(Scope.nobody()) == set()
    assert await seen(Scope.town(world.town.id)) == set()
    assert await seen(Scope.of_tenant(ours)) == {(ours, world.clerk.id)}
    assert await seen(Scope.of_tenant(theirs)) == {(theirs, world.clerk.id), (theirs, nurse)}
    assert await seen(Scope.person_of(nurse)) == {(theirs, nurse)}
    assert await seen(Scope.person_of(world.clerk.id)) == {(ours, world.clerk.id), (theirs, world.clerk.id)}
    assert await seen(Scope.person_of(new_id())) == set()


@pytest.mark.requirement("R06")
async def test_nobody_appoints_herself_through_her_door(database: Database, world: Any) -> None:
    await granted(database, world.ours, world.clerk.id, "tenant_reporter")
    async with database.transaction(Scope.person_of(world.clerk.id)) as tx:
        assert await tx.execute("UPDATE identity.membership SET role = 'medical_staff'") == 0
        assert await tx.execute("DELETE FROM identity.membership") == 0
    with pytest.raises(Exception, match="row-level security"):
        async with database.transaction(Scope.person_of(world.clerk.id)) as tx:
            await tx.execute(
                """INSERT INTO identity.membership (tenant_id, id, account_id, tenant_slug, tenant_name_zh,
                   tenant_name_en, role, since)
                   VALUES ($1, $2, $3, 't02', '', '', 'medical_staff', '2025-01-01')""",
                world.theirs.id,
                new_id(),
                world.clerk.id,
            )
    assert await places(database, world.clerk.id) == [("/t/t01", "tenant_reporter")]


@pytest.mark.requirement("R07")
async def test_a_role_that_is_taken_away_is_gone_at_once(database: Database, world: Any) -> None:
    clerk = world.clerk.id
    for tenant in (world.ours, world.theirs):
        await granted(database, tenant, clerk, "station_staff")
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert not await revoke_role(tx, clerk, "medical_staff")
        assert await revoke_role(tx, clerk, "station_staff", reason="moved to the clinic")
        assert not await revoke_role(tx, clerk, "station_staff")
        assert await list_members(tx) == []
    assert await places(database, clerk) == [("/t/t02", "station_staff")]
    async with database.transaction(Scope.person_of(clerk)) as tx:
        assert await roles_at(tx, clerk, "t01") == []
        assert len(await roles_at(tx, clerk, "t02")) == 1
    assert await granted(database, world.ours, clerk, "station_staff")
    assert len(await places(database, clerk)) == 2


async def test_granting_again_changes_and_notes_nothing(database: Database, world: Any) -> None:
    assert await granted(database, world.ours, world.clerk.id, "station_staff")
    assert not await granted(database, world.ours, world.clerk.id, "station_staff")
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert [line.action for line in await audit.lines(tx)] == ["identity.role.grant"]
        (member,) = await list_members(tx)
    assert (member.login, member.role, member.has_password) == ("t01.desk", "station_staff", True)


@pytest.mark.requirement("R07")
async def test_a_role_begins_on_its_day(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        await grant_role(tx, world.clerk.id, "station_staff", since=date(2999, 1, 1))
    assert await places(database, world.clerk.id) == []
    async with database.transaction(Scope.person_of(world.clerk.id)) as tx:
        assert await roles_at(tx, world.clerk.id, "t01") == []
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert await grant_role(tx, world.clerk.id, "station_staff", since=clock.today())
    assert await places(database, world.clerk.id) == [("/t/t01", "station_staff")]


async def test_only_roles_of_the_place_are_given(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        for role in ("town_admin", "owner", ""):
            with pytest.raises(BadInput):
                await grant_role(tx, world.clerk.id, role)
        with pytest.raises(NotFound):
            await grant_role(tx, new_id(), "station_staff")
        with pytest.raises(NotFound):
            await grant_town_role(tx, world.clerk.id, "town_admin")
    async with database.transaction(Scope.town(world.town.id)) as tx:
        for role in ("station_staff", "tenant_officer", "owner"):
            with pytest.raises(BadInput):
                await grant_town_role(tx, world.clerk.id, role)
        with pytest.raises(NotFound):
            await grant_town_role(tx, new_id(), "town_admin")


async def test_a_town_role_holds_in_one_town(database: Database, world: Any) -> None:
    clerk = world.clerk.id
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert await grant_town_role(tx, clerk, "town_analyst")
        assert [(m.login, m.role) for m in await list_town_members(tx)] == [("t01.desk", "town_analyst")]
    async with database.transaction(Scope.town(world.other_town.id)) as tx:
        assert await list_town_members(tx) == []
        assert not await revoke_town_role(tx, clerk, "town_analyst")
    assert await places(database, clerk) == [("/town/000001101", "town_analyst")]
    async with database.transaction(Scope.person_of(clerk)) as tx:
        assert await town_at(tx, clerk, "000001101") == (world.town, ("town_analyst",))
        assert await town_at(tx, clerk, "000001102") is None
        assert await town_at(tx, new_id(), "000001101") is None


async def test_a_consultant_of_the_town_works_where_she_is_sent(database: Database, world: Any) -> None:
    clerk = world.clerk.id
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert await grant_town_role(tx, clerk, "rights_consultant")
    assert await places(database, clerk) == []
    async with database.transaction(Scope.person_of(clerk)) as tx:
        assert await town_at(tx, clerk, "000001101") is None
    await granted(database, world.theirs, clerk, "rights_consultant")
    assert await places(database, clerk) == [("/t/t02", "rights_consultant")]


async def test_a_renamed_tenant_is_renamed_where_people_choose(database: Database, world: Any) -> None:
    for tenant in (world.ours, world.theirs):
        await granted(database, tenant, world.clerk.id, "station_staff")
    async with database.transaction(Scope.town(world.town.id)) as tx:
        await open_tenant(
            tx,
            code="T01",
            name_zh="新星职工服务协会",
            name_en="Nova",
            kind="enterprise_association",
            opened_on=world.ours.opened_on,
        )
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert await copy_tenant_names(tx) == 1
        assert await copy_tenant_names(tx) == 0
    async with database.transaction(Scope.person_of(world.clerk.id)) as tx:
        titles = [place.title("en") for place in await places_of(tx, world.clerk.id)]
    assert titles == ["Nova", "Huaxing Garment Workers' Service Association"]
