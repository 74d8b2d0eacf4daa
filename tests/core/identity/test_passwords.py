from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from argon2 import Type, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from core.identity import passwords
from core.identity.passwords import check_password, hash_password, is_outdated, is_right_password
from core.kernel.errors import BadInput


def refused(password: str, *context: str) -> bool:
    try:
        check_password(password, context)
    except BadInput as error:
        return set(error.fields) == {"password"}
    return False


@pytest.mark.requirement("R14")
async def test_a_hash_is_argon2id_with_the_parameters_asked_for() -> None:
    stored = await hash_password("lantern orchard seven rivers")
    parameters = extract_parameters(stored)
    assert parameters.type is Type.ID
    assert parameters.time_cost >= 2
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.parallelism == 1
    assert parameters.salt_len >= 16
    assert stored != await hash_password("lantern orchard seven rivers")


async def test_the_right_password_alone_is_right() -> None:
    stored = await hash_password("lantern orchard")
    assert await is_right_password("lantern orchard", stored)
    for wrong in ("lantern orchard ", "Lantern orchard", "", "lantern orchard" * 20, "\udcff", "\x00"):
        assert not await is_right_password(wrong, stored)
    assert not await is_right_password("lantern orchard", "not a hash")


async def test_the_longest_password_is_not_cut() -> None:
    longest = "é山" * 64
    stored = await hash_password(longest)
    assert await is_right_password(longest, stored)
    assert not await is_right_password(longest[:-1], stored)
    assert not await is_right_password(longest + "x", stored)


@pytest.mark.requirement("R16")
async def test_nobodys_password_is_hashed_like_anybodys(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    verify = passwords._verify

    def noted(password: str, stored: str) -> bool:
        asked.append(stored)
        return verify(password, stored)

    monkeypatch.setattr(passwords, "_verify", noted)
    stored = await hash_password("lantern orchard")
    assert await is_right_password("lantern orchard", stored)
    assert not await is_right_password("lantern orchard", None)
    mine, nobodys = (extract_parameters(text) for text in asked)
    assert mine == nobodys


@pytest.mark.requirement("R14")
async def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    from argon2 import PasswordHasher

    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))
    assert not is_outdated(await hash_password("x"))


@pytest.mark.requirement("R14")
async def test_at_most_four_hashes_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now, most, lock = 0, 0, threading.Lock()

    def slow(password: str) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return password

    monkeypatch.setattr(passwords, "_hash", slow)
    assert await asyncio.gather(*(hash_password(str(n)) for n in range(20))) == [str(n) for n in range(20)]
    assert most == passwords.CONCURRENT


GUESSED_FIRST = """
short77
password
PassWord1
woaini1314
zhang123456
12345678
13800138000
19900101
aaaaaaaaaa
ababababab
1qaz2wsx
Townbridge-2025"""


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("password", [*GUESSED_FIRST.split("\n"), "x" * 129])
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert refused(password)


@pytest.mark.requirement("R13")
@pytest.mark.parametrize(
    "password",
    ["lantern orchard", "纸船 灯塔 七月 扳手", "kT9$vw2!", " leading and trailing ", "p" * 64 + "aqz"],
)
def test_any_kind_of_characters_will_do(password: str) -> None:
    assert not refused(password)


@pytest.mark.requirement("R13")
def test_what_others_know_of_her_is_refused() -> None:
    context = ("t01.desk-huang", "彭文辉", "星河镇", "Xinghe Town")
    for known in (
        "my xinghe password",
        "T01.DESK-HUANG!!",
        "huangshan-49",
        "彭文辉的小秘密呀",
        "在星河镇的夏天里",
    ):
        assert refused(known, *context)
        assert not refused(known, "somebody.else")
    assert not refused("a desk by the window", "t01.d")


@pytest.mark.requirement("R13")
def test_the_list_is_long_and_passes_the_rule_of_length() -> None:
    common = passwords._common()
    assert len(common) >= 3000
    assert all(8 <= len(password) <= 128 and password == password.casefold() for password in common)


@pytest.mark.requirement("R13")
@given(st.text(max_size=140))
def test_the_rule_answers_every_text(password: str) -> None:
    if not 8 <= len(password) <= 128:
        assert refused(password)
    else:
        refused(password, "t01.desk")


@pytest.mark.requirement("R13")
@given(st.sampled_from(sorted(passwords._common())), st.sampled_from([str.upper, str.title, str.lower]))
def test_no_common_password_passes_in_any_case(password: str, written: Any) -> None:
    assert refused(written(password))
