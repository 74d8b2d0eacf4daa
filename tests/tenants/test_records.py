"""The records of a unit: everybody reads about her own kinds of acts, and learns of no others."""

from __future__ import annotations

import re

from core.host.records.audience import AREAS, areas_for
from core.identity.roles import ROLES
from core.kernel import audit
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from tests.core.town.test_audit_page import told

RECORDS = "/t/t01/records"


async def note(in_tenant, *acts: tuple[str, str]) -> None:
    async with in_tenant() as tx:
        for action, kind in acts:
            audit.record(tx, action, kind, new_id())


async def test_the_employers_side_does_not_learn_that_it_happened(visit, in_tenant) -> None:
    hidden = ("people.person.register", "registration.transfer.offer", "health.check.add", "rights.case.open")
    await note(in_tenant, *((act, act.split(".")[1]) for act in hidden), ("supplies.hand.out", "supply"))
    await note(in_tenant, ("tenancy.unit.add", "unit"))
    officer, clerk = await visit("tenant_officer"), await visit("station_staff")
    page = (await officer.get(RECORDS)).text.partition("<main")[2]
    assert "车间" in told(page)[0]
    for word in ("服务对象", "转移", "没有文字说明", "尚无文字说明"):
        assert word not in page
    for kind in ("person", "transfer", "check", "case", "supply"):
        assert f'value="{kind}"' not in page
        assert "没有符合条件的记录" in (await officer.get(f"{RECORDS}?about={kind}")).text
    hers = (await clerk.get(RECORDS)).text
    assert any("登记了一位服务对象" in line for line in told(hers))
    for kind in ("check", "case", "supply"):
        assert f'value="{kind}"' not in hers
    for role in ("medical_staff", "tenant_reporter", "rights_consultant"):
        assert (await (await visit(role)).get(RECORDS)).status_code == 403


async def test_acts_on_people_lead_to_the_person_and_name_nobody(visit, in_tenant) -> None:
    await note(in_tenant, ("people.person.register", "person"))
    page = (await (await visit("station_staff")).get(RECORDS)).text
    assert re.search(r'href="/t/t01/registration/people/[0-9a-f-]{36}"', page)


async def test_older_records_follow_without_a_gap_and_without_a_number_to_count_by(visit, in_tenant) -> None:
    for number in range(60):
        acts = [("tenancy.unit.add", "lamp")] + [("rights.case.open", "case")] * (number % 3)
        await note(in_tenant, *acts)
    officer = await visit("tenant_officer")
    first = (await officer.get(f"{RECORDS}?about=lamp")).text
    more = re.search(r'href="([^"]+after=([\w-]+))"', first)
    assert more
    assert len(more[2]) > 40
    assert len(told(first)) == 50
    second = (await officer.get(more[1].replace("&amp;", "&"))).text
    assert len(told(second)) == 10
    for broken in ("1", "zz", more[2][:-2] + "00"):
        assert (await officer.get(f"{RECORDS}?about=lamp&after={broken}")).status_code == 400


async def test_the_filter_names_who_acted_here_and_the_neighbours_acts_are_not_there(
    platform, town, visit
) -> None:
    async with platform.database.transaction(Scope.of_tenant(town.t02.id)) as tx:
        audit.record(tx, "tenancy.unit.add", "elsewhere", new_id())
    officer = await visit("tenant_officer")
    await officer.get("/t/t01/association")
    await officer.post("/t/t01/association/modules/lantern", {"to": "off"})
    page = (await officer.get(f"{RECORDS}?who=tenant_officer")).text
    assert [line.split(" ", 2)[2] for line in told(page)] == ["tenant officer 停用了服务模块“灯笼”"]
    assert "elsewhere" not in (await officer.get(RECORDS)).text


def test_who_reads_what_is_closed_unless_it_is_listed() -> None:
    assert set(AREAS.values()) == {"affairs", "people"}
    assert {role for role in ROLES if areas_for([role])} == {"tenant_officer", "station_staff"}
    assert not {"health", "rights", "supplies", "benefits"} & set(areas_for(ROLES))
    assert not {"people", "registration"} & set(areas_for(["tenant_officer"]))
