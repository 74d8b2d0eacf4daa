"""The stock identity: who was there, who came, who went, who is there; the difference must be nothing."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from core.kernel.db import Transaction
from core.people.presence import ENTERING, LEAVING, MovementKind

__all__ = ["StockLine", "reconcile"]


class StockLine(Struct, frozen=True, kw_only=True):
    """The people of one tenant between two days, floating or not; `moves` counts each kind in those days."""

    is_floating: bool
    opening: int
    moves: dict[MovementKind, int]
    closing: int

    @property
    def difference(self) -> int:
        """What the closing stock has more than the movements say; 0 in sound books."""
        came = sum(self.moves.get(kind, 0) for kind in ENTERING)
        went = sum(self.moves.get(kind, 0) for kind in LEAVING)
        return self.closing - (self.opening + came - went)


_STOCK = """
SELECT p.is_floating,
       count(*) FILTER (WHERE r.started_on < $2 AND (r.ended_on IS NULL OR r.ended_on >= $2)) AS opening,
       count(*) FILTER (WHERE r.started_on <= $3 AND (r.ended_on IS NULL OR r.ended_on > $3)) AS closing
FROM people.residence r JOIN people.person p ON p.tenant_id = r.tenant_id AND p.id = r.person_id
WHERE r.tenant_id = $1 GROUP BY p.is_floating
"""

_MOVES = """
SELECT p.is_floating, m.kind, count(*) AS number
FROM people.movement m JOIN people.person p ON p.tenant_id = m.tenant_id AND p.id = m.person_id
WHERE m.tenant_id = $1 AND m.day BETWEEN $2 AND $3 GROUP BY p.is_floating, m.kind
"""


async def reconcile(tx: Transaction, first_day: date, last_day: date) -> list[StockLine]:
    """The stock before `first_day`, the movements through `last_day`, and the stock then, by floating."""
    given = (tx.scope.tenant, first_day, last_day)
    stock = {row["is_floating"]: row for row in await tx.fetch(_STOCK, *given)}
    moves = await tx.fetch(_MOVES, *given)
    lines: list[StockLine] = []
    for is_floating in (True, False):
        row = stock.get(is_floating)
        lines.append(
            StockLine(
                is_floating=is_floating,
                opening=row["opening"] if row else 0,
                closing=row["closing"] if row else 0,
                moves={
                    MovementKind(move["kind"]): move["number"]
                    for move in moves
                    if move["is_floating"] is is_floating
                },
            )
        )
    return lines
