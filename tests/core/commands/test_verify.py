"""`townbridge verify`: sound books prove themselves, and each kind of damage is a finding of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from core.app import Platform
from core.kernel import audit, clock
from core.kernel.audit import line_of
from core.kernel.audit_check import linked
from core.kernel.jobs import enqueue
from core.kernel.scope import Scope
from core.people.drafts import PersonDraft
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.testing import Town
from tests.core.commands.conftest import DAY, Command, Sql

COLUMNS = "seq, at, actor, action, kind, object_id, reason, detail, before_digest, after_digest, hash"

CHECKS = ["audit", "figures", "stock", "residence", "transfers", "jobs", "sealed", "plug-ins", "halves"]


async def findings(townbridge: Command) -> list[tuple[str, str]]:
    said = await townbridge("verify", "--json")
    lines = said.json["lines"]
    found = [(line["check"], line["text"]) for line in lines if line["state"] == "finding"]
    assert said.status == (1 if found else 0)
    assert said.json["ok"] == (not found)
    assert list(dict.fromkeys(line["check"] for line in lines)) == CHECKS
    return found


async def test_sound_books_prove_themselves(townbridge: Command):
    said = await townbridge("verify")
    assert said.status == 0
    assert [line.split()[:2] for line in said.out.splitlines()] == [["ok", check] for check in CHECKS]
    assert "3 audit chains hold" in said.out


async def test_a_changed_audit_line_is_found(townbridge: Command, damage: Sql):
    await damage(
        "ALTER TABLE kernel.audit DISABLE TRIGGER ALL;"
        "UPDATE kernel.audit SET reason = 'x' WHERE seq = 2"
        " AND tenant_id = (SELECT id FROM tenancy.tenant WHERE code = 'T01')"
    )
    assert await findings(townbridge) == [("audit", "T01: in the audit chain line 2 was changed.")]


@pytest.mark.requirement("R46")
async def test_a_chain_that_was_written_anew_is_found_by_a_head_that_lay_elsewhere(
    townbridge: Command, platform: Platform, town: Town, damage: Sql, tmp_path: Path
):
    heads = tmp_path / "heads.json"
    first = await townbridge("verify", "--heads", str(heads))
    assert (first.status, first.starting("ok", "heads")[0].split()[2:5]) == (0, ["There", "is", "no"])
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        audit.record(tx, "test.thing.change", "thing", None)
    assert (await townbridge("verify", "--heads", str(heads))).status == 0
    kept = heads.read_bytes()
    await damage(await rewritten(platform, town.t01.id))
    assert await findings(townbridge) == [], "the chain alone says nothing"
    said = await townbridge("verify", "--heads", str(heads))
    assert said.status == 1
    (line,) = said.starting("finding")
    assert line.startswith("finding heads T01: line ")
    assert heads.read_bytes() == kept, "what was found stays provable"
    heads.write_text("{}")
    assert "holds no heads" in (await townbridge("verify", "--heads", str(heads))).out


async def rewritten(platform: Platform, tenant: UUID) -> str:
    """The statements by which a superuser changes one reason and makes every hash and the head fit again."""
    async with platform.database.transaction(Scope.of_tenant(tenant)) as tx:
        rows = await tx.fetch(f"SELECT {COLUMNS} FROM kernel.audit ORDER BY seq")
    lines = [line_of(tenant, row) for row in rows]
    statements, before = ["ALTER TABLE kernel.audit DISABLE TRIGGER ALL"], b""
    for line in lines:
        new = replace(line, reason="invented") if line.seq == 2 else line
        before = linked(before, new)
        statements.append(
            f"UPDATE kernel.audit SET reason = '{new.reason}', hash = '\\x{before.hex()}'"
            f" WHERE tenant_id = '{tenant}' AND seq = {line.seq}"
        )
    statements.append(f"UPDATE kernel.audit_head SET hash = '\\x{before.hex()}' WHERE tenant_id = '{tenant}'")
    return ";".join(statements)


async def test_a_deleted_audit_line_is_found(townbridge: Command, damage: Sql):
    await damage("ALTER TABLE kernel.audit DISABLE TRIGGER ALL; DELETE FROM kernel.audit WHERE seq = 1")
    assert {check for check, _text in await findings(townbridge)} == {"audit"}


async def test_a_wrong_figure_is_found_and_rebuilt(townbridge: Command, damage: Sql):
    month = clock.month_of(DAY)
    await damage(
        "UPDATE figures.figure SET num = num + 7 WHERE indicator = 'POP-02' AND cut = '' AND"
        f" period = '{month}' AND tenant_id = (SELECT id FROM tenancy.tenant WHERE code = 'T01')"
    )
    (found, *more) = await findings(townbridge)
    assert found[0] == "figures"
    assert found[1].startswith(f"T01: POP-02 total of {month} is ")
    assert all(check == "figures" for check, _text in more)
    assert (await townbridge("figures", "rebuild", "--period", month)).out == "changed cells: 1\n"
    assert await findings(townbridge) == []


async def test_figures_that_wait_are_no_finding(townbridge: Command, platform: Platform, town: Town):
    async with platform.database.transaction(Scope.of_tenant(town.t01.id, {"registry"})) as tx:
        person = await register_person(tx, platform.keyring, PersonDraft(name="李四", contact="村口小店"))
        await record_movement(tx, person, MovementKind.ARRIVE, DAY)
    assert await findings(townbridge) == []


async def test_an_episode_that_no_movement_made_is_found(townbridge: Command, damage: Sql):
    await damage("UPDATE people.residence SET started_on = started_on - 60 WHERE ended_on IS NOT NULL")
    assert {check for check, _text in await findings(townbridge)} >= {"stock", "residence"}


async def test_a_lost_half_of_a_transfer_is_found(townbridge: Command, damage: Sql):
    await damage("UPDATE people.movement SET transfer_id = NULL WHERE kind = 'CHANGE_EMPLOYER_IN'")
    (found,) = await findings(townbridge)
    assert found[0] == "transfers"
    assert found[1].startswith(f"T01: CHANGE_EMPLOYER_OUT of {DAY + timedelta(days=3)} has no other half")


async def test_a_job_that_nobody_takes_is_found(
    townbridge: Command, platform: Platform, town: Town, damage: Sql
):
    async with platform.database.transaction(Scope.of_tenant(town.t02.id)) as tx:
        await enqueue(tx, "kernel.nothing", {})
    assert await findings(townbridge) == []
    await damage("UPDATE kernel.job SET due_at = now() - interval '2 hours' WHERE name = 'kernel.nothing'")
    (found,) = await findings(townbridge)
    assert found[0] == "jobs"
    assert "has waited for more than an hour" in found[1]
    await damage(
        "UPDATE kernel.job SET state = 'dead', error = 'lost', finished_at = now() WHERE name = 'kernel.nothing'"
    )
    (found,) = await findings(townbridge)
    assert "(kernel.nothing) was given up: lost. See `townbridge jobs`." in found[1]


async def test_a_sealed_field_that_was_tampered_with_is_found(townbridge: Command, damage: Sql):
    await damage(
        "UPDATE people.person SET phone_sealed = set_byte(phone_sealed, 20, get_byte(phone_sealed, 20) # 1)"
    )
    found = await findings(townbridge)
    assert len(found) == 4
    assert {check for check, _text in found} == {"sealed"}
    assert all("phone_sealed of the person" in text for _check, text in found)


async def test_a_field_moved_to_another_person_is_found(townbridge: Command, damage: Sql):
    await damage(
        "UPDATE people.person p SET document_sealed = o.document_sealed FROM people.person o"
        " WHERE p.tenant_id = o.tenant_id AND p.id <> o.id AND p.name = '王小二' AND o.name = '王小三'"
    )
    (found,) = await findings(townbridge)
    assert found[0] == "sealed"
