"""Every text field of every form, query, body and address gets every payload: no fault, and no markup is born of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from tests.abuse.pages import Shown, read_page
from tests.abuse.payloads import DATES, FORMULAS, MARKUP, NUMBERS, PATHS, SQL, UNICODE
from tests.abuse.scene import MONTH, Found, Input, Scene, encoded
from tests.abuse.size import IS_FULL, of_size

pytestmark = pytest.mark.requirement("R27", "R28")

FAILING = ("lantern/broken", "lantern/slow")
"""The suite's own plug-in fails there on purpose."""
NEEDED = {
    f"{root}/t/{{tenant_slug}}/{module}/figures/{{code}}": f"?period={MONTH}"
    for root in ("", "/api/v1")
    for module in ("registration", "supplies")
}
"""What an address says nothing without."""
LEADING_ON = {"/t/{tenant_slug}/year", "/town/{town_code}/year"}
"""Addresses that lead on to that of this year."""
CODE = ("javascript:", "data:", "vbscript:")
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "hx-get", "hx-post"}
TEXTS = (*UNICODE, *SQL, *MARKUP, *FORMULAS)
WEIRD = (*NUMBERS, *DATES, *TEXTS)


def born(page: Shown) -> Iterator[str]:
    """What no template has: it can only come from a text."""
    for tag, attributes in page.elements:
        if "xss" in tag or (tag == "script" and not attributes.get("src", "").startswith("/static/")):
            yield f"<{tag}>"
        for name, value in attributes.items():
            is_handler = name.startswith(("on", "hx-on")) or "xss" in name or name in ("style", "srcdoc")
            address = "".join(value.split()).lower() if name in ADDRESSES else ""
            if is_handler or address.startswith((*CODE, "//", "\\")):
                yield f"<{tag} {name}={value[:60]!r}>"


class Attack:
    """Counts what was sent, and keeps what went wrong."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.sent = 0
        self.tried: set[tuple[str, str]] = set()
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []

    def judge(self, target: Found, what: str, payload: str, answer: httpx.Response) -> None:
        self.sent += 1
        self.tried.add((str(target), what))
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.wrong.append(f"{target} {what}={payload[:60]!r}: {answer.status_code}")
        if "html" in answer.headers.get("Content-Type", ""):
            found = list(born(read_page(answer.text)))
            self.wrong += [f"{target} {what}={payload[:60]!r}: {each}" for each in found[:3]]

    async def fields(self, target: Found, fields: list[Input], payload: str) -> None:
        """One request with this text in all of these fields, cut to what each takes."""
        texts = {each.name: payload[: each.longest or len(payload)] for each in fields}
        what = ",".join(texts)
        if fields[0].place == "query":
            answer = await self._scene.send(target, {}, query=f"?{encoded(texts)}")
        elif fields[0].place == "body":
            body = {each.name: each.example() for each in target.inputs if each.is_needed}
            answer = await self._scene.send(target, body | texts)
        else:
            answer = await self._scene.send(target, await self._scene.form_values(target) | texts)
        self.judge(target, what, payload, answer)

    async def address(self, target: Found, payload: str) -> None:
        """The text in place of each part of the address that is a name."""
        parts, names = target.path.split("/"), target.pattern.split("/")
        for place, name in enumerate(names):
            if name.startswith("{"):
                segment = quote(payload, safe="", errors="surrogatepass")
                path = "/".join([*parts[:place], segment, *parts[place + 1 :]])
                self.judge(target, name, payload, await self._scene.send(target, {}, path=path))

    async def look_around(self, what: str) -> None:
        """Whatever was stored is shown as text."""
        for role, path, page in await self._scene.show_all():
            self.wrong += [f"{path} as {role} after {what}: {each}" for each in list(born(page))[:3]]


def targets(scene: Scene) -> list[Found]:
    return [each for each in scene.found if not each.path.endswith(FAILING)]


def drawn(payloads: tuple[str, ...], count: int, seed: str) -> tuple[str, ...]:
    """In a build each address gets a few, other ones than its neighbour; at full size all of them."""
    return payloads if IS_FULL else tuple(random.Random(seed).sample(payloads, count))


async def test_text_stays_text_everywhere(own_scene: Scene) -> None:
    attack = Attack(own_scene)
    for target in targets(own_scene):
        for place in ("query", "form", "body"):
            fields = [each for each in target.texts() if each.place == place]
            if not fields:
                continue
            for payload in drawn(TEXTS, 3, f"{target}{place}"):
                await attack.fields(target, fields, payload)
                if IS_FULL and len(fields) > 1:
                    for each in fields:
                        await attack.fields(target, [each], payload)
    await attack.look_around("the texts")
    _tell("texts", attack)
    assert not attack.wrong, "\n".join(attack.wrong[:50])
    assert {303, 200, 400} <= set(attack.statuses)
    assert len(attack.tried) > 40


async def test_numbers_dates_and_choices_take_no_nonsense(own_scene: Scene) -> None:
    attack = Attack(own_scene)
    for target in targets(own_scene):
        others = [each for each in target.inputs if not each.is_text]
        for place in ("query", "form", "body"):
            fields = [each for each in others if each.place == place]
            if not fields:
                continue
            for payload in drawn(WEIRD[: len(NUMBERS) + len(DATES) + 20], 3, f"{target}{place}"):
                await attack.fields(target, fields, payload)
                for each in fields if IS_FULL else fields[:1]:
                    await attack.fields(target, [each], payload)
    await attack.look_around("the numbers")
    _tell("numbers, dates and choices", attack)
    assert not attack.wrong, "\n".join(attack.wrong[:50])
    assert len(attack.tried) > 40


async def test_addresses_lead_nowhere_else(scene: Scene) -> None:
    attack = Attack(scene)
    for target in targets(scene):
        if target.method == "GET":
            for payload in drawn((*PATHS, *TEXTS), of_size(sample=2, full=0), str(target)):
                await attack.address(target, payload)
    _tell("addresses", attack)
    assert not attack.wrong, "\n".join(attack.wrong[:50])
    assert attack.statuses[404] > attack.sent // 2


async def test_every_address_of_the_scene_is_reached(scene: Scene) -> None:
    """The attacks above would prove nothing at an address where nothing is."""
    empty: list[str] = []
    for target in targets(scene):
        if target.method == "GET":
            answer = await scene.send(target, {}, query=NEEDED.get(target.pattern, ""))
            if answer.status_code != (303 if target.pattern in LEADING_ON else 200):
                empty.append(f"{target} as {target.role} at {target.path}: {answer.status_code}")
    assert not empty, "\n".join(empty)


def _tell(what: str, attack: Attack) -> None:
    fives = sum(count for status, count in attack.statuses.items() if status >= 500)
    print(  # noqa: T201 -- the figures of the report
        f"{what}: {attack.sent} requests to {len(attack.tried)} fields or sets of fields, {fives} of 5xx,"
        f" {dict(sorted(attack.statuses.items()))}"
    )
