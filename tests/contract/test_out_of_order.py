"""When something that the portal needs is broken: a number is told and nothing else, and nobody is let in by it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from core.app import Platform
from core.identity.accounts import account_by_login
from core.identity.tokens import issue_token
from core.kernel.scope import Scope
from core.testing import PASSWORD, Server, Town, Visitor
from core.web.headers import ALWAYS

pytestmark = pytest.mark.requirement("R47")

Visit = Callable[..., Awaitable[Visitor]]
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
INSIDE = re.compile(
    r"Traceback|asyncpg|Connection|jinja|\.py\b|postgres|secret|SELECT|/site-packages/|redis", re.IGNORECASE
)


def check_bare(answer: httpx.Response, status: int) -> None:
    """The status, the headers of every answer, a number to ask for, and nothing from inside."""
    assert answer.status_code == status
    assert NUMBER.search(answer.text)
    assert not INSIDE.search(answer.text), answer.text
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer.headers["Cache-Control"] == "no-store"


@asynccontextmanager
async def closed(server: Server, platform: Platform) -> AsyncIterator[None]:
    """The database takes nobody in, and whoever was in is out."""
    name = urlsplit(platform.settings.database_url).path.removeprefix("/")
    await server.run(
        f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false',
        f"SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    try:
        yield
    finally:
        await server.run(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


async def test_without_the_database_nobody_is_let_in_and_all_goes_on_afterwards(
    platform: Platform, town: Town, visit: Visit, database_server: Server
) -> None:
    clerk, nobody = await visit("station_staff"), await visit()
    await nobody.get("/sign-in")
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        account = await account_by_login(tx, "station_staff")
        assert account is not None
        bearer = {"Authorization": f"Bearer {await issue_token(tx, account.id, 'test')}"}
    entering = {"login": "station_staff", "password": PASSWORD}
    async with closed(database_server, platform):
        answers = [
            await clerk.get("/t/t01"),
            await clerk.get("/t/t02"),
            await clerk.post("/t/t01/lantern/lamps", {"colour": "red"}),
            await nobody.post("/sign-in", entering),
            await nobody.client.get("/api/v1/t/t01/lantern/lamps", headers=bearer),
        ]
        ready, alive = await nobody.get("/readyz"), await nobody.get("/healthz")
    for answer in answers:
        check_bare(answer, 503)
        assert "Set-Cookie" not in answer.headers
        assert int(answer.headers["Retry-After"]) > 0
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert (ready.status_code, alive.status_code) == (503, 200)
    assert (await clerk.get("/t/t01")).status_code == 200
    assert (await nobody.get("/t/t01")).status_code == 303
    assert (await nobody.post("/sign-in", entering)).status_code == 303


async def test_the_page_of_an_error_that_fails_itself_is_a_number(
    platform: Platform, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = await visit("station_staff")
    render = platform.templates.render

    def broken(template: str, language: str, **values: object) -> str:
        if template == "web/error.html":
            raise RuntimeError("secret of the template")
        return render(template, language, **values)

    monkeypatch.setattr(platform.templates, "render", broken)
    for path in ("/t/t01/lantern/broken", "/nowhere"):
        answer = await clerk.get(path)
        check_bare(answer, 500)
        assert re.fullmatch(rf"500 {NUMBER.pattern}\n", answer.text)
    assert (await clerk.get("/t/t01")).status_code == 200


async def test_without_the_keys_of_a_field_its_page_is_closed(
    platform: Platform, town: Town, visit: Visit
) -> None:
    """A sealed field that does not open is an error of ours, never an empty or a sealed one on the page."""
    async with platform.database.transaction(Scope.of_tenant(town.t01.id, ["registry"])) as tx:
        from core.people.drafts import PersonDraft
        from core.people.records import register_person

        her = await register_person(tx, platform.keyring, PersonDraft(name="欧阳晓岚", phone="13911112222"))
        await tx.execute("UPDATE people.person SET phone_sealed = set_byte(phone_sealed, 30, 0)")
    clerk = await visit("station_staff")
    assert (await clerk.get(f"/t/t01/registration/people/{her}")).status_code == 200
    check_bare(await clerk.post(f"/t/t01/registration/people/{her}/reveal", {"field": "phone"}), 500)
