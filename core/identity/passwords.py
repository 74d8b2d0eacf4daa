"""Passwords: argon2id in threads of their own, and a rule that refuses what is guessed first."""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "CONCURRENT",
    "LONGEST",
    "SHORTEST",
    "check_password",
    "hash_password",
    "is_outdated",
    "is_right_password",
]

SHORTEST, LONGEST = 8, 128
CONCURRENT = 4
"""Hashes at the same time in one process: each takes a core for 25 ms and 19 MiB."""

COMMON = Path(__file__).parent / "common_passwords.json"
PRODUCT = "townbridge"
DIGITS = re.compile(r"\d{8,11}")  # dates and telephone numbers

Result = TypeVar("Result")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16)
_threads = ThreadPoolExecutor(max_workers=CONCURRENT, thread_name_prefix="argon2")


class CommonPasswords(Struct, forbid_unknown_fields=True):
    about: str
    passwords: frozenset[str]


async def hash_password(password: str) -> str:
    """The argon2id hash with its parameters; the rule is checked before (`check_password`)."""
    return await _in_thread(_hash, password)


async def is_right_password(password: str, stored: str | None) -> bool:
    """Whether it is the password. With nothing stored it takes as long and is False."""
    return await _in_thread(_verify, password, stored or _nobodys_hash()) and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def check_password(password: str, context: Iterable[str] = ()) -> None:
    """Raise `BadInput` for a password that is too short, too long, or guessed first.

    `context` names what others know of her: login, name, town. There is no rule on kinds of characters.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise _refused(_("A password has 8 to 128 characters."))
    plain = password.casefold()
    if plain in _common() or DIGITS.fullmatch(plain) or len(set(plain)) < 4:
        raise _refused(_("This password is among the first that others try."))
    if any(word in plain for word in _words(context)):
        raise _refused(_("The password contains a name that others know."))


def _refused(why: str) -> BadInput:
    return BadInput(
        _("This password cannot be used."),
        _("Choose four words that do not belong together."),
        {"password": why},
    )


def _words(context: Iterable[str]) -> set[str]:
    words = {PRODUCT}
    for text in context:
        plain = text.casefold()
        words |= {part for part in (plain, *re.split(r"[\W_]+", plain)) if _is_telling(part)}
    return words


def _is_telling(word: str) -> bool:
    return len(word) >= (4 if word.isascii() else 2)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return msgspec.json.decode(COMMON.read_bytes(), type=CommonPasswords).passwords


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    # Today's parameters with a random digest: nothing verifies against it, in the usual time.
    salt, digest = (base64.b64encode(secrets.token_bytes(n)).rstrip(b"=").decode() for n in (16, 32))
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _hash(password: str) -> str:
    return _hasher.hash(_bytes(password))


def _verify(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    # One character more than the longest is enough to be wrong, and bounds the work.
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")


async def _in_thread(work: Callable[..., Result], *arguments: str) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *arguments)
