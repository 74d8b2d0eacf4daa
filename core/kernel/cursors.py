"""Cursors: where a page of a list ended, sealed for its place and its list.

A cursor holds the sort keys of the last row, such as the sound of a name, so it is encrypted as well as signed:
addresses stand in logs and histories.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from core.kernel.errors import BadInput, Broken
from core.kernel.i18n import gettext_noop as _
from core.kernel.seal import Keyring

__all__ = ["Cursor", "from_cursor", "to_cursor"]

Cursor = Annotated[str, Meta(max_length=4000)]
"""The field of a query: `next` of the page before; empty = from the beginning."""


def to_cursor(keyring: Keyring, place: UUID, listing: str, values: Sequence[str | int | UUID]) -> str:
    """`place` is the tenant or the town, `listing` the list's own name."""
    text = msgspec.json.encode([str(value) for value in values]).decode()
    sealed = keyring.seal(place, f"cursor.{listing}", place, text)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def from_cursor(keyring: Keyring, place: UUID, listing: str, cursor: str) -> list[str] | None:
    """The values as text; None for ''. Raises `BadInput` for a word that was not made here for this list."""
    if not cursor:
        return None
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        text = keyring.open(place, f"cursor.{listing}", place, sealed)
    except (binascii.Error, ValueError, Broken):
        raise BadInput(
            _("This place in the list is not known here."), _("Begin the list again, without it.")
        ) from None
    return msgspec.json.decode(text, type=list[str])
