"""`townbridge user ...`: how the first administrator comes to be, and everybody after her."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from core.app import Platform
from core.identity.passwords import is_right_password
from core.kernel.scope import Scope
from core.testing import PASSWORD, Visitor
from tests.core.commands.conftest import Command


async def row_of(townbridge: Command, login: str) -> dict[str, object]:
    return next(row for row in (await townbridge("user", "list", "--json")).json if row["login"] == login)


@pytest.mark.requirement("R20")
async def test_the_first_administrator_is_made_here_and_signs_in(
    townbridge: Command, visit: Callable[..., Awaitable[Visitor]]
):
    said = await townbridge(
        "user", "add", "Head", "--town", "--role", "town_admin", "--name", "主任", "--password-stdin",
        stdin=PASSWORD + "\n",
    )  # fmt: skip
    assert (said.status, said.out, said.err) == (0, "head: town_admin in the town.\n", "")
    assert await row_of(townbridge, "head") == {
        "login": "head",
        "name": "主任",
        "roles": [{"place": "town", "role": "town_admin"}],
        "active": True,
        "password": True,
    }
    assert (await (await visit("head")).get("/", follow=True)).status_code == 200


async def test_a_user_without_a_password_is_told_how_to_get_one(townbridge: Command):
    said = await townbridge("user", "add", "desk.new", "--tenant", "T01", "--role", "station_staff")
    assert (said.status, said.out) == (0, "desk.new: station_staff in T01.\n")
    assert "townbridge user invite desk.new" in said.err
    assert (await row_of(townbridge, "desk.new"))["password"] is False


async def test_a_link_is_printed_alone_and_opens_her_account(
    townbridge: Command, visit: Callable[..., Awaitable[Visitor]]
):
    said = await townbridge("user", "invite", "station_staff")
    assert said.status == 0
    assert said.out.startswith("http://localhost:8000/invitation/")
    assert "station_staff alone" in said.err
    page = await (await visit()).get(said.out.strip().removeprefix("http://localhost:8000"))
    assert (page.status_code, "station_staff" in page.text) == (200, True)
    assert (await townbridge("user", "invite", "nobody")).status == 1


async def test_a_password_is_set_from_standard_input_and_shown_nowhere(
    townbridge: Command, platform: Platform
):
    said = await townbridge(
        "user", "password", "auditor", "--password-stdin", stdin="seven green kettles hum\r\n"
    )
    assert (said.status, said.out) == (0, "auditor: the password is set.\n")
    async with platform.database.transaction(Scope.nobody()) as tx:
        stored = await tx.fetchval("SELECT password_hash FROM identity.account WHERE login = 'auditor'")
    assert await is_right_password("seven green kettles hum", stored)


async def test_a_password_that_is_guessed_first_is_refused_with_its_reason(townbridge: Command):
    said = await townbridge("user", "password", "auditor", "--password-stdin", stdin="password1\n")
    assert said.status == 1
    assert said.err == (
        "This password cannot be used. password: This password is among the first that others try."
        " Choose four words that do not belong together.\n"
    )


async def test_a_refused_password_adds_no_user(townbridge: Command):
    said = await townbridge(
        "user", "add", "nobody.yet", "--town", "--role", "auditor", "--password-stdin", stdin="12345678\n"
    )
    assert said.status == 1
    assert "nobody.yet" not in (await townbridge("user", "list")).out


async def test_an_empty_password_is_no_password(townbridge: Command):
    said = await townbridge("user", "password", "auditor", "--password-stdin", stdin="")
    assert (said.status, said.err) == (
        1,
        "There is no password on standard input. Write it there, in one line.\n",
    )
    assert (await townbridge("user", "password", "auditor", stdin=PASSWORD)).status == 2


async def test_a_second_role_is_added_and_taken_away(townbridge: Command):
    await townbridge("user", "add", "station_staff", "--tenant", "T02", "--role", "tenant_reporter")
    both = [{"place": "T01", "role": "station_staff"}, {"place": "T02", "role": "tenant_reporter"}]
    assert (await row_of(townbridge, "station_staff"))["roles"] == both
    words = ("user", "revoke", "station_staff", "--tenant", "T02", "--role", "tenant_reporter")
    assert (await townbridge(*words)).out == "station_staff: no longer tenant_reporter.\n"
    assert (await townbridge(*words)).out == "station_staff: was not tenant_reporter.\n"
    assert (await row_of(townbridge, "station_staff"))["roles"] == both[:1]


async def test_a_role_of_the_wrong_place_is_wrong_usage(townbridge: Command):
    for words in (
        ("--town", "--role", "station_staff"),
        ("--tenant", "T01", "--role", "town_admin"),
        ("--role", "station_staff"),
        ("--town", "--tenant", "T01", "--role", "town_admin"),
        ("--town", "--role", "emperor"),
    ):
        said = await townbridge("user", "add", "someone", *words)
        assert (said.status, "Traceback" in said.err) == (2, False), words
    assert "someone" not in (await townbridge("user", "list")).out


async def test_a_closed_account_is_closed_until_it_is_opened_again(townbridge: Command):
    assert (await townbridge("user", "close", "auditor", "--reason", "left")).out == "auditor: closed.\n"
    assert (await row_of(townbridge, "auditor"))["active"] is False
    assert (await townbridge("user", "close", "auditor", "--reopen")).out == "auditor: open.\n"
    assert (await row_of(townbridge, "auditor"))["active"] is True


async def test_an_unknown_user_is_said_in_two_sentences(townbridge: Command):
    said = await townbridge("user", "password", "ghost", "--password-stdin", stdin=PASSWORD)
    assert (said.status, said.err) == (
        1,
        "There is no user ghost. `townbridge user list` shows those that there are.\n",
    )
