"""A household by programs: found, added, told, turned and left; and two records of one person."""

from __future__ import annotations

from core.testing import Program
from plugins.registration.services.registering import register
from tests.plugins.registration.api.conftest import HERE
from tests.plugins.registration.conftest import Counter, Work, registration, resident


async def test_a_household_is_found_made_and_ended(desk: Program, officer: Program, counter: Counter) -> None:
    async with counter() as ctx:
        mother = str(await register(ctx, registration()))
        sister = str(await register(ctx, registration(name="王小红", document=resident(9))))
        alone = str(await register(ctx, registration(name="王大山", document=resident(11))))
    here = f"{HERE}/people/{mother}/household"
    assert (await desk.get(here)).json() == {"household": None, "lacks_guardian": False, "near": []}
    found = (await desk.send("POST", f"{here}/find", {"q": "王"})).json()["people"]
    assert {one["id"] for one in found} == {sister, alone}
    member = {"member": sister}
    added = await desk.send("POST", f"{here}/add", {**member, "relation": "7"})
    assert added.json() == {"id": sister}
    assert [one["id"] for one in (await desk.send("POST", f"{here}/find", {"q": "王"})).json()["people"]] == [
        alone
    ]
    assert (await desk.send("POST", f"{here}/add", {**member, "relation": "0"})).status_code == 400
    assert (await desk.send("POST", f"{here}/add", {"member": mother, "relation": "7"})).status_code == 400
    assert (await desk.send("PATCH", f"{here}/relation", {**member, "relation": "8"})).status_code == 200
    assert (await desk.send("POST", f"{here}/head", member)).json() == {"id": sister}
    home = (await desk.get(f"{HERE}/people/{mother}")).json()["station"]["household"]
    assert [(one["id"], one["relation"]) for one in home["members"]] == [(sister, "0"), (mother, "8")]
    assert (await officer.get(here)).status_code == 403
    # Whoever is of no household, or of another, is not there.
    stranger = f"{HERE}/people/{alone}/household"
    for method, path, body in (
        ("PATCH", "relation", {**member, "relation": "7"}),
        ("POST", "head", member),
        ("POST", "remove", member),
    ):
        assert (await desk.send(method, f"{stranger}/{path}", body)).status_code == 404, path
    assert (await desk.send("POST", f"{here}/remove", member)).status_code == 409
    for one in (mother, sister, sister):
        assert (await desk.send("POST", f"{here}/remove", {"member": one})).status_code == 200
        here = f"{HERE}/people/{sister}/household"
    assert (await desk.get(here)).json()["household"] is None


async def test_two_records_are_put_together_and_taken_apart(
    desk: Program, officer: Program, counter: Counter, worked: Work
) -> None:
    async with counter() as ctx:
        bare = {"document": None, "phone": None, "contact": "same dormitory"}
        one = str(await register(ctx, registration(**bare)))
        two = str(await register(ctx, registration(name="王晓明")))
    person = f"{HERE}/people/{one}"
    assert [other["id"] for other in (await desk.get(f"{person}/merge")).json()["people"]] == [two]
    pair = {"keep": "this", "reason": "SHE_SAYS_SO", "take": ["document"]}
    assert (await desk.send("POST", f"{person}/merge/{one}", pair)).status_code == 404
    assert (await officer.send("POST", f"{person}/merge/{two}", pair)).status_code == 403
    merge = await desk.send("POST", f"{person}/merge/{two}", pair, key="once-and-for-all")
    again = await desk.send("POST", f"{person}/merge/{two}", pair, key="once-and-for-all")
    assert (merge.status_code, merge.json()) == (200, again.json())
    assert (await desk.send("POST", f"{person}/merge/{two}", pair)).status_code == 409
    await worked()
    kept = (await desk.get(person)).json()
    assert [(each["id"], each["state"]) for each in kept["station"]["merges"]] == [
        (merge.json()["id"], "merged")
    ]
    assert (kept["document"][-2:], kept["phone"]) == (resident(7).number[-2:], None)
    assert (await desk.get(f"{HERE}/people/{two}")).status_code == 404
    assert (await desk.send("POST", f"{person}/unmerge", {"merge": two})).status_code == 404
    undone = await desk.send("POST", f"{person}/unmerge", {"merge": merge.json()["id"]})
    assert undone.json() == merge.json()
    await worked()
    assert (await desk.get(f"{HERE}/people/{two}")).status_code == 200
