"""How often a password may be guessed. Counted in PostgreSQL, so no restart and no empty Redis forgets it.

A try is counted before the password is looked at, so many at once count as many; a right one is given back.
Nobody is locked out: tries that are refused count for nothing, and the oldest ones lapse.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct

from core.kernel import clock
from core.kernel.db import Transaction
from core.kernel.ids import new_id

__all__ = ["Limit", "Tries", "keyed_hashes"]


class Limit(Struct, frozen=True):
    """So many failures in so long a time, whenever it begins."""

    name: str
    count: int
    window: timedelta


BOTH = Limit("login+address", 5, timedelta(minutes=15))
ADDRESS = Limit("address", 200, timedelta(hours=1))
LOGIN = Limit("login", 20, timedelta(hours=1))
LONGEST = timedelta(hours=1)

_HASHES = """
SELECT sha256(p.value || convert_to(t.text, 'UTF8')) AS hash
FROM identity.pepper p, unnest($1::text[]) WITH ORDINALITY AS t (text, place) ORDER BY t.place
"""

# One statement, so that the row is there and held whatever `retention.purge` deletes meanwhile.
_HOLD = """
INSERT INTO identity.throttle AS t (id, key, tries, last_at) VALUES ($1, $2, '{}', now() + $3::interval)
ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at RETURNING t.tries, t.last_at
"""

_KEEP = "UPDATE identity.throttle SET tries = $2 WHERE key = $1"


class Tries(Struct, frozen=True, kw_only=True):
    """The tries of one login from one address.

    From an address where the account signed in lately the limit for the login alone does not hold: a stranger
    who guesses all day slows down other strangers, not her.
    """

    keys: dict[str, bytes]
    address: bytes
    """Keyed hash of the address, for the sign-in events."""

    @classmethod
    async def of(cls, tx: Transaction, login: str, address: str) -> Tries:
        network = _network(address)
        texts = {
            BOTH.name: f"both {network} {login}",
            ADDRESS.name: f"address {network}",
            LOGIN.name: f"login {login}",
        }
        hashes = await keyed_hashes(tx, list(texts.values()))
        keys = dict(zip(texts, hashes, strict=True))
        return cls(keys=keys, address=keys[ADDRESS.name])

    async def take(self, tx: Transaction, *, is_known_address: bool) -> int:
        """Count a try; 0, or the seconds to wait, and then nothing is counted."""
        wait = 0
        counted: dict[bytes, list[datetime]] = {}
        for limit in self._limits(is_known_address):
            tries, moment = await self._held(tx, limit)
            if len(tries) >= limit.count:
                wait = max(wait, ceil((tries[-limit.count] + limit.window - moment).total_seconds()))
            counted[self.keys[limit.name]] = [*tries, moment]
        if not wait:
            for key, tries in counted.items():
                await tx.execute(_KEEP, key, tries)
        return wait

    async def give_back(self, tx: Transaction, *, is_known_address: bool) -> None:
        """The password was right: forget the failures of this login from here, and this try elsewhere."""
        for limit in self._limits(is_known_address):
            tries, _ = await self._held(tx, limit)
            await tx.execute(_KEEP, self.keys[limit.name], [] if limit is BOTH else tries[:-1])

    def _limits(self, is_known_address: bool) -> Sequence[Limit]:
        # Always in this order: two sign-ins that share a key wait for each other, never in a circle.
        return (BOTH, ADDRESS) if is_known_address else (BOTH, ADDRESS, LOGIN)

    async def _held(self, tx: Transaction, limit: Limit) -> tuple[list[datetime], datetime]:
        (row,) = await tx.fetch(_HOLD, new_id(), self.keys[limit.name], clock.offset())
        moment = row["last_at"]
        return [at for at in row["tries"] if at > moment - limit.window], moment


async def keyed_hashes(tx: Transaction, texts: Sequence[str]) -> list[bytes]:
    """Hashes that only this deployment can make: what was hashed cannot be found by trying all addresses."""
    return [row["hash"] for row in await tx.fetch(_HASHES, list(texts))]


def _network(address: str) -> str:
    """An IPv6 customer holds 2^64 addresses, so her network counts as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
