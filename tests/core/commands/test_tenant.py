"""`townbridge tenant ...`"""

from __future__ import annotations

from core.app import Platform
from core.kernel.audit import lines
from core.kernel.scope import Scope
from core.testing import TOWN, Town
from tests.core.commands.conftest import Command

NAMES = ("--name-zh", "云桥电子职工服务协会", "--name-en", "Yunqiao Electronics")
COUNTRY = ("--name-zh", "星河县", "--name-en", "Xinghe County")


async def test_a_unit_that_is_opened_is_listed_and_can_be_closed(townbridge: Command):
    said = await townbridge("tenant", "open", "T07", "--kind", "joint_branch", *NAMES, "--on", "2025-03-01")
    assert (said.status, said.out) == (0, "T07: open at /t/t07/\n")
    assert (
        await townbridge("tenant", "close", "T07", "--on", "2025-06-30", "--reason", "merged")
    ).status == 0
    listed = {row["code"]: row for row in (await townbridge("tenant", "list", "--json")).json}
    assert listed["T07"] == {
        "code": "T07",
        "address": "/t/t07/",
        "kind": "joint_branch",
        "name_zh": "云桥电子职工服务协会",
        "name_en": "Yunqiao Electronics",
        "opened_on": "2025-03-01",
        "closed_on": "2025-06-30",
        "modules": [],
    }


async def test_a_unit_begins_with_a_starter_profile(townbridge: Command):
    begun = ("tenant", "open", "T08", "--kind", "town_station", *NAMES, "--profile")
    said = await townbridge(*begun, "town-station")
    assert (said.status, said.out) == (0, "T08: open at /t/t08/\n")
    listed = {row["code"]: row for row in (await townbridge("tenant", "list", "--json")).json}
    assert "registration" in listed["T08"]["modules"]
    assert (await townbridge(*begun, "nothing")).status == 2


async def test_the_list_is_a_table_for_people(townbridge: Command):
    said = await townbridge("tenant", "list")
    assert said.starting("code") == ["code address kind name_zh name_en opened_on closed_on modules"]
    assert [line.split()[0] for line in said.out.splitlines()[1:]] == ["T01", "T02"]


async def test_a_module_is_switched_off_and_on(townbridge: Command, platform: Platform):
    (module, *_) = [entry.name for entry in platform.registry.plugins]
    assert (await townbridge("tenant", "switch", "T01", module, "off")).out == f"T01: {module} is off.\n"
    assert (
        await townbridge("tenant", "switch", "T01", module, "off")
    ).out == f"T01: {module} is off already.\n"
    listed = {row["code"]: row["modules"] for row in (await townbridge("tenant", "list", "--json")).json}
    assert module not in listed["T01"]
    assert module in listed["T02"]
    assert (await townbridge("tenant", "switch", "t01", module, "on")).out == f"t01: {module} is on.\n"


async def test_a_module_that_the_town_does_not_offer_needs_its_offer(
    townbridge: Command, platform: Platform, town: Town
):
    (module, *_) = [entry.name for entry in platform.registry.plugins]
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await tx.execute("DELETE FROM host.plugin_offer WHERE plugin = $1", module)
    said = await townbridge("tenant", "switch", "T01", module, "off")
    assert said.status == 1
    assert said.err == f"The town does not offer the service module {module}. Run this again with --offer.\n"
    assert (await townbridge("tenant", "switch", "T01", module, "off", "--offer")).status == 0


async def test_what_does_not_exist_is_said_in_two_sentences(townbridge: Command):
    said = await townbridge("tenant", "close", "T99")
    assert (said.status, said.out) == (1, "")
    assert said.err == (
        f"There is no association unit T99 in {TOWN}. `townbridge tenant list` shows those that there are.\n"
    )
    said = await townbridge("tenant", "switch", "T01", "horoscopes", "on")
    assert (said.status, said.err.splitlines()[0]) == (
        1,
        "No service module is called horoscopes. `townbridge plugin list` shows those that are installed.",
    )


async def test_a_wrong_code_names_its_field(townbridge: Command):
    said = await townbridge("tenant", "open", "T 7", "--kind", "joint_branch", *NAMES)
    assert said.status == 1
    assert "code: A code has up to 32 letters, digits and hyphens." in said.err


async def test_wrong_usage_is_status_2(townbridge: Command):
    said = await townbridge("tenant", "open", "T07", "--kind", "castle", *NAMES)
    assert said.status == 2
    assert "castle" in said.err
    assert "Traceback" not in said.err


async def test_with_several_towns_one_must_be_named(townbridge: Command):
    assert (await townbridge("tenant", "town", "C01", "--level", "county", *COUNTRY)).status == 0
    assert (await townbridge("tenant", "town", "B01", "--county", "C01", *NAMES)).status == 0
    said = await townbridge("tenant", "list")
    assert said.status == 2
    assert f"Name one with --region: {TOWN}, B01." in said.err
    assert (await townbridge("tenant", "list", "--region", "B01", "--json")).json == []
    assert len((await townbridge("tenant", "list", "--region", TOWN, "--json")).json) == 2
    said = await townbridge("tenant", "list", "--region", "Z9")
    assert (said.status, said.err) == (1, f"There is no town Z9. The towns are: {TOWN}, B01.\n")


async def test_what_is_done_at_the_console_stands_in_the_audit(
    townbridge: Command, platform: Platform, town: Town
):
    await townbridge("tenant", "close", "T02", "--on", "2026-01-31", "--reason", "merged")
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        (newest, *_) = await lines(tx)
    assert (newest.action, newest.actor, newest.reason) == ("tenancy.tenant.close", None, "merged")


async def test_a_closed_unit_owes_no_report_of_the_months_after(townbridge: Command):
    for day in ("2026-01-31", "2025-12-31", "2026-02-28"):
        assert (await townbridge("tenant", "close", "T02", "--on", day)).status == 0
        # An export waits for the figures that the closing made stale.
        await townbridge("export", "figures", "--out", "-")
        assert (await townbridge("figures", "rebuild")).out.splitlines()[-1] == "changed cells: 0", day
