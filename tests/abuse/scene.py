"""A town in which something is everywhere, and every address of the product that leads to it.

Pages are found by following links from each role's home, forms by reading those pages, so what a plug-in adds is
found without a word here.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct

from core.app import CORE_PAGES, Platform
from core.figures.loop import settle
from core.host.binding import Binding
from core.host.jobs import job_handlers
from core.host.routing import (
    Address,
    addresses,
    api_path,
    export_path,
    page_path,
    route_path,
    served_routes,
)
from core.identity.accounts import account_by_login
from core.identity.roles import ROLES
from core.identity.tokens import issue_token
from core.kernel.ids import new_id
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.tenancy.town_settings import TownSettings, keep_town_settings
from core.testing import TOWN, Town, Visitor
from tests.abuse.pages import Shown, read_page
from tests.abuse.rosters import COLUMNS, good_row
from tests.abuse.stores import fill_stores

__all__ = [
    "HOME",
    "MONTH",
    "SOMEBODY",
    "Found",
    "Input",
    "Scene",
    "Visit",
    "encoded",
    "inputs_of",
    "opened_scene",
    "requested",
]

Visit = Callable[..., Awaitable[Visitor]]

HOME = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
TYPED = {"Content-Type": "application/x-www-form-urlencoded"}
MONTH = "2026-10"
SOMEBODY = "00000000-0000-0000-0000-000000000007"
PLACES = {
    "tenant_slug": "t01", "town_code": TOWN, "kind": "csv", "code": "POP-01", "unit": "T01", "act": "return",
    "period": MONTH,
}  # fmt: skip
OF_EACH_KIND = 2
LAST = (
    "decline",
    "cancel",
    "unmerge",
    "merge",
    "erase",
    "roles",
    "leave",
    "withdraw",
    "plugins",
    "modules",
    "close",
)
"""What takes something away is tried after the rest, what takes away most at the very end."""
NEVER = {"/sign-out"}


class Input(Struct, frozen=True):
    """A field of a query, form or body: its kind by the annotation, and the longest text that it takes."""

    place: str
    name: str
    hint: Any
    longest: int
    is_needed: bool = False

    @property
    def is_text(self) -> bool:
        return str in self._kinds and not self._choices

    @property
    def is_number(self) -> bool:
        return int in self._kinds and bool not in self._kinds

    @property
    def _kinds(self) -> set[Any]:
        return set(_leaves(self.hint))

    @property
    def _choices(self) -> list[Any]:
        return [choice for choice in _choices(self.hint) if choice != ""]

    def example(self) -> str:
        """Something that its type allows."""
        if self._choices:
            return str(self._choices[0])
        kinds = {getattr(kind, "__name__", "") for kind in self._kinds}
        return next((text for kind, text in EXAMPLES.items() if kind in kinds), "x")


EXAMPLES = {"UUID": SOMEBODY, "date": "2026-11-02", "bool": "1", "int": "1"}


def _leaves(hint: Any) -> Iterator[Any]:
    if hasattr(hint, "__metadata__"):
        yield from _leaves(hint.__origin__)
    elif get_origin(hint) in (Union, UnionType, tuple, list):
        for part in get_args(hint):
            yield from _leaves(part)
    elif isinstance(hint, type):
        yield hint


def _choices(hint: Any) -> list[Any]:
    """The values of a Literal or an enumeration."""
    if hasattr(hint, "__metadata__"):
        return _choices(hint.__origin__)
    if isinstance(hint, type) and hasattr(hint, "__members__"):
        return [member.value for member in hint.__members__.values()]
    if get_origin(hint) in (Union, UnionType, tuple, list):
        return [choice for part in get_args(hint) for choice in _choices(part)]
    arguments = get_args(hint)
    return list(arguments) if arguments and not any(isinstance(each, type) for each in arguments) else []


def _longest(hint: Any) -> int:
    metas = [
        meta.max_length or 0 for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)
    ]
    return max([*metas, *(_longest(part) for part in get_args(hint)), 0])


def inputs_of(place: str, kind: type[Struct] | None) -> list[Input]:
    if kind is None:
        return []
    hints = get_type_hints(kind, include_extras=True)
    return [
        Input(place, field.name, hints[field.name], _longest(hints[field.name]), field.required)
        for field in msgspec.structs.fields(kind)
    ]


class Found(Struct, kw_only=True):
    """An address with real ids in it, who may go there, and everything that it takes."""

    method: str
    path: str
    pattern: str
    role: str
    kind: str = "page"
    inputs: list[Input] = []
    form_on: str = ""
    """The page that has its form."""
    takes_upload: bool = False

    @property
    def is_api(self) -> bool:
        return self.kind == "route"

    def texts(self) -> list[Input]:
        return [each for each in self.inputs if each.is_text]

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"


class Scene:
    """Everybody at once, signed in once each."""

    def __init__(self, platform: Platform, town: Town, visit: Visit) -> None:
        self.platform = platform
        self.town = town
        self._visit = visit
        self.visitors: dict[str, Visitor] = {}
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        """What stands in an address under a name, where no link tells it."""
        self.entrances: dict[str, list[str]] = defaultdict(list)
        """Of each role: pages that are looked at besides the first few to which a list leads."""
        self.pages: dict[tuple[str, str], str] = {}
        """Every page that was seen: role and path, and the pattern of its address."""
        self.found: list[Found] = []

    def copied_to(self, platform: Platform, visit: Visit) -> Scene:
        """The same, on a copy of its database: what was found here is there too, and nobody has come yet."""
        copy = Scene(platform, self.town, visit)
        copy.ids, copy.pages, copy.found = dict(self.ids), dict(self.pages), list(self.found)
        return copy

    async def visitor(self, role: str) -> Visitor:
        if role not in self.visitors:
            self.visitors[role] = await self._visit(role)
        return self.visitors[role]

    async def token(self, role: str) -> str:
        if role not in self.tokens:
            async with self.platform.database.transaction(Scope.town(self.town.region.id)) as tx:
                account = await account_by_login(tx, role)
                assert account is not None
                self.tokens[role] = await issue_token(tx, account.id, "abuse")
        return self.tokens[role]

    async def form_values(self, target: Found) -> dict[str, str]:
        """What its form holds now, or, where no page has one, an example for each field."""
        visitor = await self.visitor(target.role)
        if target.form_on:
            page = read_page((await visitor.get(target.form_on)).text)
            for form in page.forms:
                if urlsplit(form.action).path == target.path:
                    return form.fields
        return {each.name: each.example() for each in target.inputs if each.place == "form"}

    async def send(
        self, target: Found, values: dict[str, Any], *, query: str = "", path: str = ""
    ) -> httpx.Response:
        """As a form, as a query, or as JSON: whatever the address takes."""
        client = (await self.visitor(target.role)).client
        place = f"{path or target.path}{query}"
        if target.is_api:
            headers = {
                "Authorization": f"Bearer {await self.token(target.role)}",
                "Idempotency-Key": str(new_id()),
                "Content-Type": "application/json",
            }
            body = None if target.method == "GET" else json.dumps(values).encode()
            return await requested(client, target.method, place, headers=headers, content=body)
        if target.method == "GET":
            return await requested(client, "GET", place)
        data = {**values, "_csrf": (await self.visitor(target.role)).token}
        return await requested(client, "POST", place, content=encoded(data).encode(), headers=HOME | TYPED)

    async def show_all(self) -> list[tuple[str, str, Shown]]:
        """Every page that is known, taken apart."""
        shown: list[tuple[str, str, Shown]] = []
        for role, path in list(self.pages):
            answer = await (await self.visitor(role)).client.get(path)
            if "html" in answer.headers.get("Content-Type", ""):
                shown.append((role, path, read_page(answer.text)))
        return shown


async def requested(client: httpx.AsyncClient, method: str, place: str, **what: Any) -> httpx.Response:
    """Calls of the API go without cookies."""
    if "Authorization" not in what.get("headers", {}):
        return await client.request(method, place, **what)
    kept, client.cookies = client.cookies, httpx.Cookies()
    try:
        return await client.request(method, place, **what)
    finally:
        client.cookies = kept


def encoded(values: Mapping[str, str]) -> str:
    """As a browser sends a form; half a character too, which no browser would."""
    return "&".join(
        f"{quote(name, safe='', errors='surrogatepass')}={quote(value, safe='', errors='surrogatepass')}"
        for name, value in values.items()
    )


async def opened_scene(platform: Platform, town: Town, visit: Visit) -> Scene:
    """With people, a firm, a notice, a household, an offer, a roster, a report; then every address is looked for."""
    scene = Scene(platform, town, visit)
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await keep_town_settings(tx, TownSettings(synthetic_ids=True, known_id_prefixes=("000000",)))
    await _furnish(scene)
    forms = await _crawl(scene)
    scene.found = sorted(_found(scene, forms), key=_harm)
    return scene


def _harm(target: Found) -> int:
    words = target.pattern.split("/")
    return max((LAST.index(word) + 1 for word in words if word in LAST), default=0)


async def _furnish(scene: Scene) -> None:
    clerk, admin = await scene.visitor("station_staff"), await scene.visitor("town_admin")
    new = {
        "village": "东村",
        "day": "2026-11-03",
        "is_floating": "1",
        "is_acknowledged": "1",
        "is_employee": "1",
    }
    people: list[str] = []
    for number in range(3):
        await clerk.get("/t/t01/registration/register")
        named = {"name": f"王小{'一二三'[number]}", "phone": f"1380013800{number}"}
        answer = await clerk.post("/t/t01/registration/register", {**new, **named})
        people.append(answer.headers["Location"].split("?")[0])
    await clerk.get(people[0])
    await clerk.post(f"{people[1]}/offer", {"unit": "T02", "day": "2026-11-10", "agrees": "1"})
    scene.ids |= {"person": people[0].rsplit("/", 1)[1], "other": people[1].rsplit("/", 1)[1]}
    member = {"member": people[2].rsplit("/", 1)[1], "relation": "1"}
    await clerk.post(f"{people[0]}/household/add", member)
    rows = [COLUMNS, *(list({**good_row(n), "性别": "?" if n % 2 else "男"}.values()) for n in range(4))]
    text = "\r\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    sent = await clerk.post("/t/t01/registration/roster", files={"upload": ("名册.csv", text.encode())})
    runner = Runner(scene.platform.database, job_handlers(scene.platform.server), back_off=lambda _: 0.0)
    there = await scene.visitor("station_staff.t02")
    await there.get("/t/t02/registration/register")
    answer = await there.post("/t/t02/registration/register", {**new, "name": "李二", "phone": "13800138009"})
    await there.get(answer.headers["Location"])
    offer = answer.headers["Location"].split("?")[0] + "/offer"
    await there.post(offer, {"unit": "T01", "day": "2026-11-10", "agrees": "1"})
    await runner.drain()
    await clerk.get(sent.headers["Location"])
    await clerk.post(f"{sent.headers['Location']}/plan")
    await runner.drain()
    await admin.get(f"/town/{TOWN}/notices/new")
    notice = {"title": "会议", "body": "周一", "to": "all", "needs_answer": "1", "version": "1"}
    await admin.post(f"/town/{TOWN}/notices/new", notice)
    firm = {"name_zh": "华星制衣", "name_en": "Huaxing", "industry": "C", "served_from": "2025-01-01"}
    await admin.post(f"/town/{TOWN}/tenants/{scene.town.t01.id}/firms", firm)
    await settle(scene.platform.database, scene.platform.catalogue)
    reporter = await scene.visitor("tenant_reporter")
    await reporter.get(f"/t/t01/reporting/{MONTH}")
    numbers = {"emp_01_sex_1": "5", "emp_01_sex_2": "6", "com_02": "1", "com_02_measure_participants": "10"}
    await reporter.post(f"/t/t01/reporting/{MONTH}", {"version": "1", "act": "submit", **numbers})
    known = [UUID(path.rsplit("/", 1)[1]) for path in people]
    scene.entrances["station_staff"] += await fill_stores(scene.platform, scene.town, known, clerk)


async def _crawl(scene: Scene) -> dict[tuple[str, str], str]:
    """Follow links from every home; the forms by role and action, with the page on which they are."""
    shapes = {_shape(a.path): a.path for a in _pages(scene)}
    forms: dict[tuple[str, str], str] = {}
    for role in ROLES:
        visitor = await scene.visitor(role)
        counts: dict[str, int] = defaultdict(int)
        entrances = ["/", "/me", *scene.entrances[role]]
        waiting, seen = deque(entrances), set(entrances)
        while waiting:
            path = waiting.popleft()
            answer = await visitor.client.get(path, follow_redirects=True)
            if "html" not in answer.headers.get("Content-Type", "") or answer.status_code != 200:
                continue
            here = answer.url.path
            scene.pages[role, path] = next((p for shape, p in shapes.items() if shape.fullmatch(here)), path)
            shown = read_page(answer.text)
            for form in shown.forms:
                if form.is_sent and form.action.startswith("/"):
                    forms.setdefault((role, urlsplit(form.action).path), path)
            for link in shown.links:
                if link not in seen and _is_wanted(link, shapes, counts):
                    seen.add(link)
                    waiting.append(link)
    return forms


def _is_wanted(link: str, shapes: dict[re.Pattern[str], str], counts: dict[str, int]) -> bool:
    pattern = next((p for shape, p in shapes.items() if shape.fullmatch(urlsplit(link).path)), None)
    if pattern is None:
        return False
    counts[pattern] += 1
    return counts[pattern] <= OF_EACH_KIND


def _pages(scene: Scene) -> Iterator[Address]:
    for address in _addresses(scene):
        if address.kind == "page" and address.method == "GET":
            yield address


def _addresses(scene: Scene) -> list[Address]:
    """The fixed ones first, so that `tenants/open` is not taken for the tenant `open`."""
    found = addresses(CORE_PAGES, scene.platform.registry)
    return sorted(found, key=lambda address: address.path.count("{"))


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", "([^/?#]+)", re.escape(pattern)))


def _found(scene: Scene, forms: dict[tuple[str, str], str]) -> Iterator[Found]:
    """Every address of the route table with the ids of something real, then the forms beside the gate."""
    bindings = _bindings(scene)
    listed = _addresses(scene)
    seen = [*(path.split("?")[0] for _role, path in scene.pages), *(action for _role, action in forms)]
    known = _known_ids(listed, seen) | {("", name): value for name, value in scene.ids.items()}
    for address in listed:
        role = _role_of(scene, address)
        prefix = "/api/v1" if (address.kind, address.method) == ("route", "GET") else ""
        page = address.path.removeprefix(prefix)
        whole = [path for path in seen if _shape(page).fullmatch(path) and "/t02" not in path]
        free = (prefix + path for path in whole if _is_free(path, listed, address.method, page))
        path = next(free, _with_ids(address.path, known))
        binding = bindings[address.method, address.path]
        shape = _shape(address.path)
        if address.method == "POST":
            actions = [a for r, a in forms if r == role and shape.fullmatch(a)]
            path = next((a for a in actions if _is_free(a, listed, "POST", address.path)), path)
        yield Found(
            method=address.method,
            path=path,
            pattern=address.path,
            role=role,
            kind=address.kind,
            inputs=[
                *inputs_of("query", binding.query),
                *inputs_of("form", binding.form),
                *inputs_of("body", binding.body),
            ],
            form_on=forms.get((role, path), ""),
            takes_upload=binding.takes_upload,
        )
    gated = [_shape(address.path) for address in listed]
    for (role, action), page in forms.items():
        if (
            action not in NEVER
            and not any(shape.fullmatch(action) for shape in gated)
            and role == "station_staff"
        ):
            yield Found(method="POST", path=action, pattern=action, role=role, form_on=page)


def _is_free(path: str, listed: Iterable[Address], method: str, pattern: str) -> bool:
    """Not the address of another pattern with fewer unknowns."""
    first = next((a.path for a in listed if a.method == method and _shape(a.path).fullmatch(path)), pattern)
    return first == pattern


def _known_ids(listed: list[Address], seen: list[str]) -> dict[tuple[str, str], str]:
    """By the pattern up to a parameter: what stands there in the first address that was seen."""
    known: dict[tuple[str, str], str] = {}
    for path in seen:
        for address in listed:
            if match := _shape(address.path).fullmatch(path):
                names = re.findall(r"\{(\w+)\}", address.path)
                for place, name in enumerate(names):
                    known.setdefault((_before(address.path, name), name), match[place + 1])
                break
    return known


def _before(pattern: str, name: str) -> str:
    return re.sub(r"\{\w+\}", "*", pattern.split(f"{{{name}}}")[0])


def _with_ids(pattern: str, known: dict[tuple[str, str], str]) -> str:
    def put(match: re.Match[str]) -> str:
        name = match[1]
        near = known.get(("", name)) or known.get((_before(pattern, name), name))
        far = next((value for (_before_it, each), value in known.items() if each == name), SOMEBODY)
        return PLACES.get(name) or near or far

    return re.sub(r"\{(\w+)\}", put, pattern)


def _role_of(scene: Scene, address: Address) -> str:
    permission = scene.platform.server.gate.permission(address.permission)
    place = "tenant" if "{tenant_slug}" in address.path else "town"
    return next(r.name for r in ROLES.values() if r.belongs_to == place and r.name in permission.roles)


def _bindings(scene: Scene) -> dict[tuple[str, str], Binding]:
    registry = scene.platform.registry
    found = {
        (served.route.method, route_path(served.route, served.plugin)): served.binding
        for served in served_routes(CORE_PAGES, registry)
    }
    pages = [(page, None) for part in CORE_PAGES for page in part.pages]
    pages += [(page, entry.name) for entry in registry.plugins for page in entry.pages]
    found |= {(page.method, page_path(page, owner)): Binding.of(page.handler) for page, owner in pages}
    for entry in registry.plugins:
        for export in entry.exports:
            path = export_path(export, entry.name)
            found["GET", path] = found["GET", api_path(path)] = Binding.of(export.rows)
    return found
