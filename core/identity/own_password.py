"""She changes her own password: the present one is asked for, and its tries are counted as at the entrance."""

from __future__ import annotations

from core.identity.accounts import Account
from core.identity.credentials import set_password
from core.identity.passwords import is_right_password
from core.identity.sign_in import attempt_of
from core.kernel.db import Database
from core.kernel.errors import TooManyTries
from core.kernel.scope import Scope

__all__ = ["change_password"]


async def change_password(
    database: Database, account: Account, present: str, new: str, *, session: str, address: str
) -> bool:
    """Set it and end every other session; False when the present one is wrong.

    Noted in the records of the town that looks after the account. Raises `TooManyTries`, and `BadInput` for
    a password that is guessed first.
    """
    async with database.transaction(Scope.nobody()) as tx:
        attempt = await attempt_of(tx, account.login, address)
        wait = await attempt.tries.take(tx, is_known_address=attempt.is_known_address)
    if wait:
        raise TooManyTries(wait)
    if not await is_right_password(present, attempt.stored):
        return False
    async with database.transaction(Scope.nobody()) as tx:
        await attempt.tries.give_back(tx, is_known_address=attempt.is_known_address)
    async with database.transaction(Scope.town(account.region_id, account.id)) as tx:
        await set_password(tx, account.id, new, but=session)
    return True
