"""Acts that write in several steps are done whole or not at all, also where a page tells that they were refused.

A page that shows a refusal ends its transaction well: what it read of people was read, and is noted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from core.sdk import TenantCtx

__all__ = ["wholly"]

Told = ParamSpec("Told")
Result = TypeVar("Result")


def wholly(
    act: Callable[Concatenate[TenantCtx, Told], Awaitable[Result]],
) -> Callable[Concatenate[TenantCtx, Told], Awaitable[Result]]:
    """Undo what `act` has written when it raises."""

    @wraps(act)
    async def done(ctx: TenantCtx, *told: Told.args, **named: Told.kwargs) -> Result:
        async with ctx.transaction.savepoint():
            return await act(ctx, *told, **named)

    return done
