"""Having a person erased, once it is certain that she is the one who is meant."""

from __future__ import annotations

from uuid import UUID

from core.sdk import BadInput, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import Person
from core.sdk.values import names
from plugins.registration.services.listing import basics_of

__all__ = ["TAIL", "erase"]

TAIL = 2
"""Characters of a document that are shown to everybody who sees it masked."""


async def erase(ctx: TenantCtx, person: UUID, reason: str, confirm: str) -> None:
    """`confirm`: her name, or the last characters of her document. Raises `NotFound`, `BadInput`, `Conflict`."""
    if not _is_meant(await basics_of(ctx, person), confirm):
        raise BadInput(fields={"confirm": _("This is neither her name nor what is shown of her document.")})
    await ctx.personal.erase(person, reason)


def _is_meant(shown: Person, typed: str) -> bool:
    typed = typed.strip()
    is_name = names.normal_name(typed) == names.normal_name(shown.name)
    return is_name or bool(shown.document and typed.upper() == shown.document[-TAIL:])
