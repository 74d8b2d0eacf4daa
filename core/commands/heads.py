"""The heads of the audit chains in a file that lies elsewhere: a chain that was written anew does not hold them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from core.commands.proofs import Books
from core.kernel import clock
from core.kernel.audit_check import Head, head_of, is_held
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _

__all__ = ["compare_heads", "keep_heads"]


class Kept(Struct, frozen=True, forbid_unknown_fields=True):
    """By the id of the town or unit."""

    at: datetime
    heads: dict[str, Head]


async def compare_heads(books: Books, file: Path) -> tuple[list[str], str]:
    """Every chain still holds the line that was its head when the file was written."""
    kept = _read(file)
    if kept is None:
        return [], f"There is no {file} yet: the heads of now are the first ones."
    chains = {str(chain.id): chain for chain in books.chains()}
    found: list[str] = []
    for place, head in kept.heads.items():
        chain = chains.get(place)
        if chain is None:
            found.append(f"{place}: the audit chain of {kept.at:%Y-%m-%d %H:%M} UTC is gone.")
            continue
        async with books.platform.database.transaction(chain.scope) as tx:
            if not await is_held(tx, head):
                found.append(
                    f"{chain.code}: line {head.seq} of the audit chain is not the one of {kept.at:%Y-%m-%d %H:%M} UTC."
                )
    return found, f"{len(kept.heads)} audit chains hold their heads of {kept.at:%Y-%m-%d %H:%M} UTC."


async def keep_heads(books: Books, file: Path) -> None:
    """Write the heads of now, in place of the older ones."""
    heads: dict[str, Head] = {}
    for chain in books.chains():
        async with books.platform.database.transaction(chain.scope) as tx:
            head = await head_of(tx)
        if head is not None:
            heads[str(chain.id)] = head
    written = msgspec.json.format(msgspec.json.encode(Kept(clock.now(), heads)))
    new = file.with_name(f"{file.name}.new")
    new.write_bytes(written + b"\n")
    new.replace(file)


def _read(file: Path) -> Kept | None:
    if not file.exists():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        raise BadInput(
            _("%(file)s holds no heads of audit chains."),
            _(
                "Name the file that an earlier `townbridge verify --heads` has written, or one that is not there yet."
            ),
            file=str(file),
        ) from None
